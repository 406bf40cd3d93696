using System.Collections.Immutable;
using Tacit.Aggregation.Pipeline;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>Where the records lie: their mean, each clipped to a ball around the middle of the domain.</summary>
/// <param name="dimension">d.</param>
/// <param name="steps">G: the ball's radius in steps.</param>
public sealed class MeanStage(int dimension, long steps) : IClusteringStage
{
    private const double BallPart = 0.75;   // of the domain's √d: records fill the corners of many dimensions rarely

    /// <inheritdoc/>
    public string Name => "mean";

    /// <inheritdoc/>
    public ImmutableArray<RecordSumBlock> Blocks { get; } = [RecordSumBlock.Vectors(dimension, NoiseLaw.DiscreteGaussian, dimension, steps)];

    /// <inheritdoc/>
    public ImmutableArray<double> BlockWeights => [1];

    private double Ball { get; } = BallPart * Math.Sqrt(dimension);

    /// <inheritdoc/>
    public void Sum(ClusterPoints points, ClusteringState state, Span<long> sums)
    {
        ArgumentNullException.ThrowIfNull(points);
        double[] middle = new double[dimension];
        for (int i = 0; i < points.Count; i++) BoundedVector.AddEuclidean(points[i], middle, Ball, steps, sums);
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<long> sums, RecordSumPlan plan, ClusteringState state)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(state);
        double squares = 0;
        foreach (long sum in sums) squares += (double)sum * sum;
        double shrink = StageNoise.Shrinkage(squares, StageNoise.Deviation(plan.Blocks[0], state), dimension);
        for (int a = 0; a < dimension; a++) state.Mean[a] = Math.Clamp(sums[a] * shrink * Ball / steps / state.Records, -1, 1);
    }
}
