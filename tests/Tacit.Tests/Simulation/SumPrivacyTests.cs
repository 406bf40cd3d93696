using Tacit.Aggregation.Failures;
using Tacit.Federation.Jobs;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Tacit.Learning.Optimizers;
using Tacit.Learning.Training;
using Xunit;

namespace Tacit.Tests.Simulation;

public sealed class SumPrivacyTests
{
    [Fact]
    public void Noise_is_sized_for_the_cohort_less_drop_outs_and_colluders()
    {
        SumPrivacy sums = SumPrivacy.Resolve(Plan(new PrivacyPlan { Epsilon = 4 }), dimension: 1000, population: 100);

        Assert.Equal(80, sums.LeastIncluded);
        Assert.Equal(75, sums.Forecast.LeastShares);
        Assert.Equal(75, sums.HonestShares(included: 80, cohort: 100));
        Assert.InRange(sums.Forecast.Spending.Epsilon, 3.999, 4.0000001);
        Assert.Null(sums.Refusal(1));
    }

    [Fact]
    public void Shards_multiply_the_shares_and_keep_the_noise_of_a_sum()
    {
        SumPrivacy one = SumPrivacy.Resolve(Plan(new PrivacyPlan { Epsilon = 4, Bits = 20 }), 1000, 100);
        SumPrivacy eight = SumPrivacy.Resolve(Plan(new PrivacyPlan { Epsilon = 4, Bits = 20, MiniClients = 8 }), 1000, 100);

        Assert.Equal(8 * one.Forecast.LeastShares, eight.Forecast.LeastShares);
        Assert.Equal(one.Forecast.SumNoise, eight.Forecast.SumNoise, one.Forecast.SumNoise * 0.01);
    }

    [Fact]
    public void No_round_begins_that_could_pass_the_ceiling()
    {
        SumPrivacy sums = SumPrivacy.Resolve(Plan(new PrivacyPlan { Epsilon = 4 }), 1000, 100);

        for (int round = 0; round < 10; round++)
        {
            Assert.Null(sums.Refusal(1));
            sums.Account.Charge(sums.Forecast.LeastShares);
        }

        Assert.Contains("ceiling is 4", sums.Refusal(11), StringComparison.Ordinal);
    }

    [Fact]
    public void Survivors_beyond_the_least_make_a_round_cheaper()
    {
        SumPrivacy sums = SumPrivacy.Resolve(Plan(new PrivacyPlan { Epsilon = 4 }), 1000, 100);

        Assert.True(sums.Account.After(95).Epsilon < sums.Account.After(75).Epsilon);
        Assert.True(sums.Account.After(70).Epsilon > sums.Account.After(75).Epsilon);
    }

    [Fact]
    public void A_participants_own_share_does_not_count_where_cohorts_are_drawn()
    {
        PrivacyPlan drawn = new() { Epsilon = 4, Sampling = CohortSampling.Poisson, SamplingRate = 0.5, Bits = 20 };

        SumPrivacy sums = SumPrivacy.Resolve(Plan(drawn), 1000, 400);

        Assert.Equal(200 - 40, sums.LeastIncluded + (int)Math.Floor(0.2 * 160));   // four standard deviations of 10 below the mean
        Assert.Equal(sums.LeastIncluded - 8 - 1, sums.Forecast.LeastShares);
        Assert.Equal(240, sums.MostParticipants);
    }

    [Fact]
    public void Whatever_size_was_drawn_participants_unmask_no_sum_with_fewer_honest_shares_than_planned()
    {
        PrivacyPlan drawn = new() { Epsilon = 4, Sampling = CohortSampling.Poisson, SamplingRate = 0.3, Bits = 20, MiniClients = 2 };
        SumPrivacy sums = SumPrivacy.Resolve(Plan(drawn), 1000, 400);
        bool fixedMinimumIsNotEnough = false;

        for (int cohort = sums.LeastIncluded; cohort <= sums.MostParticipants; cohort++)
        {
            Assert.True(sums.HonestShares(sums.MinimumIncluded(cohort), cohort) >= sums.Forecast.LeastShares, $"cohort of {cohort}");
            fixedMinimumIsNotEnough |= sums.HonestShares(sums.LeastIncluded, cohort) < sums.Forecast.LeastShares;
        }

        Assert.True(fixedMinimumIsNotEnough, "the case that the rule is for must occur");
    }

    [Fact]
    public void More_drop_outs_than_the_minimum_allows_are_refused_at_once()
    {
        TrainingPlan plan = Plan(new PrivacyPlan { Epsilon = 4 });

        FailureException failure = Assert.Throws<FailureException>(() => SumPrivacy.Resolve(plan with { Protection = plan.Protection with { Drop = 0.97, Corrupt = 0.03 } }, 1000, 100));

        Assert.Equal(FailureCodes.PrivacyPlanRefused, failure.Code);
    }

    private static TrainingPlan Plan(PrivacyPlan privacy) => new()
    {
        Data = new DataPlan { Format = "csv" },
        Model = new ModelSpecification { Kind = "linear" },
        Training = new LocalTraining(),
        Server = new ServerOptimization(),
        Rounds = 10,
        Cohort = new CohortPlan(null, 2),
        Protection = new ProtectionPlan { Corrupt = 0.05, Drop = 0.2 },
        Privacy = privacy with { Mechanism = PrivacyMechanism.Sum, Delta = 1e-5, Name = "ddg" },
    };
}
