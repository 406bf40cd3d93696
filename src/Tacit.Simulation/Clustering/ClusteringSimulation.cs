using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Clustering;
using Tacit.Learning.Clustering.Stages;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Protocols.SecAggPlus;
using Tacit.Protocols.SharedMask;
using Tacit.Simulation.Jobs;
using Tacit.Simulation.Networks;
using Tacit.Simulation.Parallelism;
using Tacit.Simulation.Rounds;

namespace Tacit.Simulation.Clustering;

/// <summary>Runs a clustering job in one process: real data, real noise arithmetic, real cryptography; network and drop-outs are simulated.</summary>
/// <remarks>Noise follows from the seed here, so a simulation protects nobody.</remarks>
public sealed class ClusteringSimulation
{
    private readonly ClusteringJob job;
    private readonly FeatureTable table;
    private readonly ThreadPoolLoop loop = new();
    private readonly ProtectedRounds rounds;
    private readonly int[][] shares;

    /// <summary>Deals records out.</summary>
    /// <param name="job">What is wanted.</param>
    /// <param name="table">The records.</param>
    /// <exception cref="FailureException">The job does not fit the records.</exception>
    public ClusteringSimulation(ClusteringJob job, FeatureTable table)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(table);
        (this.job, this.table) = (job, table);
        rounds = new ProtectedRounds(IsShared ? job.Protection with { Malicious = false } : job.Protection, job.Seed, loop);
        shares = RecordShares.Deal(job, table);
        GraphRequirements needs = GraphRequirements.For(shares.Length, job.Protection.Corrupt, job.Protection.Drop, ProtectionMode.Malicious);
        LeastIncluded = IsShared ? shares.Length : shares.Length - needs.DropCount;
        LeastShares = LeastIncluded - needs.CorruptCount;
        if (LeastShares < 1) throw new FailureException(FailureCodes.PrivacyPlanRefused, $"protection tolerates so many drop-outs and colluders that {LeastShares} of {shares.Length} participants are certain to add noise; at least 1 is needed");
    }

    /// <summary>Told of each round: its number from 1, and what is being done.</summary>
    public Action<int, string>? Progress { get; set; }

    /// <summary>Who takes part.</summary>
    public int Participants => shares.Length;

    /// <summary>The fewest whose sums may be opened.</summary>
    public int LeastIncluded { get; }

    /// <summary>The fewest honest shares of noise in a sum.</summary>
    public int LeastShares { get; }

    /// <summary>δ.</summary>
    public double Delta => job.Delta ?? ClusteringRequest.DefaultDelta(table.Count);

    /// <summary>What is public about the job.</summary>
    public ClusteringRequest Request => new()
    {
        Records = table.Count,
        Dimension = table.Dimension,
        Clusters = job.Clusters,
        Epsilon = job.Epsilon ?? double.PositiveInfinity,
        Delta = Delta,
        Participants = Participants,
        NoiseShares = IsShared ? 1 : LeastShares,
        Placement = IsShared ? NoisePlacement.Central : NoisePlacement.Distributed,
        Method = job.Method,
    };

    // The coordinator adds the noise to a sum that it cannot read, and nobody may drop out.
    private bool IsShared => job.Protection.Protocol == SharedMaskProtocol.ProtocolName;

    /// <summary>Runs all rounds.</summary>
    /// <exception cref="FailureException">The job is refused, or a round aborted.</exception>
    public ClusteringResult Run()
    {
        SeededRandomSource hyperplanes = new(job.Seed, "hyperplanes");
        ClusteringPlan? plan = job.Epsilon is null ? null : ClusteringPlanner.Plan(Request, hyperplanes);
        FeatureBounds bounds = Bounds();
        ClusterPoints[] points = new ClusterPoints[Participants];
        loop.For(Participants, i => points[i] = new ClusterPoints(bounds.Scale(RecordsOf(i)), table.Dimension, SequentialLoop.Instance));
        ClusteringState state = new(table.Dimension, job.Clusters, table.Count, new SeededRandomSource(job.Seed, "starts"));
        RecordSumAccount? account = plan is null ? null : new RecordSumAccount(Delta);
        List<ClusteringRound> reports = [];
        if (plan is null) RunExact(points, state, hyperplanes, reports);
        for (int i = 0; i < plan?.Stages.Length; i++) reports.Add(RunRound(i + 1, plan.Stages[i], plan.SumOf(i), points, state, account));
        double[] centres = bounds.Unscale(state.Centres);
        int[] labels = new int[table.Count];
        return new ClusteringResult
        {
            Method = plan?.Method ?? ClusteringMethod.Lloyd,
            Forecast = plan?.Forecast,
            Bounds = bounds,
            Centres = [.. centres],
            Spent = account?.Spent,
            Rounds = [.. reports],
            Clipped = points.Sum(own => own.Clipped),
            Unassigned = points.Sum(own => own.Unassigned),
            Nicv = ClusterQuality.Nicv(table.Records, centres, table.Dimension, labels, loop),
            Labels = [.. labels],
            AdjustedRandIndex = table.Labels.IsEmpty ? null : ClusterQuality.AdjustedRandIndex(labels, table.Labels.AsSpan()),
        };
    }

    private void RunExact(ClusterPoints[] points, ClusteringState state, SeededRandomSource hyperplanes, List<ClusteringRound> reports)
    {
        const int Starts = 8, MostRounds = 40;
        if (job.Method is not (ClusteringMethod.Auto or ClusteringMethod.Lloyd)) throw new FailureException(FailureCodes.MissingValue, $"method is {ClusteringNames.Of(job.Method)} and there is no epsilon; give one, or use method auto or lloyd, which promise no differential privacy");
        ImmutableArray<IClusteringStage> before = ClusteringPlanner.Exact(table.Count, table.Dimension, hyperplanes);
        foreach (IClusteringStage stage in before) Add(stage);
        ExactLloydStage lloyd = new(Starts, job.Clusters, table.Dimension);
        for (int i = 0; i < MostRounds && !lloyd.IsConverged; i++) Add(lloyd);

        void Add(IClusteringStage stage) => reports.Add(RunRound(reports.Count + 1, stage, ClusteringPlanner.SumOf(Request, stage.Blocks), points, state, account: null));
    }

    private ClusteringRound RunRound(int number, IClusteringStage stage, RecordSumPlan sum, ClusterPoints[] points, ClusteringState state, RecordSumAccount? account)
    {
        Progress?.Invoke(number, stage.Name);
        stage.Prepare(state);
        RecordSumPipeline pipeline = new(sum);
        ImmutableDictionary<PartyId, Phase> crashes = DrawCrashes(number);
        var contributions = new ModularVector[points.Length];
        loop.For(points.Length, i =>
        {
            long[] sums = new long[sum.Length];
            if (!IsGone(crashes, i)) stage.Sum(points[i], state, sums);
            contributions[i] = pipeline.Encode(sums, new SeededRandomSource(job.Seed, $"noise {number} {i}"));
            Array.Clear(sums);
        });
        AggregationRequest request = new(number, StateHash(state), [.. Enumerable.Range(1, points.Length).Select(i => $"p{i}")])
        {
            Crashes = crashes,
            PhaseEntered = phase => Progress?.Invoke(number, $"{stage.Name}: {phase.Name()}"),
        };
        SharedMaskProtocol? shared = IsShared ? new SharedMaskProtocol(new SharedMaskOptions { Noise = masked => pipeline.AddNoise(new SeededRandomSource(job.Seed, $"noise {number}"), masked) }) : null;
        RoundRun run = rounds.Run(request, sum, [.. contributions], LeastIncluded, shared);
        RoundReport report = AggregationStep.Report(request, run);
        if (run.Outcome is not RoundOutcome.Completed completed)
        {
            throw new FailureException(report.Aborted!.Reason, $"round {number} ({stage.Name}) aborted: {report.Aborted.Detail}; nothing of it was opened");
        }

        int included = completed.Included.Length;
        RecordSumSpending? spent = account?.Charge(sum, LeastShares + included - LeastIncluded);   // before the sum is used
        state.Opened((double)table.Count * included / points.Length, IsShared ? 1 : (double)included / sum.NoiseShares);
        ModularVector opened = completed.Sum ?? ((RoundOutcome.Completed)run.Participants[new PartyId(1)]).Sum!;   // with shared masks, participants open it
        stage.Apply(pipeline.Decode(opened), sum, state);
        return new ClusteringRound(stage.Name, sum.Length, sum.Bits, report, spent);
    }

    // Whoever is gone before the inputs are sent contributes nothing, so its records are not read.
    private static bool IsGone(ImmutableDictionary<PartyId, Phase> crashes, int i) => crashes.TryGetValue(new PartyId(i + 1), out Phase phase) && phase <= Phase.MaskedInput;

    private ImmutableDictionary<PartyId, Phase> DrawCrashes(int round)
    {
        SeededRandomSource random = new(job.Seed, $"dropout {round}");
        return FaultPlan.DrawCrashes(Enumerable.Range(1, Participants).Select(i => new PartyId(i)), job.Dropout, random.NextDouble);
    }

    private FeatureBounds Bounds()
    {
        if (job.Bounds.Source == BoundsSource.File) return FeatureBounds.Around(table.Records, table.Dimension);
        ImmutableArray<(double, double)> ranges = job.Bounds.Ranges;
        if (ranges.Length == 1) ranges = [.. Enumerable.Repeat(ranges[0], table.Dimension)];
        if (ranges.Length == table.Dimension) return new FeatureBounds(ranges);
        throw new FailureException(FailureCodes.ShapeMismatch, $"bounds has {ranges.Length} ranges; the records have {table.Dimension} features: {string.Join(", ", table.Features.Take(12))}; give one range for all, or one for each");
    }

    private float[] RecordsOf(int participant)
    {
        int d = table.Dimension;
        float[] records = new float[shares[participant].Length * d];
        for (int i = 0; i < shares[participant].Length; i++) table.Records.AsSpan(shares[participant][i] * d, d).CopyTo(records.AsSpan(i * d));
        return records;
    }

    // What the round is about: participants that were shown different centres are in different rounds.
    private static ImmutableArray<byte> StateHash(ClusteringState state) =>
        [.. SHA256.HashData(MemoryMarshal.AsBytes<double>([.. state.Centres, .. state.Mean, state.Radius]))];
}
