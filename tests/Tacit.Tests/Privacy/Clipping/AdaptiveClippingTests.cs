using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Clipping;
using Xunit;

namespace Tacit.Tests.Privacy.Clipping;

public sealed class AdaptiveClippingTests
{
    [Theory]
    [InlineData(0.5, 0.001)]
    [InlineData(0.5, 1000)]
    [InlineData(0.9, 0.1)]
    public void The_bound_finds_the_quantile(double target, double start)
    {
        AdaptiveClipping clipping = new(start) { Target = target };
        SeededRandomSource random = new(1);
        double[] norms = [.. Enumerable.Range(1, 200).Select(i => i / 100.0)];
        double mean = 0;
        for (int round = 0; round < 400; round++)
        {
            double votes = norms.Sum(clipping.Vote) + AdaptiveClipping.VoteDeviation(norms.Length) * random.NextNormal();
            clipping.Update(votes, norms.Length);
            if (round >= 200) mean += clipping.Bound / 200;
        }

        Assert.Equal(2 * target, mean, 0.1);
    }

    [Fact]
    public void One_update_is_the_published_one()
    {
        AdaptiveClipping clipping = new(2);

        clipping.Update(noisedVotes: 30, expectedParticipants: 100);   // 80 of 100 at most the bound

        Assert.Equal(2 * Math.Exp(-0.2 * (0.8 - 0.5)), clipping.Bound, 1e-12);
    }

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2.5, -0.5)]
    [InlineData(2, 0.5)]
    [InlineData(double.NaN, -0.5)]
    public void A_vote_has_one_magnitude(double norm, double vote) => Assert.Equal(vote, new AdaptiveClipping(2).Vote(norm));

    [Theory]
    [InlineData(1, 5)]
    [InlineData(0.5, 0.3)]
    [InlineData(4, 50)]
    public void Updates_and_votes_together_cost_the_noise_multiplier(double z, double deviation)
    {
        double updates = AdaptiveClipping.UpdateNoiseMultiplier(z, deviation);

        // Squared sensitivity over variance adds up; a vote moves its sum by a half.
        Assert.Equal(1 / (z * z), 1 / (updates * updates) + 0.25 / (deviation * deviation), 1e-12);
        Assert.True(updates > z);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, double.NaN)]
    [InlineData(0, 1)]
    public void Noise_that_leaves_nothing_for_the_updates_is_refused(double z, double deviation) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AdaptiveClipping.UpdateNoiseMultiplier(z, deviation));

    [Fact]
    public void The_bound_stays_positive_and_finite_under_any_noise()
    {
        AdaptiveClipping clipping = new(1);
        foreach (double votes in (double[])[1e300, -1e300, double.MaxValue, double.MinValue]) clipping.Update(votes, 10);

        Assert.InRange(clipping.Bound, 1e-10, 1e10);
        Assert.Throws<ArgumentOutOfRangeException>(() => clipping.Update(double.NaN, 10));
    }
}
