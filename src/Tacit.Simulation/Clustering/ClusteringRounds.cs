using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Clustering.Stages;
using Tacit.Learning.Jobs;
using Tacit.Protocols.SharedMask;
using Tacit.Simulation.Jobs;
using Tacit.Simulation.Networks;
using Tacit.Simulation.Receipts;
using Tacit.Simulation.Rounds;

namespace Tacit.Simulation.Clustering;

/// <summary>The sums of a clustering job, one after the other: exact sums and noise of everybody → protocol → account → the opened sum.</summary>
internal sealed class ClusteringRounds(ClusteringJob job, ClusteringRequest request, int leastIncluded, IParallelLoop loop, ReceiptBook? receipts = null)
{
    private readonly ProtectedRounds protocol = new(job.Protection, job.Seed, loop) { Receipts = receipts };
    private readonly ImmutableArray<ClusteringRound>.Builder done = ImmutableArray.CreateBuilder<ClusteringRound>();

    /// <summary>What the job has cost; null for exact sums.</summary>
    public RecordSumAccount? Account { get; } = job.Epsilon is null ? null : new RecordSumAccount(request.Delta);

    /// <summary>Whether the coordinator adds the noise, to sums that it cannot read and that nobody may be missing from.</summary>
    public static bool IsShared(ClusteringJob job) => job.Protection.Protocol == SharedMaskProtocol.ProtocolName;

    /// <summary>What participants are called.</summary>
    public static ImmutableArray<string> Names(int participants) => [.. Enumerable.Range(1, participants).Select(i => $"p{i}")];

    public ImmutableArray<ClusteringRound> Done => done.ToImmutable();

    public Action<int, string>? Progress { get; init; }

    /// <summary>Who stops answering in a round, and when; drawn from the job's seed by default.</summary>
    public Func<int, ImmutableDictionary<PartyId, Phase>>? Crashes { get; init; }

    /// <summary>For tests: what everybody hands to the protocol in a round, and what was opened.</summary>
    public Action<ImmutableArray<ModularVector>>? Encoded { get; init; }

    /// <inheritdoc cref="Encoded"/>
    public Action<OpenedSum>? Opened { get; init; }

    /// <summary>Runs one round.</summary>
    /// <param name="name">What is asked.</param>
    /// <param name="sum">With its noise.</param>
    /// <param name="about">32 bytes: what everybody knows before. Participants that were shown different ones are in different rounds.</param>
    /// <param name="add">A participant, from 0, and its sums, zeros before.</param>
    /// <exception cref="FailureException">The round aborted, or had too little noise.</exception>
    public OpenedSum Run(string name, RecordSumPlan sum, ImmutableArray<byte> about, Action<int, long[]> add)
    {
        int number = done.Count + 1;
        Progress?.Invoke(number, name);
        ImmutableDictionary<PartyId, Phase> crashes = Crashes?.Invoke(number) ?? DrawCrashes(number);
        RecordSumPipeline pipeline = new(sum);
        ModularVector[] contributions = Encode(number, pipeline, sum, crashes, add);
        Encoded?.Invoke([.. contributions]);
        AggregationRequest asked = new(number, about, Names(contributions.Length))
        {
            Crashes = crashes,
            PhaseEntered = phase => Progress?.Invoke(number, $"{name}: {phase.Name()}"),
        };
        SharedMaskProtocol? shared = IsShared(job) ? new SharedMaskProtocol(new SharedMaskOptions { Noise = masked => pipeline.AddNoise(new SeededRandomSource(job.Seed, $"noise {number}"), masked) }) : null;
        RoundRun run = protocol.Run(asked, sum, [.. contributions], leastIncluded, shared);
        RoundReport report = AggregationStep.Report(asked, run);
        if (run.Outcome is not RoundOutcome.Completed completed)
        {
            throw new FailureException(report.Aborted!.Reason, $"round {number} ({name}) aborted: {report.Aborted.Detail}; nothing of it was opened{(Account is { Rounds: > 0 } before ? FormattableString.Invariant($", and the rounds before it have cost epsilon {before.Spent.Epsilon:g4}") : "")}");
        }

        int included = completed.Included.Length;
        RecordSumSpending? spent = Account?.Charge(sum, request.NoiseShares + included - leastIncluded);   // before the sum is used
        receipts?.Charge(spent?.ReaderEvents[^1], spent?.Coordinator is null ? null : spent.Events[^1]);
        done.Add(new ClusteringRound(name, sum.Length, sum.Bits, report, spent));
        ModularVector total = completed.Sum ?? ((RoundOutcome.Completed)run.Participants[new PartyId(1)]).Sum!;   // with shared masks, participants open it
        OpenedSum opened = new(pipeline.Decode(total), (double)request.Records * included / contributions.Length, shared is null ? (double)included / sum.NoiseShares : 1);
        receipts?.Issue(MemoryMarshal.AsBytes<long>(opened.Sums));
        Opened?.Invoke(opened);
        return opened;
    }

    private ModularVector[] Encode(int number, RecordSumPipeline pipeline, RecordSumPlan sum, ImmutableDictionary<PartyId, Phase> crashes, Action<int, long[]> add)
    {
        var contributions = new ModularVector[request.Participants];
        loop.For(contributions.Length, i =>
        {
            long[] sums = new long[sum.Length];
            if (!IsGone(crashes, i)) add(i, sums);
            contributions[i] = pipeline.Encode(sums, new SeededRandomSource(job.Seed, $"noise {number} {i}"));
            Array.Clear(sums);
        });
        return contributions;
    }

    // Whoever is gone before the inputs are sent contributes nothing, so its records are not read.
    private static bool IsGone(ImmutableDictionary<PartyId, Phase> crashes, int i) => crashes.TryGetValue(new PartyId(i + 1), out Phase phase) && phase <= Phase.MaskedInput;

    private ImmutableDictionary<PartyId, Phase> DrawCrashes(int number)
    {
        SeededRandomSource random = new(job.Seed, $"dropout {number}");
        return FaultPlan.DrawCrashes(Enumerable.Range(1, request.Participants).Select(i => new PartyId(i)), job.Dropout, random.NextDouble);
    }
}

/// <summary>What everybody sees of a round.</summary>
/// <param name="Sums">Noised, in steps.</param>
/// <param name="Records">About how many records are in it: n times the part of the participants that are.</param>
/// <param name="NoiseTimes">Shares of noise in it over those that were certain.</param>
internal sealed record OpenedSum(long[] Sums, double Records, double NoiseTimes);
