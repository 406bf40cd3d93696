using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;
using Tacit.Privacy.Sampling;
using Tacit.Tests.Cryptography;
using Xunit;

namespace Tacit.Tests.Privacy.Sampling;

public sealed class DiscreteGaussianTests
{
    [Theory]
    [InlineData(1, SamplerMode.Fast, 10_000_000)]
    [InlineData(1, SamplerMode.Published, 1_000_000)]
    [InlineData(0.3, SamplerMode.Fast, 1_000_000)]
    [InlineData(0.3, SamplerMode.Published, 200_000)]
    [InlineData(1.0 / 32, SamplerMode.Published, 10_000)]
    [InlineData(2.5, SamplerMode.Published, 1_000_000)]
    [InlineData(13.7, SamplerMode.Fast, 1_000_000)]
    [InlineData(13.7, SamplerMode.Published, 1_000_000)]
    [InlineData(100, SamplerMode.Fast, 1_000_000)]
    [InlineData(100, SamplerMode.Published, 3_000_000)]
    [InlineData(1000, SamplerMode.Fast, 10_000_000)]
    [InlineData(2048.5, SamplerMode.Fast, 10_000_000)]
    [InlineData(1024.5, SamplerMode.Published, 1_000_000)]
    public void Draws_follow_the_discrete_gaussian(double scale, SamplerMode mode, int draws)
    {
        int reach = (int)(13 * scale) + 3;

        Fit.AssertFits(DiscreteGaussianSampler.Create(scale, mode), Weight(scale), -reach, reach, draws);
    }

    [Theory]
    [InlineData(SamplerMode.Fast)]
    [InlineData(SamplerMode.Published)]
    public void Large_scales_fill_their_buckets_and_their_low_bits(SamplerMode mode)
    {
        const double scale = 300_000.7;
        const int reach = 3_899_999, draws = 500_000;
        DiscreteGaussianSampler sampler = DiscreteGaussianSampler.Create(scale, mode);
        int[] noise = new int[draws];
        sampler.Fill(new SeededRandomSource(5), noise);

        Fit.AssertFits(sampler, Weight(scale), -reach - 1, reach, draws, width: 1000);
        long[] low = [.. noise.GroupBy(x => x & 63).Select(group => group.LongCount())];
        Assert.Equal(64, low.Length);
        Assert.InRange(Statistics.ChiSquare(low), 0, Statistics.ChiSquareLimit(63));
    }

    [Fact]
    public void The_coin_of_large_scales_bends_the_uniform_low_part_into_shape()
    {
        // A table of scale 17 makes γ large: without its coin the lowest value of each block would be 6% too rare.
        WideGaussian wide = new(Rational.FromDouble(136), vectorised: true, largestTableScale: 32);

        Fit.AssertFits(new Chosen(wide), Weight(136), -1800, 1800, 3_000_000);
    }

    [Fact]
    public void The_coin_is_needed_for_that()
    {
        // Without it all low parts would be equally frequent.
        WideGaussian wide = new(Rational.FromDouble(136), vectorised: true, largestTableScale: 32);
        int[] noise = new int[3_000_000];
        wide.Fill(CoinStream.From(new SeededRandomSource(3)), noise);

        long lowest = noise.Count(x => (Math.Abs(x) & 7) == 0), highest = noise.Count(x => (Math.Abs(x) & 7) == 7);

        Assert.True(lowest - highest > Statistics.OneInABillion * Math.Sqrt(lowest + highest), $"{lowest} and {highest}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33.3)]
    [InlineData(1000)]
    [InlineData(1500)]
    [InlineData(3000)]
    [InlineData(1 << 20)]
    [InlineData(LargestScale)]
    public void Vectors_and_scalars_draw_the_same(double scale)
    {
        Rational sigma = Rational.FromDouble(scale);
        foreach (int length in new[] { 0, 1, 15, 16, 17, 1023, 1024, 1025, 200_003 })
        {
            int[] vectors = new int[length], scalars = new int[length];
            new Chosen(FastGaussian.Create(sigma, vectorised: true)).Fill(new SeededRandomSource(1), vectors);
            new Chosen(FastGaussian.Create(sigma, vectorised: false)).Fill(new SeededRandomSource(1), scalars);

            Assert.Equal(scalars, vectors);
        }

    }

    [Theory]
    [InlineData(SamplerMode.Fast)]
    [InlineData(SamplerMode.Published)]
    public void A_seed_decides_the_draws(SamplerMode mode)
    {
        DiscreteGaussianSampler sampler = DiscreteGaussianSampler.Create(50, mode);
        int[] first = new int[100], again = new int[100], other = new int[100];

        sampler.Fill(new SeededRandomSource(1), first);
        sampler.Fill(new SeededRandomSource(1), again);
        sampler.Fill(new SeededRandomSource(2), other);

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(LargestScale + 1)]
    public void A_scale_out_of_range_is_refused(double scale) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DiscreteGaussianSampler.Create(scale));

    private const double LargestScale = DiscreteGaussianSampler.LargestScale;

    private static Func<int, double> Weight(double scale) => x => Math.Exp(-(double)x * x / (2 * scale * scale));
}
