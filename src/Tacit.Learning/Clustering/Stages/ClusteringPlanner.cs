using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Accounting.Curves;
using Tacit.Privacy.Sampling;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>Chooses method, stages and noise of a private clustering job.</summary>
public static class ClusteringPlanner
{
    private const double RefinePart = 0.5;
    private const double LaplaceSteps = 4096;   // steps in the scale of noise on sums

    /// <summary>Plans all rounds; no record is needed for that.</summary>
    /// <param name="request">What is public.</param>
    /// <param name="random">Directions of hyperplanes; public.</param>
    /// <param name="before">Rounds that the job makes before, such as a search for bounds, with their parts of the budget.</param>
    /// <exception cref="FailureException">The request is refused, or no noise keeps the budget.</exception>
    public static ClusteringPlan Plan(ClusteringRequest request, IRandomSource random, ImmutableArray<PlannedRound> before = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate();
        if (before.IsDefault) before = [];
        double left = 1 - before.Sum(round => round.Part);
        ClusteringRequest own = request with { Epsilon = request.Epsilon * left };
        ClusteringMethod method = MethodChoice.For(own);
        if (method is ClusteringMethod.Histogram or ClusteringMethod.HistogramLloyd && own.Dimension > MethodChoice.MostHistogramDimensions)
        {
            throw new FailureException(FailureCodes.InvalidValue, $"method is histogram or histogram-lloyd and the records have {own.Dimension} features; a grid needs 2 cells along each of at most {MethodChoice.MostHistogramDimensions}: use summary-lloyd or auto");
        }

        ImmutableArray<(IClusteringStage Stage, double Part)> stages = method switch
        {
            ClusteringMethod.Histogram => Histogram(own),
            ClusteringMethod.HistogramLloyd => HistogramLloyd(own),
            ClusteringMethod.SummaryLloyd => Summary(own, random),
            _ => Published(own, method, random),
        };
        ImmutableArray<PlannedRound> rounds = [.. before, .. stages.Select(stage => new PlannedRound(stage.Stage.Blocks, stage.Stage.BlockWeights, stage.Part * left))];
        RecordSumForecast forecast = RecordSumPlanner.Plan(new RecordSumRequest
        {
            Epsilon = request.Epsilon,
            Delta = request.Delta,
            LaplaceEpsilon = request.Epsilon * Math.Min(1, rounds.Where(IsLaplace).Sum(round => round.Part)),
            Rounds = [.. rounds.Select(round => ToSum(request, round))],
        });
        return new ClusteringPlan(method, [.. stages.Select(stage => stage.Stage)], forecast) { RoundsBefore = before.Length };
    }

    /// <summary>The stages before <see cref="ExactLloydStage"/> of a job without noise: cells or groups of some records each, to find starts on.</summary>
    /// <param name="records">n.</param>
    /// <param name="dimension">d.</param>
    /// <param name="random">Directions of hyperplanes; public.</param>
    public static ImmutableArray<IClusteringStage> Exact(long records, int dimension, IRandomSource random)
    {
        const int RecordsEach = 10, MostBits = 12;
        const long Steps = 1 << 20;
        double cells = Math.Clamp((double)records / RecordsEach, 2, MethodChoice.MostCells);
        if (dimension <= 4) return [new ExactStage(new HistogramStage(HistogramStage.ShapeFor(cells, dimension)))];
        int bits = Math.Clamp((int)Math.Log2(cells), 1, MostBits);
        return [new ExactStage(new MeanStage(dimension, Steps)), new ExactStage(new RadiusStage(dimension, Steps)), new ExactStage(new SummaryStage(bits, dimension, Steps, random))];
    }

    /// <summary>One of a job's sums as the participants agree on it; its noise is not planned yet.</summary>
    /// <param name="request">What is public.</param>
    /// <param name="blocks">What is summed.</param>
    public static RecordSumPlan SumOf(ClusteringRequest request, ImmutableArray<RecordSumBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new RecordSumPlan
        {
            Dimension = blocks.Sum(block => block.Length),
            Participants = request.Participants,
            Blocks = blocks,
            Records = request.Records,
            NoiseShares = request.NoiseShares,
            Placement = request.Placement,
        };
    }

    /// <summary>The part of a method's budget that goes to Laplace noise.</summary>
    internal static double LaplacePart(ClusteringMethod method) => method switch
    {
        ClusteringMethod.Histogram or ClusteringMethod.SuLloyd => 1,
        ClusteringMethod.HistogramLloyd => 0.5,
        _ => 0,
    };

    private static ImmutableArray<(IClusteringStage Stage, double Part)> Histogram(ClusteringRequest request)
    {
        if (!MethodChoice.RefinesHistogram(request, RefinePart)) return [(Grid(request, 1), 1)];
        double epsilon = RefinePart * request.Epsilon, reach = 0.6 * Math.Sqrt(request.Dimension) * Math.Pow(request.Clusters, -1.0 / request.Dimension);
        LloydStage lloyd = new(request.Clusters, request.Dimension, NoiseLaw.DiscreteLaplace, reach, Steps(0.2 * epsilon), Steps(0.8 * epsilon));
        return [(Grid(request, 1 - RefinePart), 1 - RefinePart), (lloyd, RefinePart)];

        static long Steps(double epsilon) => (long)Math.Clamp(LaplaceSteps * epsilon, 1, 1 << 16);
    }

    private static ImmutableArray<(IClusteringStage Stage, double Part)> HistogramLloyd(ClusteringRequest request)
    {
        long steps = GaussianSteps(request, 1 + request.Dimension);
        LloydStage lloyd = new(request.Clusters, request.Dimension, NoiseLaw.DiscreteGaussian, 0.8 * Math.Pow(request.Clusters, -1.0 / request.Dimension), steps, steps);
        return [(Grid(request, 1 - RefinePart), 1 - RefinePart), (lloyd, RefinePart)];
    }

    private static ImmutableArray<(IClusteringStage Stage, double Part)> Summary(ClusteringRequest request, IRandomSource random)
    {
        const int Rounds = 3;
        const double MeanPart = 0.08, RadiusPart = 0.02, CoresetPart = 0.4;
        int d = request.Dimension, bits = MethodChoice.SummaryBits(request);
        long steps = GaussianSteps(request, d + 1 + ((Rounds + 1) * (1 + d)));
        double spent = MeanPart + RadiusPart + (bits > 0 ? CoresetPart : 0), reach = 0.4 * Math.Min(1, 1.6 * Math.Pow(request.Clusters, -1.0 / d));
        List<(IClusteringStage, double)> stages = [(new MeanStage(d, steps), MeanPart), (new RadiusStage(d, steps), RadiusPart)];
        if (bits > 0) stages.Add((new SummaryStage(bits, d, steps, random), CoresetPart));
        for (int i = 0; i < Rounds; i++) stages.Add((new LloydStage(request.Clusters, d, NoiseLaw.DiscreteGaussian, reach, steps, steps) { Scatters = bits == 0 && i == 0 }, (1 - spent) / Rounds));
        return [.. stages];
    }

    // As their authors chose: iterations by their formulas, centres from a packing of spheres, all iterations alike.
    private static ImmutableArray<(IClusteringStage Stage, double Part)> Published(ClusteringRequest request, ClusteringMethod method, IRandomSource random)
    {
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        random.Fill(seed);
        ClusteringParams job = method switch
        {
            ClusteringMethod.FastLloyd => ClusteringParams.FastLloyd,
            ClusteringMethod.GLloyd => new ClusteringParams { Privacy = ClusteringPrivacy.GaussianAnalytic, Post = CentrePost.Truncate },
            ClusteringMethod.SuLloyd => new ClusteringParams { Privacy = ClusteringPrivacy.Laplace, Post = CentrePost.Truncate, GivenBits = FixedPoint.LeastBits },
            _ => throw new FailureException(FailureCodes.InvalidValue, $"method is {method}, which has no noise; give epsilon none for it, or take another method"),
        };
        job = job with
        {
            Epsilon = request.Epsilon,
            GivenDelta = request.Delta,
            Clients = request.Participants,
            Clusters = request.Clusters,
            Dimension = request.Dimension,
            DataSize = request.Records,
            Seed = BitConverter.ToUInt64(seed),
        };

        double widest = ClusteringScales.For(job, 0).Sum * (1 << FixedPoint.LeastBits);
        if (method == ClusteringMethod.SuLloyd && widest > PublishedLloydStage.LargestLaplace)
        {
            throw new FailureException(FailureCodes.PrivacyPlanRefused, FormattableString.Invariant(
                $"method su-lloyd with epsilon {request.Epsilon:g4} over {job.Iterations} rounds and {request.Dimension} features needs Laplace noise of {widest:g4} steps, and shares are drawn up to {PublishedLloydStage.LargestLaplace}: use epsilon {request.Epsilon * widest / PublishedLloydStage.LargestLaplace:g3} or more, method g-lloyd, or auto"));
        }

        // Rounds by the published formula. The noise is planned with that of all sums, so no part of δ is set aside here for drawing it.
        ClusteringPrivacy planned = job.Privacy == ClusteringPrivacy.Laplace ? job.Privacy : ClusteringPrivacy.DiscreteGaussian;
        ClusteringSchedule schedule = ClusteringSchedule.From(job with { GivenIterations = job.Iterations, Privacy = planned });
        return [.. Enumerable.Range(0, schedule.Rounds).Select(round => ((IClusteringStage)new PublishedLloydStage(schedule, round), 1.0 / schedule.Rounds))];
    }

    private static HistogramStage Grid(ClusteringRequest request, double part) =>
        new(HistogramStage.ShapeFor(MethodChoice.Cells(request, part * request.Epsilon), request.Dimension));

    // A power of two, so fine that drawing whole steps costs a thousandth of δ even if one block got all of the budget.
    // No finer than noise can be drawn for a block with a 4096th of it; where that is too coarse, the account falls back on a proof without this cost.
    private static long GaussianSteps(ClusteringRequest request, int touched)
    {
        double drawn = DiscreteGaussianSampler.LargestScale / 64 / GaussianAccounting.NoiseMultiplier(request.Epsilon, request.Delta);
        int bits = Math.Min(RecordSumPlanner.GridBits(request.Epsilon, request.Delta, touched, 1), (int)Math.Floor(Math.Log2(drawn)));
        return 1L << Math.Clamp(bits, 0, 24);
    }

    private static bool IsLaplace(PlannedRound round) => round.Blocks[0].Law == NoiseLaw.DiscreteLaplace;

    private static RecordSumRound ToSum(ClusteringRequest request, PlannedRound round) => new(SumOf(request, round.Blocks))
    {
        Weight = round.Part,
        BlockWeights = round.BlockWeights,
    };
}

/// <summary>A sum and its part of the budget: of ε where its noise is Laplace, of μ² among those whose noise is Gaussian.</summary>
/// <param name="Blocks">All of one law.</param>
/// <param name="BlockWeights">How they share the part.</param>
/// <param name="Part">In (0, 1]; all rounds together come to 1.</param>
public sealed record PlannedRound(ImmutableArray<RecordSumBlock> Blocks, ImmutableArray<double> BlockWeights, double Part);

/// <summary>A job that is ready to run.</summary>
/// <param name="Method">The method that was chosen.</param>
/// <param name="Stages">Its rounds.</param>
/// <param name="Forecast">The noise of all rounds, those before the method's included, and what they cost.</param>
public sealed record ClusteringPlan(ClusteringMethod Method, ImmutableArray<IClusteringStage> Stages, RecordSumForecast Forecast)
{
    /// <summary>Sums that come before those of the method.</summary>
    public int RoundsBefore { get; init; }

    /// <summary>The sum of one of the method's rounds.</summary>
    /// <param name="stage">From 0.</param>
    public RecordSumPlan SumOf(int stage) => Forecast.Plans[RoundsBefore + stage];
}
