using System.Numerics;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;
using Tacit.Privacy.Sampling;
using Xunit;

namespace Tacit.Tests.Privacy.Sampling;

public sealed class OtherSamplerTests
{
    [Theory]
    [InlineData(1.0, 1_000_000)]
    [InlineData(0.2, 200_000)]
    [InlineData(10.1, 1_000_000)]
    [InlineData(1000, 1_000_000)]
    [InlineData(1e-12, 1000)]
    public void Draws_follow_the_discrete_laplace_distribution(double scale, int draws)
    {
        int reach = (int)(60 * scale) + 5;

        Fit.AssertFits(DiscreteLaplaceSampler.Create(Rational.FromDouble(scale)), x => Math.Exp(-Math.Abs(x) / scale), -reach, reach, draws);
    }

    [Theory]
    [InlineData(20, 200_000)]
    [InlineData(60, 20_000)]
    public void Long_fractions_make_a_laplace_scale_too(int digits, int draws)
    {
        Rational third = new(BigInteger.Pow(10, digits) + 1, 3 * BigInteger.Pow(10, digits - 1));   // 10/3

        Fit.AssertFits(DiscreteLaplaceSampler.Create(third), x => Math.Exp(-Math.Abs(x) * 0.3), -210, 210, draws);
    }

    [Theory]
    [InlineData(0.05, 1_000_000)]
    [InlineData(1, 1_000_000)]
    [InlineData(10.25, 1_000_000)]
    [InlineData(5000, 1_000_000)]
    public void Draws_follow_the_poisson_distribution(double mean, int draws)
    {
        int mode = (int)mean, low = Math.Max(0, (int)(mean - 15 * Math.Sqrt(mean) - 70)), high = (int)(mean + 15 * Math.Sqrt(mean)) + 70;
        double[] weights = new double[high + 1];
        weights[mode] = 1;
        for (int k = mode + 1; k <= high; k++) weights[k] = weights[k - 1] * mean / k;
        for (int k = mode; k > low; k--) weights[k - 1] = weights[k] * k / mean;

        Fit.AssertFits(PoissonSampler.Create(Rational.FromDouble(mean)), k => weights[k], low, high, draws);
    }

    [Theory]
    [InlineData(2.5, 1_000_000)]
    [InlineData(100, 1_000_000)]
    public void Draws_follow_the_skellam_distribution(double variance, int draws)
    {
        SkellamDistribution law = new(variance);
        int reach = (int)(15 * Math.Sqrt(variance)) + 40;
        Dictionary<int, double> weights = Enumerable.Range(-reach, 2 * reach + 1).ToDictionary(x => x, law.Pmf);

        Fit.AssertFits(SkellamSampler.Create(Rational.FromDouble(variance)), x => weights[x], -reach, reach, draws);
    }

    [Fact]
    public void Large_means_are_added_from_parts()
    {
        Fit.AssertMoments(PoissonSampler.Create(20_000_000), 20_000_000, 20_000_000, 100_000);
        Fit.AssertMoments(SkellamSampler.Create(2_000_000_001), 0, 2_000_000_001, 20_000);
    }

    [Theory]
    [InlineData(20, 0.5)]
    [InlineData(1000, 0.125)]
    [InlineData(1 << 16, 0.5)]
    [InlineData(50, 0.9)]
    public void Draws_follow_the_binomial_distribution(int trials, double probability)
    {
        int mode = (int)((trials + 1) * probability);
        double[] weights = new double[trials + 1];
        weights[mode] = 1;
        for (int k = mode; k < trials; k++) weights[k + 1] = weights[k] * (trials - k) / (k + 1) * probability / (1 - probability);
        for (int k = mode - 1; k >= 0; k--) weights[k] = weights[k + 1] * (k + 1) / (trials - k) * (1 - probability) / probability;

        Fit.AssertFits(BinomialSampler.Create(trials, Rational.FromDouble(probability)), k => weights[k], 0, trials, 1_000_000);
    }

    [Theory]
    [InlineData(0, 1, 2, 0)]
    [InlineData(9, 0, 1, 0)]
    [InlineData(9, 1, 1, 9)]
    public void Certain_outcomes_of_trials_are_certain(int trials, int numerator, int denominator, int outcome)
    {
        int[] draws = new int[100];
        BinomialSampler.Create(trials, new Rational(numerator, denominator)).Fill(new SeededRandomSource(1), draws);

        Assert.All(draws, draw => Assert.Equal(outcome, draw));
    }

    [Fact]
    public void Parameters_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DiscreteLaplaceSampler.Create(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => DiscreteLaplaceSampler.Create(DiscreteLaplaceSampler.LargestScale + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PoissonSampler.Create(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => PoissonSampler.Create(PoissonSampler.LargestMean + 1L));
        Assert.Throws<ArgumentOutOfRangeException>(() => SkellamSampler.Create(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SkellamSampler.Create(2L * PoissonSampler.LargestMean + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialSampler.Create(-1, new Rational(1, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialSampler.Create(1 << 25, new Rational(1, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialSampler.Create(5, 2));
    }
}
