using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Clustering.Stages;
using Xunit;

namespace Tacit.Tests.Learning.Clustering.Stages;

public sealed class StageSensitivityTests
{
    private const int Clusters = 4;

    [Theory]
    [InlineData("histogram", 1)]
    [InlineData("histogram", 2)]
    [InlineData("histogram", 5)]
    [InlineData("mean", 1)]
    [InlineData("mean", 3)]
    [InlineData("mean", 17)]
    [InlineData("radius", 1)]
    [InlineData("radius", 3)]
    [InlineData("radius", 17)]
    [InlineData("summary", 3)]
    [InlineData("summary", 17)]
    [InlineData("lloyd-gaussian", 1)]
    [InlineData("lloyd-gaussian", 2)]
    [InlineData("lloyd-gaussian", 17)]
    [InlineData("lloyd-laplace", 1)]
    [InlineData("lloyd-laplace", 2)]
    [InlineData("lloyd-laplace", 17)]
    [InlineData("lloyd-scattered", 3)]
    public void No_record_changes_more_than_the_blocks_promise(string name, int d)
    {
        IClusteringStage stage = Stage(name, d);

        Assert.Null(Sensitivity.Find(stage, d, Clusters, (points, state) => Sensitivity.Sum(stage, points, state)));
    }

    [Theory]
    [InlineData("histogram", 2)]
    [InlineData("mean", 3)]
    [InlineData("radius", 3)]
    [InlineData("summary", 3)]
    [InlineData("lloyd-gaussian", 2)]
    [InlineData("lloyd-laplace", 2)]
    public void A_record_that_counts_twice_is_caught(string name, int d)
    {
        IClusteringStage stage = Stage(name, d);

        Assert.NotNull(Sensitivity.Find(stage, d, Clusters, (points, state) => [.. Sensitivity.Sum(stage, points, state).Select(x => 2 * x)]));
    }

    [Theory]
    [InlineData("mean", 3)]
    [InlineData("summary", 3)]
    [InlineData("lloyd-gaussian", 2)]
    [InlineData("lloyd-laplace", 2)]
    public void Rounding_away_from_zero_is_caught(string name, int d)
    {
        IClusteringStage stage = Stage(name, d);

        Assert.NotNull(Sensitivity.Find(stage, d, Clusters, (points, state) =>
        {
            long[] sums = new long[stage.Blocks.Sum(block => block.Length)];
            for (int i = 0; i < points.Count; i++)
            {
                long[] one = Sensitivity.Sum(stage, Sensitivity.Points(points[i].ToArray(), d), state);
                for (int c = 0; c < one.Length; c++) sums[c] += one[c] + (c >= sums.Length - stage.Blocks[^1].Length ? Math.Sign(one[c]) : 0);
            }

            return sums;
        }));
    }

    [Fact]
    public void A_radius_without_clipping_is_caught()
    {
        // The same vectors with a radius as large as the domain, on a grid of the true radius: what a stage without clipping would add.
        IClusteringStage promised = new LloydStage(Clusters, 2, NoiseLaw.DiscreteGaussian, 0.1, 100, 100), wide = new LloydStage(Clusters, 2, NoiseLaw.DiscreteGaussian, 10, 100, 10_000);

        Assert.NotNull(Sensitivity.Find(promised, 2, Clusters, (points, state) => Sensitivity.Sum(wide, points, state)));
    }

    [Fact]
    public void An_L2_radius_with_an_L1_promise_is_caught()
    {
        LloydStage manhattan = new(Clusters, 3, NoiseLaw.DiscreteLaplace, 0.4, 100, 1000), euclidean = new(Clusters, 3, NoiseLaw.DiscreteGaussian, 0.4, 100, 1000);

        string? broken = Sensitivity.Find(manhattan, 3, Clusters, (points, state) => Sensitivity.Sum(euclidean, points, state));

        Assert.Contains("L1", broken, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_outside_the_domain_or_not_numbers_are_clipped_and_counted()
    {
        ClusterPoints points = Sensitivity.Points([float.NaN, 2, float.NegativeInfinity, 1, -1, 0.5f], 2);

        Assert.Equal(3, points.Count);
        Assert.Equal(3, points.Clipped);
        Assert.Equal([0f, 1f], points[0].ToArray());
        Assert.Equal([-1f, 1f], points[1].ToArray());
    }

    [Theory]
    [InlineData("histogram", 2)]
    [InlineData("mean", 3)]
    [InlineData("radius", 3)]
    [InlineData("summary", 3)]
    [InlineData("lloyd-gaussian", 2)]
    [InlineData("lloyd-laplace", 2)]
    [InlineData("lloyd-scattered", 3)]
    public void Garbage_sums_never_throw_and_leave_centres_inside_the_domain(string name, int d)
    {
        IClusteringStage stage = Stage(name, d);
        SeededRandomSource random = new(7, name);
        int length = stage.Blocks.Sum(block => block.Length);
        for (int trial = 0; trial < 40; trial++)
        {
            ClusteringState state = States.Random(d, Clusters, random);
            stage.Prepare(state);
            state.Opened(100, 10.0 / 9);
            stage.Apply(Garbage(length, trial, random), States.Plan(stage), state);

            Assert.All(state.Centres, x => Assert.InRange(x, -1, 1));
            Assert.All(state.Mean, x => Assert.InRange(x, -1, 1));
            Assert.InRange(state.Radius, 0, Math.Sqrt(d));
            Assert.Equal(Clusters * d, state.Centres.Length);
        }
    }

    [Fact]
    public void Hyperplanes_are_orthonormal_within_each_dimension()
    {
        foreach ((int bits, int d) in new[] { (3, 3), (7, 3), (12, 40), (2, 1) })
        {
            HyperplaneCodes codes = new(bits, d, new SeededRandomSource((ulong)(bits + d)));
            double[][] rows = Directions(codes, bits, d);
            for (int i = 0; i < bits; i++)
            {
                for (int j = i / d * d; j <= i; j++) Assert.Equal(i == j ? 1 : 0, rows[i].Zip(rows[j], (x, y) => x * y).Sum(), 1e-4);
            }
        }
    }

    internal static IClusteringStage Stage(string name, int d) => name switch
    {
        "histogram" => new HistogramStage(HistogramStage.ShapeFor(60, d)),
        "mean" => new MeanStage(d, 1000),
        "radius" => new RadiusStage(d, 7),
        "summary" => new SummaryStage(4, d, 1000, new SeededRandomSource(3)),
        "lloyd-gaussian" => new LloydStage(Clusters, d, NoiseLaw.DiscreteGaussian, 0.3, 50, 1000),
        "lloyd-laplace" => new LloydStage(Clusters, d, NoiseLaw.DiscreteLaplace, 0.3, 50, 1000),
        _ => new LloydStage(Clusters, d, NoiseLaw.DiscreteGaussian, 0.3, 50, 1000) { Scatters = true },
    };

    private static long[] Garbage(int length, int trial, SeededRandomSource random) => [.. Enumerable.Range(0, length).Select(_ => (trial % 5) switch
    {
        0 => 0L,
        1 => (long)random.NextBelow(1UL << 62) - (1L << 61),
        2 => random.NextBelow(2) == 0 ? long.MaxValue : long.MinValue,
        3 => -(long)random.NextBelow(1UL << 40),
        _ => (long)random.NextBelow(2001) - 1000,
    })];

    // From the sides alone: a row's coordinate is where its hyperplane through the origin crosses a line, found by halving.
    private static double[][] Directions(HyperplaneCodes codes, int bits, int d)
    {
        double[][] rows = [.. Enumerable.Range(0, bits).Select(_ => new double[d])];
        for (int b = 0; b < bits; b++)
        {
            bool Positive(Action<double[]> set)
            {
                double[] origin = new double[d];
                set(origin);
                return (codes.CodeOf(new float[d], [.. origin.Select(x => -x)]) >> b & 1) == 1;
            }

            int pivot = 0;
            rows[b][0] = Positive(v => v[0] = 1) ? 1 : -1;
            for (int a = 1; a < d; a++)
            {
                int axis = a;
                double sign = Positive(v => v[axis] = 1) ? 1 : -1;
                double low = 0, high = 1e6;
                for (int i = 0; i < 60; i++)   // ratio |row_a| / |row_pivot|
                {
                    double middle = (low + high) / 2;
                    bool larger = Positive(v => (v[axis], v[pivot]) = (sign, -middle * Math.Sign(rows[b][pivot])));
                    if (larger) low = middle;
                    else high = middle;
                }

                rows[b][a] = sign * low * Math.Abs(rows[b][pivot]);
            }

            double norm = Math.Sqrt(rows[b].Sum(x => x * x));
            for (int a = 0; a < d; a++) rows[b][a] /= norm;
        }

        return rows;
    }
}
