using System.Collections.Immutable;
using Tacit.Aggregation.Pipeline;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>One round of k-means with sums relative to the centres, each record's part clipped to a radius.</summary>
/// <remarks>
/// Relative sums and a radius as in Diaa, Humphries and Kerschbaum 2025, who leave records beyond the radius out; here they pull with the radius's strength. A
/// move that noise dominates is shortened, a centre with too small a noisy count stays where it is, and no move is longer than the radius.
/// </remarks>
public sealed class LloydStage : IClusteringStage
{
    private const double LeastPart = 0.02;   // of n/k: fewer records do not move a centre
    private const double ScatterPart = 0.2;  // of the radius

    private readonly int dimension;
    private readonly int clusters;
    private readonly NoiseLaw law;
    private readonly long countSteps;
    private readonly long sumSteps;
    private readonly double reach;

    /// <summary>Describes the round.</summary>
    /// <param name="clusters">k.</param>
    /// <param name="dimension">d.</param>
    /// <param name="law">Gaussian with a radius in L2, or Laplace with one in L1.</param>
    /// <param name="reach">The radius over that of the records (<see cref="ClusteringState.Radius"/>).</param>
    /// <param name="countSteps">Steps that one record counts for.</param>
    /// <param name="sumSteps">Steps of the radius.</param>
    public LloydStage(int clusters, int dimension, NoiseLaw law, double reach, long countSteps, long sumSteps)
    {
        (this.clusters, this.dimension, this.law, this.reach, this.countSteps, this.sumSteps) = (clusters, dimension, law, reach, countSteps, sumSteps);
        RecordSumBlock vectors = RecordSumBlock.Vectors(clusters * dimension, law, dimension, sumSteps);
        Blocks =
        [
            RecordSumBlock.Counts(clusters, law, touched: 1, countSteps),
            law == NoiseLaw.DiscreteLaplace ? vectors with { L1Sensitivity = sumSteps } : vectors,   // clipped in L1, which is then the L2 bound too
        ];
    }

    /// <inheritdoc/>
    public string Name => "lloyd";

    /// <inheritdoc/>
    public ImmutableArray<RecordSumBlock> Blocks { get; }

    /// <inheritdoc/>
    public ImmutableArray<double> BlockWeights => law == NoiseLaw.DiscreteLaplace ? [0.2, 0.8] : CountsToSums(dimension);

    /// <summary>Whether the centres begin around the mean, in random directions: where the budget is too small to look for better places.</summary>
    public bool Scatters { get; init; }

    /// <summary>How counts and sums share a Gaussian round: 1 to 2√d of μ² (Diaa, Humphries and Kerschbaum 2025).</summary>
    /// <param name="dimension">d.</param>
    public static ImmutableArray<double> CountsToSums(int dimension) => [1, 2 * Math.Sqrt(dimension)];

    /// <inheritdoc/>
    public void Prepare(ClusteringState state)
    {
        if (!Scatters) return;
        StatisticalGenerator generator = new(state.Random);
        double[] direction = new double[dimension];
        for (int j = 0; j < clusters; j++)
        {
            double squares = 0;
            for (int a = 0; a < dimension; a++)
            {
                direction[a] = generator.NextNormal();
                squares += direction[a] * direction[a];
            }

            for (int a = 0; a < dimension; a++) state.Centres[(j * dimension) + a] = Math.Clamp(state.Mean[a] + (ScatterPart * state.Radius / Math.Sqrt(squares) * direction[a]), -1, 1);
        }
    }

    /// <inheritdoc/>
    public void Sum(ClusterPoints points, ClusteringState state, Span<long> sums)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(state);
        ReadOnlySpan<int> nearest = points.Nearest(state.Centres);
        Span<long> vectors = sums[clusters..];
        double radius = reach * state.Radius;
        for (int i = 0; i < points.Count; i++)
        {
            int j = nearest[i];
            sums[j] += countSteps;
            ReadOnlySpan<double> centre = state.Centres.AsSpan(j * dimension, dimension);
            Span<long> vector = vectors.Slice(j * dimension, dimension);
            if (law == NoiseLaw.DiscreteLaplace) BoundedVector.AddManhattan(points[i], centre, radius, sumSteps, vector);
            else BoundedVector.AddEuclidean(points[i], centre, radius, sumSteps, vector);
        }
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<long> sums, RecordSumPlan plan, ClusteringState state)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(state);
        double radius = reach * state.Radius, unit = radius / sumSteps;
        double counted = StageNoise.Deviation(plan.Blocks[0], state) / countSteps, summed = StageNoise.Deviation(plan.Blocks[1], state) * unit;
        double least = Math.Max((law == NoiseLaw.DiscreteLaplace ? 3 : 1) * counted, LeastPart * state.Records / clusters);
        for (int j = 0; j < clusters; j++)
        {
            double count = Math.Min((double)sums[j] / countSteps, state.Records);
            if (count >= least) Move(state.Centres.AsSpan(j * dimension, dimension), sums.Slice(clusters + (j * dimension), dimension), unit, count, summed, radius);
        }
    }

    private void Move(Span<double> centre, ReadOnlySpan<long> vector, double unit, double count, double deviation, double radius)
    {
        double squares = 0;
        foreach (long v in vector) squares += v * unit * (v * unit);
        double factor = StageNoise.Shrinkage(squares, deviation, dimension) / count, length = Math.Sqrt(squares) * factor;
        if (length > radius) factor *= radius / length;
        for (int a = 0; a < dimension; a++) centre[a] = Math.Clamp(centre[a] + (vector[a] * unit * factor), -1, 1);
    }
}
