using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Numerics;
using Xunit;

namespace Tacit.Tests.Aggregation.RecordSums;

/// <summary>What is claimed against what the noise does, exactly where its law can be computed and by draws of the pipeline; half the noise is caught.</summary>
public sealed class RecordSumAuditTests
{
    [Theory]
    [InlineData(8, 1, 4, 1e-5)]
    [InlineData(3, 2, 4, 1e-6)]
    [InlineData(4, 1, 16, 1e-3)]
    [InlineData(20, 6, 5, 1e-9)]
    public void The_exact_sum_of_gaussian_shares_keeps_the_claim_and_half_the_noise_does_not(double scale, int largest, int shares, double delta)
    {
        double claimed = Claim(Plan(Sums.Gaussian(scale, largest: largest), shares), delta);

        Assert.InRange(Sums.HockeyStick(Law(scale / Math.Sqrt(shares), shares), largest, claimed), 0, delta);
        Assert.True(Sums.HockeyStick(Law(scale / 2 / Math.Sqrt(shares), shares), largest, claimed) > delta);
    }

    [Theory]
    [InlineData(1 << 16, 1 << 14, 1e-6)]
    [InlineData(1 << 16, 1 << 16, 1e-5)]
    public void On_a_fine_grid_the_claim_is_the_least_that_holds(int scale, int largest, double delta)
    {
        double claimed = Claim(Plan(Sums.Gaussian(scale, largest: largest), 16), delta);
        double[] law = Sums.GaussianLaw(scale, 9 * scale);   // shares of 2¹⁴ steps: τ is below any double

        Assert.InRange(Sums.HockeyStick(law, largest, claimed) / delta, 0.95, 1);
    }

    [Theory]
    [InlineData(2, 1, 5)]
    [InlineData(7.5, 3, 12)]
    public void The_exact_sum_of_laplace_shares_is_pure_and_fewer_shares_are_not(double scale, int largest, int shares)
    {
        double claimed = Claim(Plan(Sums.Laplace(scale, largest: largest), shares), 1e-9);
        int reach = (int)(12 * scale);

        Assert.Equal(largest / scale, claimed, 1e-12);
        Assert.InRange(Moved(scale, 1), 0, 1e-12);
        Assert.InRange(Moved(scale, 1.5), 0, 1e-12);   // half as many again
        Assert.True(Moved(scale, (shares - 1.0) / shares) > 1e-4);
        Assert.True(Moved(scale / 2, 1) > 0.1);

        // The end of the window is moved out of it; what is beyond does not count.
        double Moved(double b, double times) => Sums.HockeyStick([.. Sums.LaplaceLaw(b, times, reach + largest)], largest, claimed) - Sums.LaplaceLaw(b, times, reach + largest)[^largest..].Sum();
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.7)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    public void Discrete_noise_is_as_near_to_rounded_noise_as_is_charged(double sigma)
    {
        DiscreteGaussianDistribution law = new(sigma);
        double distance = 0;
        for (int x = -(int)(12 * sigma) - 2; x <= (12 * sigma) + 2; x++) distance += Math.Abs(law.Pmf(x) - (NormalDistribution.Cdf((x + 0.5) / sigma) - NormalDistribution.Cdf((x - 0.5) / sigma))) / 2;

        Assert.InRange(distance, 0, 1 / (12 * sigma * sigma));
    }

    [Theory]
    [InlineData(0.5, 3)]
    [InlineData(0.7, 6)]
    [InlineData(1, 4)]
    public void Sums_of_shares_are_as_near_to_one_draw_as_is_charged(double share, int shares)
    {
        double[] sum = Law(share, shares), one = Sums.GaussianLaw(share * Math.Sqrt(shares), sum.Length / 2);
        double distance = sum.Zip(one, (p, q) => Math.Abs(p - q)).Sum() / 2;
        RecordSumCost cost = RecordSumCost.Of(Plan(Sums.Gaussian(share * Math.Sqrt(shares)), shares), shares);

        Assert.InRange(distance, 0, cost.Distance - (1 / (12 * share * share * shares)));
    }

    [Theory]
    [InlineData(NoiseLaw.DiscreteGaussian, 0.02)]
    [InlineData(NoiseLaw.DiscreteLaplace, 1e-9)]
    public void Draws_of_the_pipeline_keep_the_claim_and_half_the_noise_does_not(NoiseLaw law, double delta)
    {
        const int Draws = 200_000, Shares = 16, Largest = 64;
        RecordSumPlan plan = Plan(RecordSumBlock.Counts(Draws, law, largest: Largest, scale: 64), Shares);
        double claimed = Claim(plan, delta);

        // The difference of two shares of 200,000 draws, p and e^ε·p′: √((p + e^(2ε)p′)/200,000) is at most 0.003 where it is near δ (p = ½, e = e^ε). Six of them.
        Assert.InRange(Estimate(plan), 0, delta + 0.018);
        Assert.True(Estimate(plan with { Blocks = [plan.Blocks[0] with { Scale = 32 }] }) > 0.1);

        double Estimate(RecordSumPlan built)
        {
            long[] without = Total(built, 0), with = Total(built, Largest);
            double best = 0;
            for (int t = -100; t <= 400; t += 10) best = Math.Max(best, (with.Count(x => x >= t) - (Math.Exp(claimed) * without.Count(x => x >= t))) / Draws);
            return best;
        }
    }

    // The record is the first participant's, in every coordinate: independent trials of one question.
    private static long[] Total(RecordSumPlan plan, long record)
    {
        RecordSumPipeline pipeline = new(plan);
        ModularVector sum = new(plan.Ring, plan.Length);
        for (int party = 0; party < plan.NoiseShares; party++)
        {
            long[] own = new long[plan.Length];
            if (party == 0) Array.Fill(own, record);
            sum.Add(pipeline.Encode(own, new SeededRandomSource((ulong)(party + (1000 * record)), "audit")));
        }

        return pipeline.Decode(sum);
    }

    private static double[] Law(double share, int shares) => Sums.Sum(Sums.GaussianLaw(share, (int)(14 * share) + 8), shares);

    private static double Claim(RecordSumPlan plan, double delta) => new RecordSumAccount(delta).Charge(plan, plan.NoiseShares).Coordinator!.Value;

    private static RecordSumPlan Plan(RecordSumBlock block, int shares) => Sums.Plan(block) with { NoiseShares = shares, Participants = shares };
}
