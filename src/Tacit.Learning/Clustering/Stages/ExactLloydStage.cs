using System.Collections.Immutable;
using Tacit.Aggregation.Pipeline;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>Lloyd rounds without noise from several starts at once; the start that comes out best wins. One instance serves all rounds.</summary>
/// <remarks>A centre with fewer than <see cref="MinimumCount"/> records stays where it is, and starts are means of as many: no centre is one record.</remarks>
public sealed class ExactLloydStage : IClusteringStage
{
    /// <summary>The fewest records that move a centre.</summary>
    public const int MinimumCount = 5;

    private const int SumBits = 24;
    private const int CostBits = 24;
    private const double Converged = 1e-7;   // relative

    private readonly int starts;
    private readonly int clusters;
    private readonly int dimension;
    private double[][] candidates = [];
    private double[] costs = [];

    /// <summary>Describes the rounds.</summary>
    /// <param name="starts">How many.</param>
    /// <param name="clusters">k.</param>
    /// <param name="dimension">d.</param>
    public ExactLloydStage(int starts, int clusters, int dimension)
    {
        (this.starts, this.clusters, this.dimension) = (starts, clusters, dimension);
        RecordSumBlock one = RecordSumBlock.Counts(starts * clusters, NoiseLaw.None, touched: starts);
        double norm = Math.Ceiling(2 * Math.Sqrt(dimension)) + 1;
        Blocks =
        [
            one,
            Block(starts * clusters * dimension, starts * dimension, (long)(norm * (1L << SumBits))),
            Block(starts, starts, (long)(norm * norm * (1L << CostBits))),
        ];

        static RecordSumBlock Block(int length, int touched, long largest) => new()
        {
            Length = length,
            Law = NoiseLaw.None,
            Touched = touched,
            Largest = largest,
            L2Sensitivity = Math.Sqrt(touched) * largest,
            L1Sensitivity = (double)touched * largest,
        };
    }

    /// <inheritdoc/>
    public string Name => "lloyd";

    /// <inheritdoc/>
    public ImmutableArray<RecordSumBlock> Blocks { get; }

    /// <inheritdoc/>
    public ImmutableArray<double> BlockWeights => [1, 1, 1];

    /// <summary>Whether no start became better in the last round.</summary>
    public bool IsConverged { get; private set; }

    /// <inheritdoc/>
    public void Prepare(ClusteringState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (candidates.Length > 0) return;
        candidates = new double[starts][];
        costs = [.. Enumerable.Repeat(double.PositiveInfinity, starts)];
        candidates[0] = [.. state.Centres];
        for (int i = 1; i < starts; i++) candidates[i] = i % 3 == 0 ? WeightedKMeans.Fit(state.Places, state.Weights, dimension, clusters, state.Random, restarts: 2).Centres : Scattered(state);
    }

    // Places that hold records, and somewhere around them: where a summary is coarse, its own clusters all lead to one optimum.
    private double[] Scattered(ClusteringState state)
    {
        const double Jitter = 0.25;
        StatisticalGenerator generator = new(state.Random);
        int[] held = [.. Enumerable.Range(0, state.Weights.Length).Where(i => state.Weights[i] > 0)];
        double[] centres = new double[clusters * dimension];
        for (int j = 0; j < clusters; j++)
        {
            int place = held[(int)(generator.NextUniform() * held.Length)];
            for (int a = 0; a < dimension; a++) centres[(j * dimension) + a] = Math.Clamp(state.Places[(place * dimension) + a] + generator.NextBetween(-Jitter, Jitter), -1, 1);
        }

        return centres;
    }

    /// <inheritdoc/>
    public void Sum(ClusterPoints points, ClusteringState state, Span<long> sums)
    {
        ArgumentNullException.ThrowIfNull(points);
        Span<long> vectors = sums[(starts * clusters)..], losses = vectors[(starts * clusters * dimension)..];
        for (int s = 0; s < starts; s++)
        {
            ReadOnlySpan<int> nearest = points.Nearest(candidates[s]);
            for (int i = 0; i < points.Count; i++)
            {
                int cell = (s * clusters) + nearest[i];
                ReadOnlySpan<float> point = points[i];
                double squares = 0;
                sums[cell]++;
                for (int a = 0; a < dimension; a++)
                {
                    double offset = point[a] - candidates[s][(nearest[i] * dimension) + a];
                    squares += offset * offset;
                    vectors[(cell * dimension) + a] += (long)Math.Round(offset * (1L << SumBits));
                }

                losses[s] += (long)Math.Round(squares * (1L << CostBits));
            }
        }
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<long> sums, RecordSumPlan plan, ClusteringState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ReadOnlySpan<long> vectors = sums[(starts * clusters)..], losses = vectors[(starts * clusters * dimension)..];
        IsConverged = true;
        int best = 0;
        for (int s = 0; s < starts; s++)
        {
            double cost = (double)losses[s] / (1L << CostBits);
            if (!(cost >= costs[s] * (1 - Converged))) IsConverged = false;
            costs[s] = cost;
            if (cost < costs[best]) best = s;
        }

        state.Centres = [.. candidates[best]];   // the centres that the cost belongs to
        for (int s = 0; s < starts && !IsConverged; s++) Move(candidates[s], sums.Slice(s * clusters, clusters), vectors.Slice(s * clusters * dimension, clusters * dimension));
    }

    private void Move(double[] centres, ReadOnlySpan<long> counts, ReadOnlySpan<long> vectors)
    {
        for (int j = 0; j < clusters; j++)
        {
            if (counts[j] < MinimumCount) continue;
            for (int a = 0; a < dimension; a++)
            {
                int at = (j * dimension) + a;
                centres[at] = Math.Clamp(centres[at] + (vectors[at] / (double)(1L << SumBits) / counts[j]), -1, 1);
            }
        }
    }
}
