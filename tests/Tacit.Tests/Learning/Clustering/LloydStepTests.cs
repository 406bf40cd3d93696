using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Clustering;
using Tacit.Simulation.Parallelism;
using Xunit;

namespace Tacit.Tests.Learning.Clustering;

public sealed class LloydStepTests
{
    public static TheoryData<int, int, int, double> Shapes => new()
    {
        { 1, 1, 1, 2 }, { 31, 2, 3, 0.7 }, { 32, 2, 15, 0.3 }, { 33, 3, 8, 0.9 }, { 1000, 5, 9, 1.1 }, { 9000, 7, 16, 1.6 }, { 17_000, 16, 17, 2.4 },
        { 500, 64, 32, 5.1 }, { 300, 130, 4, 8 }, { 64, 2, 100, 0.05 }, { 0, 2, 3, 1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Run_equals_the_definition(int n, int d, int k, double radius)
    {
        (PackedPoints points, int[] centres) = Given(n, d, k);
        int[] labels = new int[n];

        ClusterSums constrained = new LloydStep(points, SequentialLoop.Instance).Run(centres, radius, labels);
        ClusterSums free = new LloydStep(points, SequentialLoop.Instance).Run(centres);

        AssertDefined(points, centres, radius, labels, constrained);
        Assert.Equal(0, free.Unassigned);
        Assert.Equal(n, free.Counts.Sum());
        Assert.Equal(n, constrained.Counts.Sum() + constrained.Unassigned);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Run_is_the_same_for_every_width_and_number_of_threads(int n, int d, int k, double radius)
    {
        (PackedPoints points, int[] centres) = Given(n, d, k);

        ClusterSums wide = new LloydStep(points, SequentialLoop.Instance) { IsWide = true }.Run(centres, radius);
        ClusterSums narrow = new LloydStep(points, SequentialLoop.Instance) { IsWide = false }.Run(centres, radius);
        ClusterSums parallel = new LloydStep(points, new ThreadPoolLoop(2)).Run(centres, radius);

        foreach (ClusterSums other in new[] { narrow, parallel })
        {
            Assert.Equal(wide.Counts, other.Counts);
            Assert.Equal(wide.Sums, other.Sums);
            Assert.Equal(wide.Unassigned, other.Unassigned);
        }
    }

    [Fact]
    public void Run_twice_gives_the_same_and_other_numbers_of_centres_may_follow()
    {
        (PackedPoints points, int[] centres) = Given(700, 3, 6);
        LloydStep step = new(points, SequentialLoop.Instance);

        ClusterSums first = step.Run(centres, 1);
        step.Run(centres.AsSpan(0, 6));
        ClusterSums again = step.Run(centres, 1);

        Assert.Equal(first.Sums, again.Sums);
        Assert.Equal(first.Counts, again.Counts);
    }

    [Fact]
    public void A_point_at_the_radius_is_kept_and_one_step_beyond_is_not()
    {
        const float step = 1f / 65536;
        PackedPoints points = PackedPoints.From([0.5f, 0, 0.5f + step, 0, 0, -0.5f, 0, -0.5f - step], 2, FixedPoint.Default);

        ClusterSums sums = new LloydStep(points, SequentialLoop.Instance).Run([0, 0], 0.5);

        Assert.Equal([2], sums.Counts);
        Assert.Equal([32768, -32768], sums.Sums);
        Assert.Equal(2, sums.Unassigned);
    }

    // Distances within a few steps of the radius, far below what single precision resolves.
    [Fact]
    public void The_radius_is_decided_exactly()
    {
        SeededRandomSource random = new(3);
        const int d = 64;
        for (int trial = 0; trial < 200; trial++)
        {
            float[] x = [.. Enumerable.Range(0, 10 * d).Select(_ => (float)(2 * random.NextDouble() - 1))];
            PackedPoints points = PackedPoints.From(x, d, FixedPoint.Default);
            int[] centre = [.. Enumerable.Range(0, d).Select(_ => (int)(65536 * (2 * random.NextDouble() - 1)))];
            double radius = (Math.Sqrt((double)SquaredDistance(points, 0, centre)) + trial % 3 - 1) / 65536;

            ClusterSums sums = new LloydStep(points, SequentialLoop.Instance).Run(centre, radius);

            Int128 limit = (Int128)Math.Floor(radius * 65536 * (radius * 65536));
            Assert.Equal(Enumerable.Range(0, 10).Count(i => SquaredDistance(points, i, centre) <= limit), sums.Counts[0]);
        }
    }

    [Fact]
    public void One_point_moves_one_sum_by_at_most_the_radius()
    {
        SeededRandomSource random = new(5);
        foreach (int d in new[] { 1, 2, 3, 16, 65 })
        {
            for (int trial = 0; trial < 100; trial++)
            {
                double radius = 0.05 + random.NextDouble() * Math.Sqrt(d);
                float[] x = [.. Enumerable.Range(0, d).Select(_ => (float)(2 * random.NextDouble() - 1))];
                int[] centres = [.. Enumerable.Range(0, 3 * d).Select(_ => (int)(65536 * (2 * random.NextDouble() - 1)))];

                ClusterSums alone = new LloydStep(PackedPoints.From(x, d, FixedPoint.Default), SequentialLoop.Instance).Run(centres, radius);

                Assert.Equal(1, alone.Counts.Sum() + alone.Unassigned);
                Assert.True(Math.Sqrt(alone.Sums.Sum(s => (double)s * s)) <= radius * 65536 * (1 + 1e-15));
            }
        }
    }

    [Fact]
    public void An_empty_cluster_contributes_nothing()
    {
        PackedPoints points = PackedPoints.From([0.5f, 0.5f], 2, FixedPoint.Default);

        ClusterSums sums = new LloydStep(points, SequentialLoop.Instance).Run([32768, 32768, -32768, -32768], 1);

        Assert.Equal([1, 0], sums.Counts);
        Assert.All(sums.Sums, s => Assert.Equal(0, s));
    }

    [Fact]
    public void Coordinates_outside_the_box_are_counted_and_what_is_not_a_number_is_refused()
    {
        PackedPoints points = PackedPoints.From([1.5f, 0.25f, float.NegativeInfinity, 1], 2, FixedPoint.Default);

        Assert.Equal(2, points.Clipped);
        Assert.Equal([65536, 16384, -65536, 65536], points.Rows);
        Assert.Throws<ArgumentException>(() => PackedPoints.From([float.NaN], 1, FixedPoint.Default));
        Assert.Throws<ArgumentException>(() => PackedPoints.From([1, 2, 3], 2, FixedPoint.Default));
    }

    [Fact]
    public void Centres_that_do_not_fit_are_refused()
    {
        LloydStep step = new(PackedPoints.From([0, 0], 2, FixedPoint.Default), SequentialLoop.Instance);

        Assert.Throws<ArgumentException>(() => step.Run([1, 2, 3]));
        Assert.Throws<ArgumentException>(() => step.Run([]));
        Assert.Throws<ArgumentException>(() => step.Run([1, 2], null, new int[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => step.Run([1, LloydStep.LargestCentre + 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => step.Run([1, 2], -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => step.Run([1, 2], double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => LloydStep.ToSteps([1e9], FixedPoint.Default));
        Assert.Throws<ArgumentOutOfRangeException>(() => LloydStep.ToSteps([double.NaN], FixedPoint.Default));
    }

    private static (PackedPoints Points, int[] Centres) Given(int n, int d, int k)
    {
        SeededRandomSource random = new((ulong)(n + 7 * d + 31 * k));
        float[] x = [.. Enumerable.Range(0, n * d).Select(_ => (float)(2 * random.NextDouble() - 1))];
        return (PackedPoints.From(x, d, FixedPoint.Default), [.. Enumerable.Range(0, k * d).Select(_ => (int)(65536 * (2 * random.NextDouble() - 1)))]);
    }

    private static Int128 SquaredDistance(PackedPoints points, int i, ReadOnlySpan<int> centre)
    {
        Int128 sum = 0;
        for (int c = 0; c < centre.Length; c++) sum += (Int128)(points.Rows[(i * centre.Length) + c] - (long)centre[c]) * (points.Rows[(i * centre.Length) + c] - (long)centre[c]);
        return sum;
    }

    // Labels are nearest up to single precision; given them, everything else is exact.
    private static void AssertDefined(PackedPoints points, int[] centres, double radius, int[] labels, ClusterSums got)
    {
        int d = points.Dimension, k = centres.Length / d;
        long[] counts = new long[k], sums = new long[k * d];
        double limit = Math.Floor(Math.Pow(radius * 65536, 2)), slack = 1e-6 * d * Math.Pow(4 * 65536.0, 2) * d;
        for (int i = 0; i < points.Count; i++)
        {
            double[] distances = [.. Enumerable.Range(0, k).Select(j => (double)SquaredDistance(points, i, centres.AsSpan(j * d, d)))];
            Assert.True(labels[i] == k ? distances.Min() > limit - slack : distances[labels[i]] <= Math.Min(limit, distances.Min() + slack));
            if (labels[i] == k) continue;
            counts[labels[i]]++;
            for (int c = 0; c < d; c++) sums[labels[i] * d + c] += points.Rows[(i * d) + c] - centres[(labels[i] * d) + c];
        }

        Assert.Equal(counts, got.Counts);
        Assert.Equal(sums, got.Sums);
    }
}
