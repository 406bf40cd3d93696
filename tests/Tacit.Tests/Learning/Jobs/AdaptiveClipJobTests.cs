using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Federation.Jobs;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Clipping;
using Tacit.Simulation.Jobs;
using Xunit;

namespace Tacit.Tests.Learning.Jobs;

public sealed class AdaptiveClipJobTests
{
    [Theory]
    [InlineData(NoisePlacement.Distributed, 0.5)]
    [InlineData(NoisePlacement.Distributed, 0.8)]
    [InlineData(NoisePlacement.Central, 0.5)]
    public void The_norm_finds_the_quantile(NoisePlacement placement, double quantile)
    {
        PrivacyPlan privacy = PrivateJobs.Adaptive(placement, multiplier: 1) with { Clip = 1e-5, ClipQuantile = quantile };
        TrainingSimulation simulation = PrivateJobs.Of(PrivateJobs.Plan(privacy, rounds: 120, cohort: null, rate: 1e-4), participants: 40);

        RoundPrivacy[] rounds = [.. simulation.Run().Select(report => report.Privacy!)];

        Assert.Equal(1e-5, rounds[0].Clip);
        Assert.True(rounds[^1].Clip > 1e-4);
        Assert.Equal(1 - quantile, rounds[^20..].Average(round => round.Simulated!.ClippedFraction), 0.1);
    }

    [Fact]
    public void Rounds_cost_what_two_gaussian_queries_cost()
    {
        TrainingSimulation simulation = PrivateJobs.Of(PrivateJobs.Plan(PrivateJobs.Adaptive(NoisePlacement.Central, multiplier: 6), rounds: 5, cohort: null, rate: 0.1), participants: 40);

        PrivacySpending spent = simulation.Run().Last().Privacy!.Spent;

        NoisedSumPlan plan = simulation.Sums!.Forecast.Plan;
        ConcentratedAccountant independent = new(NeighboringRelation.AddOrRemoveOne);
        independent.Compose(new GaussianEvent(plan.NoiseScale / Math.Sqrt(plan.SquaredRoundedBound)), 5);
        independent.Compose(new GaussianEvent(2 * AdaptiveClipping.VoteDeviation(40)), 5);   // a vote of ½ moves the sum by half its unit
        Assert.Equal(independent.Epsilon(1e-5), spent.Second!.Value, 1e-4);
        Assert.Null(spent.Coordinator);
    }

    [Theory]
    [InlineData(NoisePlacement.Distributed, NoiseKind.DiscreteGaussian)]
    [InlineData(NoisePlacement.Distributed, NoiseKind.Skellam)]
    [InlineData(NoisePlacement.Central, NoiseKind.DiscreteGaussian)]
    public void Updates_and_votes_share_the_ceiling(NoisePlacement placement, NoiseKind noise)
    {
        PrivacyPlan privacy = PrivateJobs.Adaptive(placement, epsilon: 8) with { Noise = noise };
        SumPrivacy with = PrivateJobs.Of(PrivateJobs.Plan(privacy, rounds: 10, cohort: null, rate: 0.1), participants: 60).Sums!;
        SumPrivacy without = PrivateJobs.Of(PrivateJobs.Plan(privacy with { AdaptiveClip = false }, rounds: 10, cohort: null, rate: 0.1), participants: 60).Sums!;

        Assert.InRange(with.Forecast.Spending.Epsilon, 8 * 0.9999, 8 * (1 + 1e-9));
        Assert.Equal(AdaptiveClipping.UpdateNoiseMultiplier(without.Forecast.NoiseMultiplier, AdaptiveClipping.VoteDeviation(60)), with.Forecast.NoiseMultiplier, 0.01);
    }

    [Fact]
    public void Votes_that_cost_more_than_the_ceiling_are_refused_with_a_way_out()
    {
        PrivacyPlan privacy = PrivateJobs.Adaptive(NoisePlacement.Distributed, epsilon: 1);

        FailureException refused = Assert.Throws<FailureException>(() => PrivateJobs.Of(PrivateJobs.Plan(privacy, rounds: 50, cohort: null, rate: 0.1), participants: 12).Sums);

        Assert.Equal(FailureCodes.PrivacyPlanRefused, refused.Code);
        Assert.Contains("clipping: fixed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Poisson_cohorts_vote_with_a_denominator_that_does_not_follow_the_draw()
    {
        PrivacyPlan privacy = PrivateJobs.Adaptive(NoisePlacement.Distributed, multiplier: 1) with { Sampling = CohortSampling.Poisson, SamplingRate = 0.5 };
        SumPrivacy sums = PrivateJobs.Of(PrivateJobs.Plan(privacy, rounds: 5, cohort: null, rate: 0.1), participants: 40).Sums!;

        RenyiAccountant ledger = new(NeighboringRelation.AddOrRemoveOne);
        ledger.Compose(sums.ReadersEvent, 5);

        Assert.Equal(20, sums.ExpectedVotes);
        Assert.Equal(ledger.Epsilon(1e-5), sums.Forecast.Spending.Readers, 0.02 * sums.Forecast.Spending.Readers);
    }
}
