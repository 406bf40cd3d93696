using Tacit.Cryptography.Randomness;
using Tacit.Learning.Clustering;
using Xunit;

namespace Tacit.Tests.Learning.Clustering;

public sealed class WeightedKMeansTests
{
    [Fact]
    public void Tiny_inputs_get_the_best_partition_there_is()
    {
        SeededRandomSource random = new(1);
        for (int trial = 0; trial < 60; trial++)
        {
            int n = 3 + (int)random.NextBelow(5), d = 1 + (int)random.NextBelow(3), k = 1 + (int)random.NextBelow(3);
            double[] points = Uniform(n * d, random), weights = [.. Enumerable.Range(0, n).Select(_ => 0.1 + (5 * random.NextDouble()))];

            (double[] centres, double cost) = WeightedKMeans.Fit(points, weights, d, k, new SeededRandomSource((ulong)trial), restarts: 8, swaps: 8);

            Assert.Equal(k * d, centres.Length);
            Assert.Equal(Best(points, weights, d, k), cost, 1e-9);
            Assert.Equal(Cost(points, weights, centres, d), cost, 1e-9);
        }
    }

    [Fact]
    public void Fewer_points_than_clusters_cost_nothing_even_if_all_are_the_same()
    {
        (double[] centres, double cost) = WeightedKMeans.Fit([1, 2, 1, 2, 1, 2], [1, 1, 1], 2, 5, new SeededRandomSource(1));
        (double[] two, double none) = WeightedKMeans.Fit([0, 3], [1, 9], 1, 4, new SeededRandomSource(1));

        Assert.Equal(0, cost, 1e-12);
        Assert.Equal(10, centres.Length);
        Assert.All(centres.Chunk(2), centre => Assert.Equal([1, 2], centre));
        Assert.Equal(0, none, 1e-12);
        Assert.Equal([0.0, 3.0], two.Distinct().Order());
    }

    [Fact]
    public void Weights_that_are_not_positive_do_not_count()
    {
        (double[] with, double cost) = WeightedKMeans.Fit([0, 1, 100, 5, -100, 6], [1, 1, 0, 1, -3, 1], 1, 2, new SeededRandomSource(2));
        (double[] without, double same) = WeightedKMeans.Fit([0, 1, 5, 6], [1, 1, 1, 1], 1, 2, new SeededRandomSource(2));

        Assert.Equal(without, with);
        Assert.Equal(same, cost);
        Assert.Equal([0.5, 5.5], with.Order());
        Assert.Throws<ArgumentException>(() => WeightedKMeans.Fit([1, 2], [0, -1], 1, 1, new SeededRandomSource(1)));
    }

    [Fact]
    public void One_seed_gives_one_answer_and_weights_scale_the_cost()
    {
        SeededRandomSource random = new(3);
        double[] points = Uniform(400, random), weights = [.. Enumerable.Repeat(1.0, 200)], double2 = [.. Enumerable.Repeat(2.0, 200)];

        (double[] centres, double cost) = WeightedKMeans.Fit(points, weights, 2, 7, new SeededRandomSource(9));

        Assert.Equal(centres, WeightedKMeans.Fit(points, weights, 2, 7, new SeededRandomSource(9)).Centres);
        Assert.Equal(2 * cost, WeightedKMeans.Fit(points, double2, 2, 7, new SeededRandomSource(9)).Cost, 1e-9);
    }

    private static double[] Uniform(int length, SeededRandomSource random) => [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextDouble()) - 1)];

    // All k^n partitions.
    private static double Best(double[] points, double[] weights, int d, int k)
    {
        double best = double.PositiveInfinity;
        for (int code = 0; code < (int)Math.Pow(k, weights.Length); code++)
        {
            double[] centres = new double[k * d], masses = new double[k];
            for (int i = 0, rest = code; i < weights.Length; i++, rest /= k)
            {
                masses[rest % k] += weights[i];
                for (int a = 0; a < d; a++) centres[(rest % k * d) + a] += weights[i] * points[(i * d) + a];
            }

            for (int c = 0; c < centres.Length; c++) centres[c] = masses[c / d] > 0 ? centres[c] / masses[c / d] : 1e3;
            best = Math.Min(best, Cost(points, weights, centres, d));
        }

        return best;
    }

    private static double Cost(double[] points, double[] weights, double[] centres, int d) => Enumerable.Range(0, weights.Length).Sum(i =>
        weights[i] * Enumerable.Range(0, centres.Length / d).Min(j => Enumerable.Range(0, d).Sum(a => Math.Pow(points[(i * d) + a] - centres[(j * d) + a], 2))));
}
