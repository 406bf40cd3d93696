using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Offers;
using Tacit.Federation.Sessions;
using Tacit.Participation;
using Tacit.Participation.Connections;
using Tacit.Protocols;

namespace Tacit.Benchmarks.Federations;

/// <summary>All participants in one process: real connections, real keys, real machines with real masks. Only training is left out.</summary>
internal static class LoadProcess
{
    public static int Run(string[] arguments)
    {
        string[] coordinator = Console.ReadLine()!.Split(' ');
        LoadOptions load = LoadOptions.Read(arguments);
        ParticipantOptions Options(int index) => new()
        {
            Coordinator = new Uri(coordinator[0]),
            Name = $"p{index + 1}",
            JoinToken = coordinator[1],
            CertificateHash = load.Tls ? coordinator[2] : null,
            ReconnectFor = TimeSpan.FromMinutes(1),
        };
        ThreadPool.SetMinThreads(load.Participants + 100, 8);   // who waits to compute must not keep others from sending
        Participant[] all = [.. Enumerable.Range(0, load.Participants).Select(index => new Participant(Options(index)))];
        int warm = load.WarmUp.Rounds;
        for (int round = 1; round <= warm; round++) All(all[..load.WarmUp.Participants], participant => participant.TakePartAsync(round, vanishesIn: null, masked: () => { }));
        _ = Console.ReadLine();   // the coordinator is idle again
        using CountdownEvent masked = new(all.Length - Enumerable.Range(0, all.Length).Count(index => load.VanishesIn(index) is Phase.AdvertiseKeys or Phase.ShareKeys));
        int done = All(all, participant => participant.TakePartAsync(warm + 1, load.VanishesIn(Array.IndexOf(all, participant)), () =>
        {
            masked.Signal();
            masked.Wait(TimeSpan.FromSeconds(load.PhaseSeconds / 2));   // somebody may have been too late
        }));
        Console.WriteLine($"done={done}");
        return 0;
    }

    private static int All(Participant[] participants, Func<Participant, Task<bool>> act) =>
        Task.WhenAll(participants.Select(participant => Task.Run(() => act(participant)))).GetAwaiter().GetResult().Count(done => done);
}

/// <summary>One participant, without training.</summary>
internal sealed class Participant(ParticipantOptions options) : IDisposable
{
    private readonly CoordinatorLink link = new(options, SigningKey.Create(SystemRandomSource.Instance));
    private bool joined;

    public void Dispose() => link.Dispose();

    /// <summary>Takes part in a round; false if it vanished on the way.</summary>
    public async Task<bool> TakePartAsync(long round, Phase? vanishesIn, Action masked)
    {
        try
        {
            if (!joined) await link.JoinAsync(CancellationToken.None);
            joined = true;
            while (!await link.SendAsync(HttpMethod.Get, Routes.Offer, () => null, DiscardAsync, CancellationToken.None)) ;
            await link.SendAsync(HttpMethod.Post, Routes.Answer(round), () => CoordinatorLink.JsonOf(new OfferAnswer(Accept: true)), (_, _) => Task.FromResult(true), CancellationToken.None);
            (RoundTerms terms, PartyId self) = await TermsAsync(round);
            ParticipantInputs inputs = new() { Self = self, Vector = LoadOptions.InputOf(terms, self), Random = SystemRandomSource.Instance };
            using VanishingMachine machine = new(AggregationProtocols.Get(terms.Protocol).CreateParticipant(terms, inputs), vanishesIn, masked);
            return await new RoundDriver(link, terms, machine, TimeProvider.System).RunAsync(CancellationToken.None) is RoundOutcome.Completed;
        }
        catch (Exception gone) when (gone is VanishedException or FailureException)
        {
            link.Dispose();   // it vanished, or the coordinator ended before the last answer was read
            return false;
        }
    }

    // The model itself is read and thrown away: a thousand copies of it would be in this process.
    private static async Task<bool> DiscardAsync(HttpResponseMessage response, CancellationToken stopping)
    {
        if (response.StatusCode == System.Net.HttpStatusCode.NoContent) return false;
        await using Stream body = await response.Content.ReadAsStreamAsync(stopping);
        await body.CopyToAsync(Stream.Null, stopping);
        return true;
    }

    private async Task<(RoundTerms Terms, PartyId Self)> TermsAsync(long round)
    {
        while (true)
        {
            byte[]? bytes = await link.SendAsync(HttpMethod.Get, Routes.Terms(round), () => null, link.Bytes(16 << 20), CancellationToken.None);
            if (bytes is null) continue;
            return RoundTermsCodec.TryDecode(bytes, out RoundTerms? terms, out PartyId self) ? (terms!, self) : throw new InvalidOperationException("The terms cannot be read.");
        }
    }
}
