using System.Collections.Immutable;
using Tacit.Aggregation.Pipeline;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>How far the records spread around the mean: a histogram of distances. Later stages clip to this radius and need so much less noise.</summary>
/// <param name="dimension">d.</param>
/// <param name="steps">G: steps that one record counts for.</param>
public sealed class RadiusStage(int dimension, long steps) : IClusteringStage
{
    private const int Bins = 24;
    private const double Reach = 1.5;       // of √d: farther records count in the last bin
    private const double Quantile = 0.9;

    private readonly double farthest = Reach * Math.Sqrt(dimension);

    /// <inheritdoc/>
    public string Name => "radius";

    /// <inheritdoc/>
    public ImmutableArray<RecordSumBlock> Blocks { get; } = [RecordSumBlock.Counts(Bins, NoiseLaw.DiscreteGaussian, touched: 1, steps)];

    /// <inheritdoc/>
    public ImmutableArray<double> BlockWeights => [1];

    /// <inheritdoc/>
    public void Sum(ClusterPoints points, ClusteringState state, Span<long> sums)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(state);
        for (int i = 0; i < points.Count; i++)
        {
            double squares = 0;
            ReadOnlySpan<float> point = points[i];
            for (int a = 0; a < point.Length; a++) squares += (point[a] - state.Mean[a]) * (point[a] - state.Mean[a]);
            sums[Math.Min(Bins - 1, (int)(Math.Sqrt(squares) / farthest * Bins))] += steps;
        }
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<long> sums, RecordSumPlan plan, ClusteringState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        double[] noisy = new double[Bins];
        for (int i = 0; i < Bins; i++) noisy[i] = (double)sums[i] / steps;
        double[] weights = StageNoise.KeepLargest(noisy, state.Records);
        double below = 0, enough = Quantile * weights.Sum();
        for (int i = 0; i < Bins && enough > 0; i++)
        {
            below += weights[i];
            if (below < enough) continue;
            state.Radius = Math.Min(state.Radius, (i + 1) * farthest / Bins);
            return;
        }
    }
}
