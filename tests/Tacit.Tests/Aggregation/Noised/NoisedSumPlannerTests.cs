using Tacit.Aggregation.Encodings.Rotations;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Xunit;

namespace Tacit.Tests.Aggregation.Noised;

public sealed class NoisedSumPlannerTests
{
    [Theory]
    [InlineData(NoiseKind.DiscreteGaussian, NoisePlacement.Distributed)]
    [InlineData(NoiseKind.Skellam, NoisePlacement.Distributed)]
    [InlineData(NoiseKind.DiscreteGaussian, NoisePlacement.Central)]
    [InlineData(NoiseKind.DiscreteGaussian, NoisePlacement.Local)]
    public void Plan_spends_the_ceiling_and_no_more(NoiseKind noise, NoisePlacement placement)
    {
        NoisedSumForecast forecast = NoisedSumPlanner.Plan(Request() with { Noise = noise, Placement = placement });

        Assert.InRange(forecast.Spending.Epsilon, 4 * 0.9999, 4 * (1 + 1e-9));
        Assert.True(forecast.WrapProbability <= 1e-4);
        Assert.Equal(placement == NoisePlacement.Central, forecast.Spending.Coordinator is null);
    }

    [Fact]
    public void Noise_is_sized_for_the_honest_that_are_certain_and_the_modulus_for_all()
    {
        NoisedSumForecast all = NoisedSumPlanner.Plan(Request() with { HonestParticipants = 100 });
        NoisedSumForecast some = NoisedSumPlanner.Plan(Request() with { HonestParticipants = 64 });

        Assert.Equal(all.SumNoise, some.SumNoise, all.SumNoise * 0.01);
        double share = all.Plan.NoiseScale * all.Plan.Granularity, larger = some.Plan.NoiseScale * some.Plan.Granularity;
        Assert.InRange(larger / share, 1.24, 1.26);   // √(100/64)
    }

    [Fact]
    public void Fewer_shares_than_planned_cost_more_than_the_ceiling()
    {
        NoisedSumForecast forecast = NoisedSumPlanner.Plan(Request());
        SumAccount account = new(forecast.Plan, 1e-5);

        for (int round = 0; round < 10; round++) account.Charge(forecast.LeastShares - 20);

        Assert.True(account.Spent.Epsilon > 4.3);
        Assert.Equal(10, account.Rounds);
    }

    [Fact]
    public void Noise_that_is_too_small_after_drop_outs_is_refused() => Given.Failure(
        FailureCodes.PrivacyPlanRefused, () => NoisedSumPlanner.Plan(Request() with { NoiseMultiplier = 1 }), "epsilon is 4", "cost", "80 honest shares");

    [Fact]
    public void Noise_that_is_enough_before_drop_outs_only_is_refused()
    {
        NoisedSumForecast whole = NoisedSumPlanner.Plan(Request() with { HonestParticipants = 100 });
        NoisedSumRequest same = Request() with { NoiseMultiplier = whole.SumNoise, Granularity = whole.Plan.Granularity, HonestParticipants = 100 };
        NoisedSumPlanner.Plan(same);

        // The same share of each participant, when a fifth of them may be gone.
        Given.Failure(FailureCodes.PrivacyPlanRefused, () => NoisedSumPlanner.Plan(same with { HonestParticipants = 80, NoiseMultiplier = whole.SumNoise * Math.Sqrt(0.8) }), "80 honest shares");
    }

    [Fact]
    public void Bits_that_cannot_hold_the_sum_are_refused_with_those_that_can()
    {
        FailureException failure = Assert.Throws<FailureException>(() => NoisedSumPlanner.Plan(Request() with { Dimension = 1 << 20, Bits = 6 }));

        Assert.Equal(FailureCodes.ModulusTooSmall, failure.Code);
        int needed = int.Parse(failure.Message.Split("use at least ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        NoisedSumPlanner.Plan(Request() with { Dimension = 1 << 20, Bits = needed });
        Assert.Throws<FailureException>(() => NoisedSumPlanner.Plan(Request() with { Dimension = 1 << 20, Bits = needed - 1 }));
    }

    [Fact]
    public void Nobody_certain_to_add_noise_is_refused() =>
        Given.Failure(FailureCodes.PrivacyPlanRefused, () => NoisedSumPlanner.Plan(Request() with { HonestParticipants = 0 }), "0 of 100");

    [Fact]
    public void Poisson_cohorts_need_less_noise_and_the_coordinator_gains_nothing_from_them()
    {
        NoisedSumForecast whole = NoisedSumPlanner.Plan(Request()), sampled = NoisedSumPlanner.Plan(Request() with { SamplingRate = 0.1 });

        Assert.True(sampled.SumNoise < whole.SumNoise / 2);
        Assert.True(sampled.Spending.Coordinator > 2 * sampled.Spending.Readers);
    }

    // The table of published parameters: EMNIST with 16 bits at epsilon 6, and Stack Overflow at epsilon 10, both with the published bound on
    // amplification; the bound here is tighter, so the noise is at most theirs and at least the central Gaussian's.
    [Theory]
    [InlineData(6, 1500, 1 / 34.0, 1 / 3400.0, 0.03, 1 << 20, 16, 1.0682, 1.125)]
    [InlineData(10, 1500, 1 / 34.0, 1 / 3400.0, 0.03, 1 << 20, 18, 0.8479, 0.892)]
    [InlineData(10, 1600, 100 / 342477.0, 1e-6, 0.3, 1 << 22, 16, 0.3963, 0.409)]
    public void Published_parameters_need_no_more_noise_here(double epsilon, int rounds, double rate, double delta, double clip, int dimension, int bits, double central, double published)
    {
        NoisedSumForecast forecast = NoisedSumPlanner.Plan(new NoisedSumRequest
        {
            Dimension = dimension, Participants = 100, HonestParticipants = 100, Rounds = rounds, Delta = delta, Epsilon = epsilon, SamplingRate = rate, Clip = clip, Bits = bits,
        });

        double multiplier = forecast.SumNoise / clip;
        Assert.InRange(multiplier, central * 0.995, published);
    }

    private static NoisedSumRequest Request() => new()
    {
        Dimension = 5000, Participants = 100, HonestParticipants = 80, Rounds = 10, Delta = 1e-5, Epsilon = 4, Clip = 1, Bits = 18, Rotation = RotationKind.Hadamard,
    };
}
