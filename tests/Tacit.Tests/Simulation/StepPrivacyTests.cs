using Tacit.Aggregation.Failures;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Tacit.Learning.Optimizers;
using Tacit.Learning.Training;
using Tacit.Simulation.Jobs;
using Xunit;

namespace Tacit.Tests.Simulation;

public sealed class StepPrivacyTests
{
    [Fact]
    public void Noise_is_calibrated_to_all_steps_of_all_rounds()
    {
        StepPrivacy steps = StepPrivacy.Resolve(Plan(new PrivacyPlan { Epsilon = 2, Delta = 1e-5, SamplingRate = 0.05, Steps = 40 }, rounds: 5));

        Assert.Equal(40, steps.StepsPerRound);
        Assert.InRange(steps.Forecast.Epsilon, 1.995, 2.0001);
        Assert.True(steps.Forecast.Second >= steps.Forecast.Readers);
        Assert.Equal(steps.Forecast.Readers, steps.After(200).Readers);
    }

    [Fact]
    public void Given_noise_runs_as_many_steps_as_the_ceiling_allows()
    {
        PrivacyPlan privacy = new() { Epsilon = 2, Delta = 1e-5, SamplingRate = 0.05, Steps = 40, NoiseMultiplier = 1.6, StopsAtCeiling = true };

        StepPrivacy some = StepPrivacy.Resolve(Plan(privacy, rounds: 50)), one = StepPrivacy.Resolve(Plan(privacy with { Steps = 5000 }, rounds: 1));

        Assert.InRange(some.Rounds, 2, 49);
        Assert.True(some.Forecast.Epsilon <= 2 && some.After((some.Rounds + 1) * 40L).Epsilon > 2);
        Assert.Equal(1, one.Rounds);
        Assert.InRange(one.StepsPerRound, 40, 4999);
        Assert.True(one.Forecast.Epsilon <= 2 && one.After(one.StepsPerRound + 1).Epsilon > 2);
    }

    [Fact]
    public void A_job_that_must_not_stop_early_is_refused()
    {
        PrivacyPlan privacy = new() { Epsilon = 2, Delta = 1e-5, SamplingRate = 0.05, Steps = 40, NoiseMultiplier = 0.6 };

        FailureException failure = Assert.Throws<FailureException>(() => StepPrivacy.Resolve(Plan(privacy, rounds: 50)));

        Assert.Equal(FailureCodes.PrivacyPlanRefused, failure.Code);
        Assert.Contains("steps are affordable", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Standardisation_is_paid_for_like_everything_else()
    {
        PrivacyPlan privacy = new() { Epsilon = 2, Delta = 1e-5, SamplingRate = 0.05, Steps = 40, NoiseMultiplier = 1.5, StopsAtCeiling = true };

        StepPrivacy without = StepPrivacy.Resolve(Plan(privacy, rounds: 5)), with = StepPrivacy.Resolve(Plan(privacy, rounds: 5, standardize: true));

        Assert.Null(without.MomentNoise);
        Assert.Null(without.MomentsEvent);
        Assert.NotNull(with.MomentsEvent);
        Assert.True(with.Forecast.Readers > without.Forecast.Readers + 0.01);
    }

    private static TrainingPlan Plan(PrivacyPlan privacy, int rounds, bool standardize = false) => new()
    {
        Data = new DataPlan { Format = "csv", Standardize = standardize },
        Model = new ModelSpecification { Kind = "linear" },
        Training = new LocalTraining(),
        Server = new ServerOptimization(),
        Rounds = rounds,
        Cohort = new CohortPlan(null, 2),
        Protection = new ProtectionPlan(),
        Privacy = privacy with { Mechanism = PrivacyMechanism.LocalSteps, Name = "dp-sgd" },
    };
}
