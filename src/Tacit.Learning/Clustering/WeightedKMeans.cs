using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Clustering;

/// <summary>k-means on weighted points that are already public: post-processing of noised sums, with as many tries as it takes.</summary>
/// <remarks>
/// Greedy k-means++ starts (Arthur and Vassilvitskii 2007) and Lloyd 1982, several times; then swaps in the manner of Lattanzi and Sohler 2019: a centre drawn by
/// its squared distance replaces one whose loss is small, and stays if the cost after Lloyd falls.
/// </remarks>
public static class WeightedKMeans
{
    private const int MostIterations = 60;
    private const int SwapIterations = 5;    // enough to see whether a swap helps
    private const int MostSwaps = 200;
    private const double Converged = 1e-9;   // relative

    /// <summary>Looks for k centres of least cost.</summary>
    /// <param name="points">n × d, row-major, finite.</param>
    /// <param name="weights">n, finite; points whose weight is not positive do not count.</param>
    /// <param name="dimension">d.</param>
    /// <param name="clusters">k. With fewer points than that, some centres are the same.</param>
    /// <param name="random">Where starts come from; not secret.</param>
    /// <param name="restarts">Starts.</param>
    /// <param name="swaps">Swaps tried on the best of them.</param>
    /// <returns>k × d centres, row-major, and Σ w‖x − μ‖².</returns>
    /// <exception cref="ArgumentException">No weight is positive.</exception>
    public static (double[] Centres, double Cost) Fit(ReadOnlySpan<double> points, ReadOnlySpan<double> weights, int dimension, int clusters, IRandomSource random, int restarts = 8, int? swaps = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clusters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(restarts);
        WeightedPoints kept = WeightedPoints.From(points, weights, dimension);
        if (kept.Count == 0) throw new ArgumentException("No weight is positive.", nameof(weights));
        StatisticalGenerator generator = new(random);
        NearestAssignment assignment = new(kept);
        (double[] best, double cost) = ([], double.PositiveInfinity);
        for (int i = 0; i < restarts; i++)
        {
            double[] centres = Start(kept, clusters, ref generator);
            double reached = Lloyd(kept, assignment, centres);
            if (reached < cost) (best, cost) = (centres, reached);
        }

        for (int i = 0; i < (swaps ?? Math.Min(4 * clusters, MostSwaps)) && clusters > 1; i++)
        {
            double[] centres = Swap(kept, assignment, best, ref generator);
            double reached = Lloyd(kept, assignment, centres, SwapIterations);
            if (reached < cost) (best, cost) = (centres, reached);
        }

        return (best, Lloyd(kept, assignment, best));
    }

    // Greedy k-means++: of a few candidates drawn by squared distance, the one that lowers the cost most.
    private static double[] Start(WeightedPoints points, int clusters, ref StatisticalGenerator generator)
    {
        double[] centres = new double[clusters * points.Dimension], squares = new double[points.Count], candidate = new double[points.Count], chosen = new double[points.Count];
        int candidates = 2 + (int)Math.Log(clusters);
        Array.Fill(squares, double.PositiveInfinity);
        for (int j = 0; j < clusters; j++)
        {
            double best = double.PositiveInfinity;
            Span<double> centre = centres.AsSpan(j * points.Dimension, points.Dimension);
            double[] point = new double[points.Dimension];
            for (int t = 0; t < (j == 0 ? 1 : candidates); t++)
            {
                points.CopyTo(Draw(points.Weights, j == 0 ? null : squares, ref generator), point);
                points.SquaredDistances(point, candidate);
                double cost = 0;
                for (int i = 0; i < candidate.Length; i++)
                {
                    candidate[i] = Math.Min(candidate[i], squares[i]);
                    cost += candidate[i] * points.Weights[i];
                }

                if (!(cost < best)) continue;
                best = cost;
                point.CopyTo(centre);
                (candidate, chosen) = (chosen, candidate);
            }

            chosen.CopyTo(squares, 0);
        }

        return centres;
    }

    // An index by weight × squared distance; by weight alone where there is no distance yet, or all are zero.
    private static int Draw(double[] weights, double[]? squares, ref StatisticalGenerator generator)
    {
        double total = 0;
        for (int i = 0; i < weights.Length; i++) total += weights[i] * (squares?[i] ?? 1);
        if (!(total > 0)) return Draw(weights, null, ref generator);
        double left = generator.NextUniform() * total;
        for (int i = 0; i < weights.Length; i++)
        {
            left -= weights[i] * (squares?[i] ?? 1);
            if (left < 0) return i;
        }

        return weights.Length - 1;
    }

    private static double Lloyd(WeightedPoints points, NearestAssignment assignment, double[] centres, int most = MostIterations)
    {
        double[] sums = new double[centres.Length], masses = new double[centres.Length / points.Dimension];
        double cost = assignment.Assign(centres);
        for (int i = 0; i < most; i++)
        {
            points.Accumulate(assignment.Labels, sums, masses);
            for (int j = 0; j < masses.Length; j++)
            {
                if (!(masses[j] > 0)) continue;
                for (int a = 0; a < points.Dimension; a++) centres[(j * points.Dimension) + a] = sums[(j * points.Dimension) + a] / masses[j];
            }

            double next = assignment.Assign(centres);
            if (cost - next <= Converged * cost) return next;
            cost = next;
        }

        return cost;
    }

    private static double[] Swap(WeightedPoints points, NearestAssignment assignment, double[] centres, ref StatisticalGenerator generator)
    {
        int d = points.Dimension;
        assignment.Assign(centres);
        double[] losses = new double[centres.Length / d];   // what removing a centre costs
        for (int i = 0; i < points.Count; i++) losses[assignment.Labels[i]] += points.Weights[i] * (assignment.SecondDistances[i] - assignment.SquaredDistances[i]);
        int added = Draw(points.Weights, assignment.SquaredDistances, ref generator), removed = 0;
        double least = double.PositiveInfinity;
        for (int j = 0; j < losses.Length; j++)
        {
            double loss = losses[j] * (0.5 + generator.NextUniform());   // so that the same centre is not tried every time
            if (loss < least) (least, removed) = (loss, j);
        }

        double[] swapped = (double[])centres.Clone();
        points.CopyTo(added, swapped.AsSpan(removed * d, d));
        return swapped;
    }
}
