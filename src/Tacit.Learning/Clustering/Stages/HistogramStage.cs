using System.Collections.Immutable;
using Tacit.Aggregation.Pipeline;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>Counts the records of every cell of a grid over the whole domain in one round; clusters are then found on the cells, offline.</summary>
/// <remarks>
/// Su, Cao, Li, Bertino and Jin 2016 (EUGkM). Each record is in one cell, so integer discrete Laplace noise of scale 1/ε is a pure guarantee. Cells that stand out
/// least are taken for noise, and a cell's mass is placed where the neighbours' counts say that it lies.
/// </remarks>
/// <param name="shape">Cells along each axis.</param>
public sealed class HistogramStage(ImmutableArray<int> shape) : IClusteringStage
{
    /// <summary>nε/k below which noise hides clusters, not only where exactly they lie.</summary>
    public const double WeakSignal = 50;

    private const double MostShift = 0.3;   // of a cell, by which the mass may lie off its middle
    private const int SmoothCells = 30;     // cells of a cluster from which on its density looks smooth to a cell

    /// <summary>Cells along each axis.</summary>
    public ImmutableArray<int> Shape => shape;

    /// <inheritdoc/>
    public string Name => "histogram";

    /// <inheritdoc/>
    public ImmutableArray<RecordSumBlock> Blocks { get; } = [RecordSumBlock.Counts(shape.Aggregate(1, (product, cells) => checked(product * cells)), NoiseLaw.DiscreteLaplace)];

    /// <inheritdoc/>
    public ImmutableArray<double> BlockWeights => [1];

    /// <summary>Cells along each axis so that there are about so many in all.</summary>
    /// <param name="cells">M.</param>
    /// <param name="dimension">d.</param>
    /// <remarks>Equal on all axes, unless there are so few that rounding one number for all would change M a lot (d ≥ 3).</remarks>
    public static ImmutableArray<int> ShapeFor(double cells, int dimension)
    {
        const double Few = 4.5;
        double side = Math.Pow(cells, 1.0 / dimension);
        if (dimension <= 2 || side >= Few) return [.. Enumerable.Repeat(Math.Max(2, (int)Math.Round(side)), dimension)];
        int[] shape = new int[dimension];
        for (int a = 0; a < dimension; a++)
        {
            shape[a] = Math.Max(2, (int)Math.Round(Math.Pow(cells, 1.0 / (dimension - a))));
            cells = Math.Max(1, cells / shape[a]);
        }

        return [.. shape];
    }

    /// <inheritdoc/>
    public void Sum(ClusterPoints points, ClusteringState state, Span<long> sums)
    {
        ArgumentNullException.ThrowIfNull(points);
        for (int i = 0; i < points.Count; i++) sums[CellOf(points[i])]++;
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<long> sums, RecordSumPlan plan, ClusteringState state)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(state);
        double[] noisy = new double[sums.Length];
        for (int i = 0; i < noisy.Length; i++) noisy[i] = sums[i];
        bool supported = shape.Length >= 3 || state.Records >= WeakSignal * state.Clusters * plan.Blocks[0].Scale;   // two neighbours on an axis are mostly noise themselves
        double[] weights = StageNoise.KeepLargest(noisy, state.Records, supported ? Support(noisy) : []);
        if (plan.Blocks[0].Law == NoiseLaw.None) StageNoise.DropSmall(weights);
        if (!weights.Any(weight => weight > 0)) Array.Fill(weights, 1);   // nothing stands out: as good as no data
        state.Summarise(Places(weights, weights.Length >= SmoothCells * state.Clusters), weights);
        (state.Centres, _) = WeightedKMeans.Fit(state.Places, state.Weights, state.Dimension, state.Clusters, state.Random);
    }

    internal int CellOf(ReadOnlySpan<float> point)
    {
        int cell = 0;
        for (int a = 0; a < point.Length; a++) cell = (cell * shape[a]) + Math.Clamp((int)((point[a] + 1.0) / 2 * shape[a]), 0, shape[a] - 1);
        return cell;
    }

    // A count that stands alone is noise more likely than one among others: the neighbours' mean, which is the surer the more of them there are.
    private double[] Support(double[] noisy)
    {
        const double Trust = 1.0 / 8;   // for each axis
        double[] support = new double[noisy.Length];
        int[] neighbours = new int[noisy.Length];
        int stride = 1;
        for (int a = shape.Length - 1; a >= 0; a--)
        {
            for (int v = 0; v < noisy.Length; v++)
            {
                int at = v / stride % shape[a];
                if (at > 0) Count(v, v - stride);
                if (at < shape[a] - 1) Count(v, v + stride);
            }

            stride *= shape[a];
        }

        for (int v = 0; v < noisy.Length; v++) support[v] *= Trust * shape.Length / neighbours[v];
        return support;

        void Count(int cell, int neighbour)
        {
            support[cell] += noisy[neighbour];
            neighbours[cell]++;
        }
    }

    // The mean of a density that is linear between the neighbours: off the middle by a twelfth of its rise over the cell.
    private double[] Places(double[] weights, bool smooth)
    {
        int d = shape.Length, stride = 1;
        double[] places = new double[weights.Length * d];
        for (int a = d - 1; a >= 0; a--)
        {
            int cells = shape[a];
            for (int v = 0; v < weights.Length; v++)
            {
                int at = v / stride % cells;
                double shift = 0;
                if (smooth && weights[v] > 0)
                {
                    double before = at > 0 ? weights[v - stride] : 0, after = at < cells - 1 ? weights[v + stride] : 0;
                    shift = Math.Clamp((after - before) / (weights[v] + ((before + after) / 2)) / 12, -MostShift, MostShift);
                }

                places[(v * d) + a] = -1 + (2 * (at + 0.5 + shift) / cells);
            }

            stride *= cells;
        }

        return places;
    }
}
