using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Tacit.Aggregation.Rounds;
using Tacit.Benchmarks.Harness;
using Tacit.Cryptography.Parallelism;
using Tacit.Protocols.Uploads;

namespace Tacit.Benchmarks.Cohorts;

/// <summary>Processor seconds of the real coordinator machine in one round, by what it was doing.</summary>
internal sealed record CoordinatorTimes
{
    public double Keys { get; set; }

    public double Coins { get; set; }

    public double Shares { get; set; }

    public double Ingest { get; set; }

    /// <summary>Closing masked-input and writing a request to everybody.</summary>
    public double Requests { get; set; }

    public double Answers { get; set; }

    /// <summary>The last answer: reconstruction and unmasking.</summary>
    public double Close { get; set; }

    public double Total => Keys + Coins + Shares + Ingest + Requests + Answers + Close;
}

/// <summary>Drives the real coordinator machine through a round with prepared messages; only its own calls are timed.</summary>
internal sealed class CoordinatorRun(PreparedCohort cohort, Uploads uploads)
{
    private static readonly DateTimeOffset noon = DateTimeOffset.UnixEpoch;

    private readonly RoundTerms terms = cohort.Terms;
    private long sent;

    /// <summary>Told between messages, outside the timed parts, with the name of the stage.</summary>
    public Action<string>? Between { get; init; }

    /// <summary>How many participants have sent the first message of an upload and not the last.</summary>
    public int OpenUploads { get; init; } = 64;

    public IParallelLoop Loop { get; init; } = SequentialLoop.Instance;

    public CoordinatorTimes Run()
    {
        CoordinatorTimes times = new();
        using IRoundMachine machine = cohort.Protocol.CreateCoordinator(terms, Loop);
        times.Keys += Timing.Once(() => machine.Start(noon));
        times.Keys += Feed(machine, cohort.Roster.Members, cohort.BundleOf, "keys");
        times.Coins = Feed(machine, cohort.Roster.Members, cohort.RevealOf, "coins");
        times.Shares = Feed(machine, cohort.Roster.Members, party => cohort.SealedSharesOf(party), "shares");
        times.Ingest = Upload(machine);
        times.Requests = Expire(machine);
        times.Answers = Feed(machine, cohort.Survivors[..^1], cohort.ResponseOf, "answers");
        times.Close = Close(machine);
        return times;
    }

    // Methods of their own, so that no stack slot keeps the messages of a finished stage alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private double Feed(IRoundMachine machine, ImmutableArray<PartyId> parties, Func<PartyId, Envelope> messageOf, string stage)
    {
        double time = 0;
        foreach (PartyId party in parties) time += Receive(machine, messageOf(party), stage, out _);
        return time;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private double Expire(IRoundMachine machine)
    {
        double start = CpuClock.Seconds;
        RoundStep step = machine.Expire(noon + terms.PhaseTimeout);
        Send(step.Outbound);
        double time = CpuClock.Seconds - start;
        Section.Verify(step.Outbound.Length == cohort.Survivors.Length, "every survivor is asked to unmask");
        Between?.Invoke("requests");
        return time;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private double Close(IRoundMachine machine)
    {
        double time = Receive(machine, cohort.ResponseOf(cohort.Survivors[^1]), "close", out RoundStep step);
        var outcome = step.Outcome as RoundOutcome.Completed;
        Section.Verify(outcome?.Sum is not null && uploads.IsRight(outcome.Sum), "the sum of the survivors");
        return time;
    }

    private double Receive(IRoundMachine machine, Envelope message, string stage, out RoundStep step)
    {
        double start = CpuClock.Seconds;
        step = machine.Receive(message, noon);
        Send(step.Outbound);
        double time = CpuClock.Seconds - start;
        Section.Verify(step.Incidents.IsEmpty, $"{stage}: {(step.Incidents.IsEmpty ? "" : step.Incidents[0].Detail)}");
        Between?.Invoke(stage);
        return time;
    }

    // As many participants as may be open ask for room; whoever is granted it sends its chunks.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private double Upload(IRoundMachine machine)
    {
        double time = 0;
        Queue<PartyId> toStart = new(cohort.Survivors), granted = new();
        for (int open = 0; toStart.Count > 0 || granted.Count > 0;)
        {
            RoundStep step;
            while (open < OpenUploads && toStart.TryDequeue(out PartyId party))
            {
                time += Receive(machine, uploads.First(party), "uploads", out step);
                open += uploads.Chunks > 1 ? 1 : 0;
                Follow(step.Outbound, granted);
            }

            if (!granted.TryDequeue(out PartyId next)) continue;
            for (int chunk = 0; chunk < uploads.Chunks; chunk++)
            {
                time += Receive(machine, uploads.Chunk(next, chunk), "uploads", out step);
                Follow(step.Outbound, granted);
            }

            open--;
        }

        return time;
    }

    // What a transport does: messages are written when they are sent, and that is the coordinator's work too.
    private void Send(ImmutableArray<Envelope> outbound)
    {
        foreach (Envelope message in outbound) sent += message.Payload.Span.Length;
    }

    private static void Follow(ImmutableArray<Envelope> outbound, Queue<PartyId> granted)
    {
        foreach (Envelope message in outbound.Where(InputUpload.IsGrant)) granted.Enqueue(message.To);
    }
}
