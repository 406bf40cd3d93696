using System.Net.Http;
using System.Runtime.CompilerServices;
using System.Text;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Receipts;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Offers;
using Tacit.Federation.Sessions;
using Tacit.Participation.Connections;
using Tacit.Participation.Memory;
using Tacit.Privacy.Budgets;

namespace Tacit.Participation;

/// <summary>A participant's side of a federation: joins, is invited, and contributes only what its policy allows. One round at a time.</summary>
public sealed class ParticipantClient : IAsyncDisposable
{
    private const long OfferLimitBytes = 1L << 30, ReceiptsLimitBytes = 64L << 20;

    private readonly SigningKey first;
    private readonly Dictionary<string, ReceiptChain> receipts = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource ending = new();
    private Task presence = Task.CompletedTask;

    private ParticipantClient(ParticipantOptions options)
    {
        Options = options;
        Memory = ParticipantMemory.Open(options.DataDirectory, options.DataSet);
        first = options.Identity ?? SigningKey.Create(SystemRandomSource.Instance);
        Link = new CoordinatorLink(options, first);
    }

    /// <summary>The number that the coordinator gave.</summary>
    public int Participant => Link.Participant;

    /// <summary>The present bearer token, for people who look on or operate with the roles of their name. Secret: never printed.</summary>
    public string Token => Link.Token;

    /// <summary>The public half of the identity.</summary>
    public VerificationKey VerificationKey => Identity.VerificationKey;

    /// <summary>Rounds that were contributed to; with a data directory, over all processes.</summary>
    public long Contributed => Memory.Rounds;

    /// <summary>What the participant's data was charged, by its own reckoning.</summary>
    public PrivacyLedger Ledger => Memory.Ledger;

    internal ParticipantMemory Memory { get; }

    internal ParticipantOptions Options { get; }

    internal CoordinatorLink Link { get; }

    internal SigningKey Identity => Link.Identity;

    /// <summary>Joins a coordinator.</summary>
    /// <param name="options">Where, and on what conditions.</param>
    /// <param name="stopping">Gives up.</param>
    /// <remarks>Whoever is invited and not yet approved waits here; <see cref="ParticipantOptions.Waiting"/> is told the words.</remarks>
    /// <exception cref="FailureException">COORDINATOR_UNREACHABLE, CERTIFICATE_REFUSED, INVITATION_REFUSED, NOT_AUTHENTICATED or what the coordinator says.</exception>
    public static async Task<ParticipantClient> ConnectAsync(ParticipantOptions options, CancellationToken stopping = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ParticipantClient client = new(options);
        try
        {
            await client.JoinAsync(stopping);
            client.presence = client.ShowPresenceAsync();
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for offers, one after another. Each has to be answered before the next one comes.</summary>
    /// <param name="stopping">Ends the waiting.</param>
    /// <exception cref="FailureException">COORDINATOR_UNREACHABLE, or MALFORMED_MESSAGE: what came is no offer.</exception>
    public async IAsyncEnumerable<RoundInvitation> InvitationsAsync([EnumeratorCancellation] CancellationToken stopping = default)
    {
        while (true)
        {
            byte[]? bytes = await Link.SendAsync(HttpMethod.Get, Routes.Offer, () => null, Link.Bytes(OfferLimitBytes), stopping);
            if (bytes is null) continue;
            if (!RoundOfferCodec.TryDecode(bytes, out RoundOffer? offer)) throw new FailureException(FailureCodes.MalformedMessage, "the coordinator sent bytes that are not an offer");
            RoundInvitation invitation = new(this, offer!);
            yield return invitation;
            await invitation.EnsureAnsweredAsync("not answered", stopping);
        }
    }

    /// <summary>The coordinator's text of a job's plan, as it says: compare it with what was agreed on before.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="stopping">Gives up.</param>
    /// <exception cref="FailureException">UNKNOWN_JOB, MALFORMED_MESSAGE or COORDINATOR_UNREACHABLE.</exception>
    public async Task<string> PlanAsync(string job, CancellationToken stopping = default)
    {
        const long LimitBytes = 1 << 20;
        byte[] bytes = await Link.SendAsync(HttpMethod.Get, Routes.Plan(job), () => null, Link.Bytes(LimitBytes), stopping) ?? [];
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException problem)
        {
            throw new FailureException(FailureCodes.MalformedMessage, "the coordinator's plan is not UTF-8", problem);
        }
    }

    /// <summary>Puts a new identity in the place of the present one, between two rounds. Both keys sign; the old one is never accepted again.</summary>
    /// <param name="next">The caller's; on disk before this is called, or a crash loses it.</param>
    /// <param name="stopping">Gives up; then either key may be the present one.</param>
    public async Task RotateAsync(SigningKey next, CancellationToken stopping = default)
    {
        ArgumentNullException.ThrowIfNull(next);
        await Link.RotateAsync(next, stopping);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await presence;
        Link.Dispose();
        Memory.Dispose();
        if (Options.Identity is null) first.Dispose();
        ending.Dispose();
    }

    /// <summary>Waits until a round is over, and takes the receipts of its job that are new.</summary>
    /// <param name="terms">Of the round.</param>
    /// <param name="stopping">Gives up.</param>
    /// <returns>The round's receipt if there is one, and what is wrong with receipts if something is.</returns>
    internal async Task<(RoundReceipt? Receipt, ReceiptFinding? Problem)> ReceiptOfAsync(RoundTerms terms, CancellationToken stopping)
    {
        if (!receipts.TryGetValue(terms.Job, out ReceiptChain? chain))
        {
            chain = new ReceiptChain(Options.DataDirectory, terms.Job, Options.Name, await Link.ReceiptKeyAsync(stopping));
            receipts.Add(terms.Job, chain);
        }

        chain.Expect(terms);
        while (true)
        {
            byte[]? answer = await Link.SendAsync(HttpMethod.Get, Routes.Receipts(terms.Job, chain.Last, terms.Round), () => null, Link.Bytes(ReceiptsLimitBytes), stopping);
            if (answer is null) continue;
            ReceiptFinding? problem = chain.Add(LengthPrefixed.Read(answer));
            return (chain.Receipts.LastOrDefault(receipt => receipt.Round == terms.Round), problem);
        }
    }

    private async Task JoinAsync(CancellationToken stopping)
    {
        for (int asked = 0; !await Link.JoinAsync(stopping); asked++)
        {
            if (asked == 0) Options.Waiting?.Invoke();
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(10, 1 + asked)), Options.Clock, stopping);
        }
    }

    // Whoever computes for long asks for nothing: without this it would count as gone.
    private async Task ShowPresenceAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Options.PresenceInterval, Options.Clock, ending.Token);
                await PresentAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // the client is being disposed
        }
    }

    private async Task PresentAsync()
    {
        try
        {
            await Link.SendAsync(HttpMethod.Post, Routes.Presence, () => null, (_, _) => Task.FromResult(true), ending.Token);
        }
        catch (FailureException)
        {
            // the loop over invitations says so; the coordinator may be back before that
        }
    }
}
