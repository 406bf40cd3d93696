using System.Collections.Immutable;
using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Randomness;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>A coreset in one round: counts and means of the records on each side of some random hyperplanes; clusters are then found on these means, offline.</summary>
/// <remarks>
/// Hashing by the side of random hyperplanes (Charikar 2002) makes 2ᵇ groups; each record is in one. A mean that noise dominates is drawn to the mean of all.
/// </remarks>
public sealed class SummaryStage : IClusteringStage
{
    private const int Restarts = 20;
    private const double CertainlyThere = 2;   // standard deviations of noise

    private readonly int dimension;
    private readonly long steps;
    private readonly HyperplaneCodes codes;

    /// <summary>Draws the hyperplanes.</summary>
    /// <param name="bits">b.</param>
    /// <param name="dimension">d.</param>
    /// <param name="steps">G: steps of a whole radius, and steps that one record counts for.</param>
    /// <param name="random">Public.</param>
    public SummaryStage(int bits, int dimension, long steps, IRandomSource random)
    {
        (this.dimension, this.steps) = (dimension, steps);
        codes = new HyperplaneCodes(bits, dimension, random);
        Blocks =
        [
            RecordSumBlock.Counts(Groups, NoiseLaw.DiscreteGaussian, touched: 1, steps),
            RecordSumBlock.Vectors(Groups * dimension, NoiseLaw.DiscreteGaussian, dimension, steps),
        ];
    }

    /// <inheritdoc/>
    public string Name => "summary";

    /// <inheritdoc/>
    public ImmutableArray<RecordSumBlock> Blocks { get; }

    /// <inheritdoc/>
    public ImmutableArray<double> BlockWeights => LloydStage.CountsToSums(dimension);

    private int Groups => 1 << codes.Bits;

    /// <inheritdoc/>
    public void Sum(ClusterPoints points, ClusteringState state, Span<long> sums)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(state);
        Span<long> vectors = sums[Groups..];
        for (int i = 0; i < points.Count; i++)
        {
            int code = codes.CodeOf(points[i], state.Mean);
            sums[code] += steps;
            BoundedVector.AddEuclidean(points[i], state.Mean, state.Radius, steps, vectors.Slice(code * dimension, dimension));
        }
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<long> sums, RecordSumPlan plan, ClusteringState state)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(state);
        double counted = StageNoise.Deviation(plan.Blocks[0], state) / steps, summed = StageNoise.Deviation(plan.Blocks[1], state) / steps * state.Radius;
        double[] noisy = new double[Groups], places = new double[Groups * dimension];
        for (int i = 0; i < Groups; i++) noisy[i] = (double)sums[i] / steps;
        double[] weights = StageNoise.KeepLargest(noisy, state.Records);
        if (plan.Blocks[0].Law == NoiseLaw.None) StageNoise.DropSmall(weights);
        for (int i = 0; i < Groups; i++)
        {
            if (weights[i] <= CertainlyThere * counted && Groups > 2 * state.Clusters) weights[i] = 0;
            if (weights[i] > 0) Place(sums.Slice(Groups + (i * dimension), dimension), weights[i], summed, state, places.AsSpan(i * dimension, dimension));
        }

        if (!weights.Any(weight => weight > 0))
        {
            weights[0] = 1;
            state.Mean.CopyTo(places, 0);
        }

        state.Summarise(places, weights);
        (double[] centres, _) = WeightedKMeans.Fit(places, weights, dimension, state.Clusters, state.Random, Restarts);
        for (int a = 0; a < centres.Length; a++) state.Centres[a] = Math.Clamp(centres[a], -1, 1);
    }

    private void Place(ReadOnlySpan<long> vector, double weight, double deviation, ClusteringState state, Span<double> place)
    {
        double squares = 0;
        for (int a = 0; a < dimension; a++)
        {
            double v = vector[a] * state.Radius / steps;
            squares += v * v;
        }

        double factor = StageNoise.Shrinkage(squares, deviation, dimension) / weight, length = Math.Sqrt(squares) * factor;
        if (length > state.Radius) factor *= state.Radius / length;
        for (int a = 0; a < dimension; a++) place[a] = state.Mean[a] + (vector[a] * state.Radius / steps * factor);
    }
}
