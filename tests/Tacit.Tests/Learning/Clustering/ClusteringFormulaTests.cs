using Tacit.Learning.Clustering;
using Tacit.Privacy.Accounting.Curves;
using Xunit;

namespace Tacit.Tests.Learning.Clustering;

/// <summary>The formulas against figures computed from the paper independently of this library.</summary>
public sealed class ClusteringFormulaTests
{
    private static readonly ClusteringParams fast = ClusteringParams.FastLloyd;

    [Theory]
    [InlineData(0.1, 1e-5, 30.749566131972788)]
    [InlineData(0.25, 1e-5, 13.285525237078026)]
    [InlineData(0.5, 1e-5, 7.031826675581986)]
    [InlineData(0.75, 1e-5, 4.85057435008327)]
    [InlineData(1, 1e-5, 3.7306316348148236)]
    [InlineData(2, 1e-5, 1.9938124456432185)]
    [InlineData(4, 1e-5, 1.081161849520431)]
    [InlineData(8, 1e-5, 0.6002290721748758)]
    [InlineData(0.1, 1e-3, 17.404396203031258)]
    [InlineData(1, 1e-3, 2.574657018637214)]
    [InlineData(1, 1e-6, 4.224678889319316)]
    [InlineData(0.1, 1e-8, 45.93736018430632)]
    [InlineData(1, 1e-8, 5.1003087871573465)]
    public void Noise_of_a_sensitivity_of_one(double epsilon, double delta, double expected) =>
        AssertClose(expected, ClusteringScales.NoiseMultiplier(fast with { Epsilon = epsilon }, delta));

    [Theory]
    [InlineData(400, 4.172602508691676e-4)]
    [InlineData(1000, 1.4476482730108395e-4)]
    [InlineData(5000, 2.348191422986192e-5)]
    [InlineData(10_000, 1.0857362047581296e-5)]
    [InlineData(1_000_000, 7.238241365054197e-8)]
    public void Delta_follows_from_the_number_of_points(long n, double expected) => AssertClose(expected, (fast with { DataSize = n }).Delta);

    [Theory]
    [InlineData(5000, 0.1, 28.525397908388175)]
    [InlineData(5000, 0.5, 6.624591935629509)]
    [InlineData(5000, 1, 3.5352457307553893)]
    [InlineData(5000, 2, 1.9005891450508947)]
    [InlineData(1000, 0.1, 23.42887627359843)]
    [InlineData(1000, 0.5, 5.698359632550095)]
    [InlineData(1000, 1, 3.0924589339344277)]
    [InlineData(1000, 2, 1.6901189851918645)]
    [InlineData(1_000_000, 0.1, 41.999243597807)]
    [InlineData(1_000_000, 0.5, 9.121400839314882)]
    [InlineData(1_000_000, 1, 4.73965122708851)]
    [InlineData(1_000_000, 2, 2.4785002226870545)]
    public void Noise_of_a_sensitivity_of_one_at_that_delta(long n, double epsilon, double expected)
    {
        ClusteringParams job = fast with { DataSize = n, Epsilon = epsilon };
        AssertClose(expected, ClusteringScales.NoiseMultiplier(job, job.Delta));
    }

    // d, k, n, ε, T, (σ_sum of the first round, of the others, σ_count); six decimals were published.
    [Theory]
    [InlineData(2, 5, 1000, 0.1, 2, 54.515393, 19.504020, 64.830094)]
    [InlineData(2, 5, 1000, 0.5, 2, 13.259207, 4.743758, 15.767943)]
    [InlineData(2, 5, 1000, 1, 3, 8.812868, 3.152987, 10.480325)]
    [InlineData(2, 5, 1000, 2, 7, 7.357309, 2.632231, 8.749364)]
    [InlineData(2, 15, 5000, 0.1, 2, 66.374216, 13.710199, 78.932690)]
    [InlineData(2, 15, 5000, 0.5, 2, 15.414407, 3.183986, 18.330923)]
    [InlineData(2, 15, 5000, 1, 7, 15.389387, 3.178818, 18.301168)]
    [InlineData(2, 15, 5000, 2, 7, 8.273513, 1.708970, 9.838921)]
    [InlineData(16, 16, 10_000, 1, 2, 22.272701, 14.983228, 15.749178)]
    [InlineData(16, 16, 1_000_000, 1, 7, 53.202453, 35.790202, 37.619815)]
    public void Noise_of_the_published_variant(int d, int k, long n, double epsilon, int rounds, double first, double later, double count)
    {
        ClusteringParams job = fast with { Dimension = d, Clusters = k, DataSize = n, Epsilon = epsilon };

        Assert.Equal(rounds, job.Iterations);
        Assert.Equal(first, ClusteringScales.For(job, 0).Sum, 6e-7);
        Assert.Equal(later, ClusteringScales.For(job, 1).Sum, 6e-7);
        Assert.Equal(count, ClusteringScales.For(job, 0).Count, 6e-7);
        Assert.Equal(count, ClusteringScales.For(job, 1).Count, 6e-7);
    }

    [Theory]
    [InlineData(0.1, 53.798701, 67.438520)]
    [InlineData(1, 7.101078, 8.901445)]
    public void Noise_without_a_radius(double epsilon, double sum, double count)
    {
        ClusteringParams job = new() { Privacy = ClusteringPrivacy.GaussianAnalytic, Epsilon = epsilon, Clusters = 5, DataSize = 1000 };

        Assert.Equal(2, job.Iterations);
        Assert.Equal(sum, ClusteringScales.For(job, 1).Sum, 6e-7);
        Assert.Equal(count, ClusteringScales.For(job, 1).Count, 6e-7);
    }

    [Fact]
    public void Noise_of_Laplace()
    {
        ClusteringParams job = new() { Privacy = ClusteringPrivacy.Laplace, Epsilon = 1, Clusters = 5, DataSize = 1000 };

        Assert.Equal(2, job.Iterations);
        (double sum, double count) = ClusteringScales.LaplaceSplit(job);
        Assert.Equal(0.364982, sum, 6e-7);
        Assert.Equal(0.135018, count, 6e-7);
        ClusteringScales scales = ClusteringScales.For(job, 0);
        Assert.Equal(2, scales.SumSensitivity);
        Assert.Equal(5.479727, scales.Sum, 6e-7);
        Assert.Equal(7.406402, scales.Count, 6e-7);
    }

    [Theory]
    [InlineData(ClusteringPrivacy.GaussianAnalytic, true)]
    [InlineData(ClusteringPrivacy.GaussianAnalytic, false)]
    [InlineData(ClusteringPrivacy.DiscreteGaussian, true)]
    [InlineData(ClusteringPrivacy.Laplace, true)]
    [InlineData(ClusteringPrivacy.Laplace, false)]
    public void What_rounds_and_queries_spend_adds_up_to_the_budget(ClusteringPrivacy privacy, bool radius)
    {
        foreach ((int d, int k, long n, double epsilon) in new[] { (2, 5, 1000L, 0.1), (2, 15, 5000L, 1), (3, 3, 1837L, 2), (16, 16, 1_000_000L, 0.5), (64, 2, 2048L, 1) })
        {
            ClusteringParams job = fast with { Privacy = privacy, Method = radius ? RadiusMethod.DiagonalThenFrac : RadiusMethod.None, Dimension = d, Clusters = k, DataSize = n, Epsilon = epsilon };
            double once = privacy == ClusteringPrivacy.Laplace ? 0 : ClusteringScales.NoiseMultiplier(job, job.Delta), squares = 0, sum = 0;
            for (int t = 0; t < job.Iterations; t++)
            {
                ClusteringScales scales = ClusteringScales.For(job, t);
                squares += Math.Pow(scales.SumSensitivity / scales.Sum, 2) + Math.Pow(1 / scales.Count, 2);
                sum += scales.SumSensitivity / scales.Sum + 1 / scales.Count;
            }

            if (privacy == ClusteringPrivacy.Laplace) Assert.Equal(epsilon, sum, 1e-12 * epsilon);
            else Assert.Equal(1 / (once * once), squares, 1e-12 / (once * once));
        }
    }

    [Theory]
    [InlineData(5000, 15, 0.1165, 2.1593, 7.5821, 26.2331)]
    [InlineData(400, 3, 0.0371, 0.5791, 1.9125, 6.2379)]
    [InlineData(1000, 5, 0.0621, 1.0506, 3.5671, 11.9425)]
    public void Iterations_of_the_published_variant_before_they_are_clamped(long n, int k, double at01, double at05, double at1, double at2) =>
        AssertRaw(fast with { DataSize = n, Clusters = k }, at01, at05, at1, at2);

    [Fact]
    public void Iterations_of_the_other_variants_before_they_are_clamped()
    {
        AssertRaw(new ClusteringParams { Privacy = ClusteringPrivacy.GaussianAnalytic, DataSize = 5000 }, 0.0052, 0.0971, 0.3411, 1.1801);
        AssertRaw(new ClusteringParams { Privacy = ClusteringPrivacy.Laplace, DataSize = 5000 }, 0.0849, 0.4244, 0.8487, 1.6974);
        Assert.Equal(7, new ClusteringParams().Iterations);
        Assert.Equal(11, new ClusteringParams { GivenIterations = 11 }.Iterations);
    }

    // method, d, k → η of rounds 0, 1 and 2, and the sensitivity of sums.
    [Theory]
    [InlineData(RadiusMethod.DiagonalThenFrac, 2, 5, 0.8, 1.4142135623730951, 0.5059644256269407)]
    [InlineData(RadiusMethod.DiagonalThenFrac, 2, 15, 0.8, 1.4142135623730951, 0.29211869733608856)]
    [InlineData(RadiusMethod.DiagonalThenFrac, 16, 16, 0.8, 4, 2.6908685)]
    [InlineData(RadiusMethod.FracStay, 2, 5, 0.8, 0.5059644256269407, 0.5059644256269407)]
    [InlineData(RadiusMethod.FracStay, 2, 1, 0.8, 1.131370849898476, 1.131370849898476)]
    [InlineData(RadiusMethod.FracStay, 2, 1, 1.5, 2.8284271247461903, 2.8284271247461903)]   // above √d: the whole diagonal
    public void Radius_and_sensitivity_follow_from_method_and_dimension(RadiusMethod method, int d, int k, double alpha, double first, double later)
    {
        ClusteringParams job = fast with { Method = method, Dimension = d, Clusters = k, Alpha = alpha };

        foreach ((int round, double expected) in new[] { (0, first), (1, later), (2, later), (6, later) })
        {
            Assert.Equal(expected, RadiusSchedule.Radius(job, round)!.Value, 1e-7);
            Assert.Equal(expected, ClusteringScales.For(job, round).SumSensitivity, 1e-7);
        }

        Assert.Null(RadiusSchedule.Radius(job with { Method = RadiusMethod.None }, 0));
        Assert.Equal(Math.Sqrt(d), ClusteringScales.For(job with { Method = RadiusMethod.None }, 0).SumSensitivity, 1e-12);
        Assert.Equal(0.25, RadiusSchedule.Radius(job with { LargestRadius = 0.25 }, 1));
        Assert.Equal(8, RadiusSchedule.Radius(new ClusteringParams { Privacy = ClusteringPrivacy.Laplace, Epsilon = 1, Method = RadiusMethod.FracStay, Dimension = 16, Clusters = 1, Alpha = 4 }, 0));   // never above D
    }

    [Fact]
    public void The_fraction_is_the_published_one()
    {
        Assert.Equal(0.178885, RadiusSchedule.Fraction(fast with { Clusters = 5 }), 6e-7);
        Assert.Equal(0.10328, RadiusSchedule.Fraction(fast with { Clusters = 15 }), 6e-6);
        Assert.Equal(0.336359, RadiusSchedule.Fraction(fast with { Clusters = 16, Dimension = 16 }), 6e-7);
    }

    [Fact]
    public void The_discrete_Gaussian_alone_costs_a_little_more_noise_and_keeps_the_budget()
    {
        ClusteringParams exact = fast with { DataSize = 5000 }, concentrated = exact with { Privacy = ClusteringPrivacy.DiscreteGaussian };
        double sigma = ClusteringScales.NoiseMultiplier(concentrated, concentrated.Delta);

        Assert.InRange(sigma / ClusteringScales.NoiseMultiplier(exact, exact.Delta), 1.0, 1.2);
        Assert.InRange(ConcentratedConversion.Epsilon(1 / (2 * sigma * sigma), exact.Delta), 0.999, 1);
    }

    [Fact]
    public void A_schedule_keeps_delta_with_the_cost_of_whole_steps_and_draws_hardly_more_noise()
    {
        foreach (ClusteringParams job in new[] { fast with { DataSize = 5000 }, fast with { DataSize = 1_000_000, Dimension = 16, Clusters = 16 }, fast with { DataSize = 150, Dimension = 4, Clusters = 3, Epsilon = 0.1 } })
        {
            ClusteringSchedule schedule = ClusteringSchedule.From(job);
            double once = ClusteringScales.NoiseMultiplier(job, job.Delta - schedule.DiscretisationDelta);

            Assert.InRange(schedule.DiscretisationDelta, 0, job.Delta / 100);
            Assert.Equal(job.Delta - schedule.DiscretisationDelta, GaussianAccounting.Delta(once, job.Epsilon), 1e-9 * job.Delta);
            Assert.InRange(schedule[0].Scales.Sum / ClusteringScales.For(job, 0).Sum, 1, 1.001);
        }
    }

    [Fact]
    public void Bits_become_fewer_where_the_noise_is_wide()
    {
        ClusteringParams wide = fast with { Dimension = 64, Clusters = 2, DataSize = 2048, Epsilon = 0.01 };

        Assert.Equal(16, ClusteringSchedule.From(fast).Grid.Bits);
        Assert.InRange(ClusteringSchedule.From(wide).Grid.Bits, FixedPoint.LeastBits, 15);
        Assert.Equal(12, ClusteringSchedule.From(fast with { GivenBits = 12, DataSize = 100 }).Grid.Bits);
    }

    private static void AssertRaw(ClusteringParams job, double at01, double at05, double at1, double at2)
    {
        foreach ((double epsilon, double expected) in new[] { (0.1, at01), (0.5, at05), (1, at1), (2, at2) })
        {
            Assert.Equal(expected, IterationFormula.Raw(job with { Epsilon = epsilon }), 6e-5);
            Assert.Equal((int)Math.Clamp(expected, 2, 7), (job with { Epsilon = epsilon }).Iterations);
        }
    }

    private static void AssertClose(double expected, double actual) => Assert.Equal(expected, actual, 1e-8 * expected);
}
