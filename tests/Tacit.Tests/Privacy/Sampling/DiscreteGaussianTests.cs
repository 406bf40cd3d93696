using Tacit.Privacy.Sampling;
using Xunit;

namespace Tacit.Tests.Privacy.Sampling;

public sealed class DiscreteGaussianTests
{
    [Theory]
    [InlineData(1, SamplerMode.Fast, 10_000_000)]
    [InlineData(1, SamplerMode.Published, 1_000_000)]
    [InlineData(0.3, SamplerMode.Fast, 1_000_000)]
    [InlineData(0.3, SamplerMode.Published, 100_000)]
    [InlineData(2.5, SamplerMode.Published, 1_000_000)]
    [InlineData(13.7, SamplerMode.Fast, 1_000_000)]
    [InlineData(100, SamplerMode.Fast, 1_000_000)]
    [InlineData(100, SamplerMode.Published, 10_000_000)]
    [InlineData(1000, SamplerMode.Fast, 1_000_000)]
    [InlineData(1024.5, SamplerMode.Fast, 10_000_000)]
    [InlineData(1024.5, SamplerMode.Published, 100_000)]
    public void Draws_follow_the_discrete_gaussian(double scale, SamplerMode mode, int draws)
    {
        int reach = (int)(13 * scale) + 3;
        double sum = Enumerable.Range(-reach, 2 * reach + 1).Sum(x => Math.Exp(-(double)x * x / (2 * scale * scale)));

        Fit.AssertFits(DiscreteGaussianSampler.Create(scale, mode), x => Math.Exp(-(double)x * x / (2 * scale * scale)) / sum, -reach, reach, draws);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData((1 << 26) + 1.0)]
    public void A_scale_out_of_range_is_refused(double scale) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DiscreteGaussianSampler.Create(scale));
}
