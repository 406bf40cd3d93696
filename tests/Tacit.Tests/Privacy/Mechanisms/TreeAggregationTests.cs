using System.Numerics;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Mechanisms;
using Tacit.Privacy.Sampling;
using Xunit;

namespace Tacit.Tests.Privacy.Mechanisms;

public sealed class TreeAggregationTests
{
    private const int Length = 20_000;
    private const double Scale = 100;

    // 6.2 deviations of a sample variance of 20,000 draws: missed with probability below 1e-9.
    private static readonly double tolerance = 6.2 * Math.Sqrt(2.0 / Length);

    private readonly SeededRandomSource random = new(5);

    [Fact]
    public void The_variance_of_a_prefix_is_the_number_of_its_nodes()
    {
        TreeAggregation tree = new(DiscreteGaussianSampler.Create(Scale), Length);
        for (int t = 1; t <= 40; t++)
        {
            double variance = Variance(tree.Advance(random));

            Assert.InRange(variance / (BitOperations.PopCount((uint)t) * Scale * Scale), 1 - tolerance, 1 + tolerance);
        }
    }

    [Fact]
    public void Nodes_are_kept_while_prefixes_need_them()
    {
        TreeAggregation tree = new(DiscreteGaussianSampler.Create(Scale), Length);
        long[][] prefixes = [.. Enumerable.Range(0, 9).Select(t => t == 0 ? new long[Length] : tree.Advance(random).ToArray())];

        // The difference of two prefixes holds the nodes that are not in both.
        Assert.InRange(Variance(Difference(prefixes[7], prefixes[6])) / (Scale * Scale), 1 - tolerance, 1 + tolerance);
        Assert.InRange(Variance(Difference(prefixes[6], prefixes[4])) / (Scale * Scale), 1 - tolerance, 1 + tolerance);
        Assert.InRange(Variance(Difference(prefixes[8], prefixes[7])) / (4 * Scale * Scale), 1 - tolerance, 1 + tolerance);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(8)]
    public void A_finished_tree_leaves_the_noise_of_one_node(int steps)
    {
        TreeAggregation tree = new(DiscreteGaussianSampler.Create(Scale), Length);
        for (int restart = 0; restart < 3; restart++)
        {
            for (int t = 0; t < steps; t++) tree.Advance(random);
            tree.Restart(random);
        }

        Assert.InRange(Variance(tree.Advance(random)) / (4 * Scale * Scale), 1 - tolerance, 1 + tolerance);
        Assert.Equal((1, 3), (tree.Steps, tree.Restarts));
    }

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 1, 1, 2)]
    [InlineData(1000, 1, 1, 11)]
    [InlineData(1024, 1, 1, 11)]
    [InlineData(1025, 1, 3, 36)]
    [InlineData(8, 2, 1, 2 + 4 + 4 + 4)]
    [InlineData(4, 100, 1, 4 + 8 + 16)]
    public void The_cost_counts_the_nodes_that_one_participant_moves(int steps, int participations, int trees, double squares) =>
        Assert.Equal(5 * squares / (2 * 9), TreeAggregation.RenyiDivergence(5, 3, steps, participations, trees), 1e-12);

    [Fact]
    public void The_cost_bounds_what_any_choice_of_steps_moves()
    {
        for (int choice = 1; choice < 1 << 11; choice++)
        {
            double moved = 0;
            for (int size = 1; size <= 16; size *= 2)
                for (int first = 0; first < 16; first += size)
                    moved += Math.Pow(BitOperations.PopCount((uint)(choice >> first) & ((1u << size) - 1)), 2);

            Assert.True(moved <= 2 * TreeAggregation.RenyiDivergence(2, 1, steps: 11, BitOperations.PopCount((uint)choice)) / 2 + 1e-9);
        }
    }

    private static long[] Difference(long[] x, long[] y) => [.. x.Zip(y, (a, b) => a - b)];

    private static double Variance(ReadOnlySpan<long> values)
    {
        double squares = 0;
        foreach (long x in values) squares += (double)x * x;
        return squares / values.Length;
    }
}
