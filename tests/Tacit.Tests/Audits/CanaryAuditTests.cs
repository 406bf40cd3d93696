using Tacit.Aggregation.Encodings.Rotations;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Training;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Sampling;
using Tacit.Simulation.Audits;
using Tacit.Simulation.Parallelism;
using Xunit;

namespace Tacit.Tests.Audits;

/// <summary>Bounds hold with confidence 1 − 1e-9, so a sound build fails one of these with at most that chance, for any seed.</summary>
public sealed class CanaryAuditTests
{
    private const double Confidence = 1 - 1e-9;

    [Theory]
    [InlineData(NoiseKind.DiscreteGaussian, NoisePlacement.Distributed)]
    [InlineData(NoiseKind.Skellam, NoisePlacement.Distributed)]
    [InlineData(NoiseKind.DiscreteGaussian, NoisePlacement.Central)]
    [InlineData(NoiseKind.DiscreteGaussian, NoisePlacement.Local)]
    public void Sums_as_they_are_built_are_not_refuted_and_a_quarter_of_the_noise_is(NoiseKind noise, NoisePlacement placement)
    {
        NoisedSumForecast forecast = Forecast(noise, placement);
        NoisedSumPlan plan = forecast.Plan;

        AuditFinding honest = Audit(forecast, NoiseSamplers.For(plan)), weak = Audit(forecast, NoiseSamplers.For(plan with { NoiseScale = plan.NoiseScale / 4 }));

        Assert.False(honest.IsRefuted);
        Assert.InRange(honest.Headline.LowerBound, 0.01, honest.Headline.Claimed);
        Assert.InRange(honest.Headline.Claimed, 1.999, 2.0001);
        Assert.True(weak.IsRefuted);
        Assert.True(weak.Headline.LowerBound > weak.Headline.Claimed, $"{weak.Headline}");
        Assert.InRange(weak.Separation / honest.Separation, 3.2, 4.8);   // each deviation is known to 3 %
    }

    [Fact]
    public void Sums_whose_noise_is_left_out_are_refuted()
    {
        AuditFinding finding = Audit(Forecast(NoiseKind.DiscreteGaussian, NoisePlacement.Distributed), new Silence());

        Assert.True(finding.IsRefuted);
        Assert.Equal(finding.Ceiling, finding.Headline.LowerBound);   // not one error
    }

    // What few trials cannot show at a small δ they show further along the same claim's curve.
    [Fact]
    public void A_large_epsilon_is_refuted_along_its_curve()
    {
        NoisedSumForecast forecast = Forecast(NoiseKind.DiscreteGaussian, NoisePlacement.Distributed, epsilon: 10);

        AuditFinding weak = Audit(forecast, NoiseSamplers.For(forecast.Plan with { NoiseScale = forecast.Plan.NoiseScale / 4 }));

        Assert.True(weak.Ceiling < weak.Headline.Claimed);
        Assert.True(weak.IsRefuted);
        Assert.True(weak.Sharpest.Delta > weak.Headline.Delta);
    }

    [Fact]
    public void Sampled_cohorts_are_audited_against_readers_who_do_not_know_them()
    {
        const double Rate = 0.2;
        NoisedSumForecast forecast = Forecast(NoiseKind.DiscreteGaussian, NoisePlacement.Distributed, rate: Rate);

        AuditFinding honest = Audit(forecast, NoiseSamplers.For(forecast.Plan), Rate), certain = Audit(forecast, NoiseSamplers.For(forecast.Plan), Rate, drawn: 1);

        Assert.False(honest.IsRefuted);
        Assert.True(certain.IsRefuted);   // a build that takes the canary every round has no right to the readers' epsilon
    }

    [Theory]
    [InlineData(1.0, 10, 3.0)]
    [InlineData(0.1, 100, 1.0)]
    public void Private_steps_as_they_are_built_are_not_refuted_and_a_quarter_of_the_noise_is(double rate, int steps, double multiplier)
    {
        DpSgdSettings settings = new() { NoiseMultiplier = multiplier, SamplingRate = rate, MaxGradNorm = 0.7 };
        PrivacyLossAccountant accountant = new(NeighboringRelation.AddOrRemoveOne);
        accountant.Compose(new PoissonSampledEvent(rate, new GaussianEvent(multiplier)), steps);

        AuditFinding honest = Audit(multiplier), weak = Audit(multiplier / 4);

        Assert.False(honest.IsRefuted);
        Assert.InRange(honest.Headline.LowerBound, 0.01, honest.Headline.Claimed);
        Assert.True(weak.IsRefuted, $"{weak.Sharpest}");

        AuditFinding Audit(double applied) => CanaryAudit.Run(
            new PrivacyClaim("readers", 1e-5, accountant.Epsilon), lane => StepCanary.Create(settings, applied, steps, 1, lane), 4000, Confidence, new ThreadPoolLoop());
    }

    [Fact]
    public void Result_does_not_depend_on_how_lanes_are_spread()
    {
        NoisedSumForecast forecast = Forecast(NoiseKind.DiscreteGaussian, NoisePlacement.Distributed);
        IIntegerSampler sampler = NoiseSamplers.For(forecast.Plan);

        AuditFinding alone = Audit(forecast, sampler, loop: SequentialLoop.Instance, trials: 200), together = Audit(forecast, sampler, loop: new ThreadPoolLoop(), trials: 200);

        Assert.Equal(alone.Guesses, together.Guesses);
        Assert.Equal(alone.Separation, together.Separation);
    }

    private const int Rounds = 2;

    private static AuditFinding Audit(NoisedSumForecast forecast, IIntegerSampler sampler, double rate = 1, double? drawn = null, IParallelLoop? loop = null, int trials = 3000) => CanaryAudit.Run(
        new PrivacyClaim("readers", 1e-5, delta => new SumAccount(forecast.Plan, delta, rate).After(forecast.LeastShares, Rounds).Epsilon),
        lane => SumCanary.Create(forecast.Plan, sampler, forecast.LeastShares, Rounds, drawn ?? rate, 1, lane), trials, Confidence, loop ?? new ThreadPoolLoop());

    private static NoisedSumForecast Forecast(NoiseKind noise, NoisePlacement placement, double epsilon = 2, double rate = 1) => NoisedSumPlanner.Plan(new NoisedSumRequest
    {
        Dimension = 50, Participants = 6, HonestParticipants = 4, Rounds = Rounds, Delta = 1e-5, Epsilon = epsilon, SamplingRate = rate,
        Clip = 0.3, Bits = 20, Rotation = RotationKind.Hadamard, Noise = noise, Placement = placement,
    });

    private sealed class Silence : IIntegerSampler
    {
        public void Fill(IRandomSource random, Span<int> destination) => destination.Clear();
    }
}
