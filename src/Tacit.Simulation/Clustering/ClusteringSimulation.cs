using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Federation.Jobs;
using Tacit.Learning.Clustering;
using Tacit.Learning.Clustering.Bounds;
using Tacit.Learning.Clustering.Stages;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Protocols.SecAggPlus;
using Tacit.Simulation.Parallelism;
using Tacit.Simulation.Receipts;

namespace Tacit.Simulation.Clustering;

/// <summary>Runs a clustering job in one process: real data, real noise arithmetic, real cryptography; network and drop-outs are simulated.</summary>
/// <remarks>Noise follows from the seed here, so a simulation protects nobody.</remarks>
public sealed class ClusteringSimulation
{
    private readonly ClusteringJob job;
    private readonly FeatureTable table;
    private readonly ThreadPoolLoop loop = new();
    private readonly int[][] shares;

    /// <summary>Deals records out.</summary>
    /// <param name="job">What is wanted.</param>
    /// <param name="table">The records.</param>
    /// <exception cref="FailureException">The job does not fit the records.</exception>
    public ClusteringSimulation(ClusteringJob job, FeatureTable table)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(table);
        this.table = table;
        shares = RecordShares.Deal(job, table);
        bool shared = ClusteringRounds.IsShared(job);
        ProtectionPlan protection = shared ? job.Protection with { Malicious = false, Corrupt = 0, Drop = 0 } : job.Protection with { Drop = job.DropFor(shares.Length) };
        job = this.job = job with { Protection = protection };
        GraphRequirements needs = GraphRequirements.For(shares.Length, job.Protection.Corrupt, job.Protection.Drop, ProtectionMode.Malicious);
        LeastIncluded = shares.Length - needs.DropCount;
        LeastShares = shared ? 1 : LeastIncluded - Math.Max(1, needs.CorruptCount);   // every participant reads the results and knows its own share
        if (LeastShares < 1) throw new FailureException(FailureCodes.PrivacyPlanRefused, $"protection tolerates so many drop-outs and colluders that {LeastShares} of {shares.Length} participants are certain to add noise that a reader does not know; at least 1 is needed");
    }

    /// <summary>Told of each round: its number from 1, and what is being done.</summary>
    public Action<int, string>? Progress { get; set; }

    /// <summary>Signs a receipt for every participant and round; null signs none. Open it with <see cref="CreateReceipts"/>.</summary>
    public ReceiptBook? Receipts { get; set; }

    /// <summary>Who takes part.</summary>
    public int Participants => shares.Length;

    /// <summary>How sums are protected.</summary>
    public ProtectionTerms Protection => PlanTerms.ProtectionOf(job.Protection).Resolve(Participants);

    /// <summary>The fewest whose sums may be opened.</summary>
    public int LeastIncluded { get; }

    /// <summary>The fewest shares of noise in a sum that nobody who reads it knows: less drop-outs, and colluders or the reader itself.</summary>
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
        NoiseShares = LeastShares,
        Placement = ClusteringRounds.IsShared(job) ? NoisePlacement.Central : NoisePlacement.Distributed,
        Method = job.Method,
    };

    /// <summary>A book for the receipts of this job.</summary>
    public ReceiptBook CreateReceipts() => new(job.Seed, job.Epsilon is null ? "none" : "records", "record", Delta, ClusteringRounds.Names(Participants));

    /// <summary>For tests, see <see cref="ClusteringRounds"/>.</summary>
    internal Func<int, ImmutableDictionary<PartyId, Phase>>? Crashes { get; set; }

    internal Action<ImmutableArray<ModularVector>>? Encoded { get; set; }

    internal Action<OpenedSum>? Opened { get; set; }

    /// <summary>Method and noise of all rounds, from public numbers alone; no record is read.</summary>
    /// <exception cref="FailureException">The job is refused.</exception>
    public ClusteringPlan Plan() => Plan(Search());

    /// <summary>Runs all rounds.</summary>
    /// <exception cref="FailureException">The job is refused, or a round aborted.</exception>
    public ClusteringResult Run()
    {
        BoundsSearch? search = Search();
        ClusteringPlan? plan = job.Epsilon is null ? null : Plan(search);
        ClusteringRounds rounds = new(job, Request, LeastIncluded, loop, Receipts) { Progress = Progress, Crashes = Crashes, Encoded = Encoded, Opened = Opened };
        float[][] records = [.. Enumerable.Range(0, Participants).Select(RecordsOf)];
        FeatureBounds bounds = search is null ? Bounds() : Find(search, plan!, rounds, records);
        var points = new ClusterPoints[Participants];
        loop.For(Participants, i => points[i] = new ClusterPoints(bounds.Scale(records[i]), table.Dimension, SequentialLoop.Instance));
        ClusteringState state = new(table.Dimension, job.Clusters, table.Count, new SeededRandomSource(job.Seed, "starts"));
        if (plan is null) RunExact(rounds, points, state);
        for (int i = 0; i < plan?.Stages.Length; i++) Run(rounds, plan.Stages[i], plan.SumOf(i), points, state);
        double[] centres = bounds.Unscale(state.Centres);
        int[] labels = new int[table.Count];
        return new ClusteringResult
        {
            Method = plan?.Method ?? ClusteringMethod.Lloyd,
            Forecast = plan?.Forecast,
            Bounds = bounds,
            Centres = [.. centres],
            Spent = rounds.Account?.Spent,
            Rounds = rounds.Done,
            Clipped = points.Sum(own => own.Clipped),
            Unassigned = points.Sum(own => own.Unassigned),
            Nicv = ClusterQuality.Nicv(table.Records, centres, table.Dimension, labels, loop),
            Labels = [.. labels],
            AdjustedRandIndex = table.Labels.IsEmpty ? null : ClusterQuality.AdjustedRandIndex(labels, table.Labels.AsSpan()),
        };
    }

    private void RunExact(ClusteringRounds rounds, ClusterPoints[] points, ClusteringState state)
    {
        const int Starts = 12, MostRounds = 40;
        if (job.Method is not (ClusteringMethod.Auto or ClusteringMethod.Lloyd)) throw new FailureException(FailureCodes.MissingValue, $"method is {ClusteringNames.Of(job.Method)} and there is no epsilon; give one, or use method auto or lloyd, which promise no differential privacy");
        Request.ValidateSizes();
        foreach (IClusteringStage stage in ClusteringPlanner.Exact(table.Count, table.Dimension, new SeededRandomSource(job.Seed, "hyperplanes"))) Add(stage);
        ExactLloydStage lloyd = new(Starts, job.Clusters, table.Dimension);
        for (int i = 0; i < MostRounds && !lloyd.IsConverged; i++) Add(lloyd);

        void Add(IClusteringStage stage) => Run(rounds, stage, ClusteringPlanner.SumOf(Request, stage.Blocks), points, state);
    }

    private BoundsSearch? Search()
    {
        if (job.Bounds.Source != BoundsSource.Private) return null;
        return job.Epsilon is null ? throw new FailureException(FailureCodes.MissingValue, "bounds is private and there is no epsilon to pay for the search; give one, or LOW:HIGH, or take the file's") : BoundsSearch.Plan(Request);
    }

    private ClusteringPlan Plan(BoundsSearch? search) => ClusteringPlanner.Plan(Request, new SeededRandomSource(job.Seed, "hyperplanes"), search?.Rounds ?? []);

    private static FeatureBounds Find(BoundsSearch search, ClusteringPlan plan, ClusteringRounds rounds, float[][] records)
    {
        FeatureBounds? found = null;
        for (int i = 0; i < search.Rounds.Length; i++)
        {
            IBoundsRound round = search.RoundOf(i, found);
            double[] about = [.. (found?.Ranges ?? []).SelectMany(range => new[] { range.Low, range.High })];
            OpenedSum opened = rounds.Run("bounds", plan.Forecast.Plans[i], Hash(about), (participant, sums) => round.Sum(records[participant], sums));
            found = round.Apply(opened.Sums, plan.Forecast.Plans[i], opened.NoiseTimes);
        }

        return found!;
    }

    private static void Run(ClusteringRounds rounds, IClusteringStage stage, RecordSumPlan sum, ClusterPoints[] points, ClusteringState state)
    {
        stage.Prepare(state);
        OpenedSum opened = rounds.Run(stage.Name, sum, Hash([.. state.Centres, .. state.Mean, state.Radius]), (participant, sums) => stage.Sum(points[participant], state, sums));
        state.Opened(opened.Records, opened.NoiseTimes);
        stage.Apply(opened.Sums, sum, state);
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

    private static ImmutableArray<byte> Hash(double[] known) => [.. SHA256.HashData(MemoryMarshal.AsBytes<double>(known))];
}
