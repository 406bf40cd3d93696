using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Clustering;
using Tacit.Simulation.Parallelism;
using Xunit;

namespace Tacit.Tests.Learning.Clustering;

public sealed class ClusterQualityTests
{
    [Fact]
    public void Nicv_is_the_mean_square_in_scaled_columns()
    {
        // x in [0, 10], y in [0, 2]: offsets count a fifth and once. Squares: 0, (5/5)² = 1, (2/1)² = 4 from (0, 0) and 0 from the second centre.
        int[] labels = new int[4];

        double nicv = ClusterQuality.Nicv([0, 0, 5, 0, 0, 2, 10, 2], [0, 0, 10, 2], 2, labels, SequentialLoop.Instance);

        Assert.Equal((0 + 1 + 4 + 0) / 4.0, nicv, 1e-12);
        Assert.Equal([0, 0, 0, 1], labels);
    }

    [Fact]
    public void Nicv_agrees_with_brute_force_over_many_blocks_and_constant_columns_count_nothing()
    {
        SeededRandomSource random = new(1);
        const int N = 9000;
        float[] records = [.. Enumerable.Range(0, N * 2).Select(i => i % 2 == 0 ? (float)random.NextDouble() : 7)];
        (records[0], records[2]) = (0, 1);
        double[] centres = [0.2, -50, 0.9, 3, 0.4, 1e6];
        double truth = Enumerable.Range(0, N).Average(i => new[] { 0.2, 0.9, 0.4 }.Min(c => Math.Pow(2 * (records[2 * i] - c), 2)));

        Assert.Equal(truth, ClusterQuality.Nicv(records, centres, 2, new int[N], new ThreadPoolLoop()), 1e-9);
    }

    [Theory]
    [InlineData(new[] { 0, 0, 1, 1 }, new[] { 1, 1, 0, 0 }, 1)]
    [InlineData(new[] { 0, 0, 0, 0 }, new[] { 3, 3, 3, 3 }, 1)]
    [InlineData(new[] { 0, 0, 1, 1 }, new[] { 0, 1, 0, 1 }, -0.5)]
    [InlineData(new[] { 0, 0, 0, 1, 1, 1 }, new[] { 0, 0, 1, 1, 2, 2 }, 0.24242424242424243)]
    [InlineData(new int[0], new int[0], 1)]
    public void The_adjusted_Rand_index_has_values_computed_by_hand(int[] first, int[] second, double index)
    {
        Assert.Equal(index, ClusterQuality.AdjustedRandIndex(first, second), 1e-12);
        Assert.Equal(index, ClusterQuality.AdjustedRandIndex(second, first), 1e-12);
    }

    [Fact]
    public void The_adjusted_Rand_index_agrees_with_counting_pairs()
    {
        SeededRandomSource random = new(2);
        for (int trial = 0; trial < 50; trial++)
        {
            int[] first = [.. Enumerable.Range(0, 30).Select(_ => (int)random.NextBelow(4))], second = [.. first.Select(label => random.NextBelow(3) == 0 ? (int)random.NextBelow(5) : label)];
            double both = 0, one = 0, other = 0, all = 30 * 29 / 2;
            for (int i = 0; i < 30; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    if (first[i] == first[j]) one++;
                    if (second[i] == second[j]) other++;
                    if (first[i] == first[j] && second[i] == second[j]) both++;
                }
            }

            double expected = one * other / all;
            Assert.Equal((both - expected) / (((one + other) / 2) - expected), ClusterQuality.AdjustedRandIndex(first, second), 1e-9);
        }

        Assert.Throws<ArgumentException>(() => ClusterQuality.AdjustedRandIndex([1], [1, 2]));
    }

    [Fact]
    public void Bounds_scale_to_the_domain_and_back()
    {
        FeatureBounds bounds = FeatureBounds.Around([1, -5, 3, -5, 2, -5], 2);

        Assert.Equal([(1, 3), (-5, -5)], bounds.Ranges.AsEnumerable());
        Assert.Equal([-1, 0, 1, 0, 0, 0, 3, 0], bounds.Scale([1, -5, 3, 9, 2, -5, 5, 0]));
        Assert.Equal([1, -5, 3, -5, 2.5, -5], bounds.Unscale([-1, -1, 1, 1, 0.5, 0]));
    }
}
