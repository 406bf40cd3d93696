using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Planning;
using Tacit.Learning.Jobs;
using Tacit.Learning.Training;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Events;

namespace Tacit.Simulation.Jobs;

/// <summary>A job's private local steps: every participant protects its own examples, whoever looks at its updates.</summary>
/// <remarks>Each participant's examples are its own, so a job costs each example what one participant's steps cost. Numbers of examples are public.</remarks>
public sealed class StepPrivacy
{
    private const NeighboringRelation Relation = NeighboringRelation.AddOrRemoveOne;

    // Two sums of moments at this multiplier cost about as much as one full step each; features are then scaled as well as the data allows.
    private const double MomentMultiplier = 8;

    private readonly PoissonSampledEvent step;

    private StepPrivacy(TrainingPlan job, DpSgdSettings settings, int stepsPerRound, int rounds)
    {
        (Plan, Settings, StepsPerRound, Rounds) = (job.Privacy, settings with { Steps = stepsPerRound }, stepsPerRound, rounds);
        MomentNoise = MomentsOf(job);
        step = new PoissonSampledEvent(settings.SamplingRate, new GaussianEvent(settings.NoiseMultiplier));
        Forecast = After((long)stepsPerRound * rounds);
    }

    /// <summary>What was asked for.</summary>
    public PrivacyPlan Plan { get; }

    /// <summary>Clip, noise, sampling rate and steps of a round.</summary>
    public DpSgdSettings Settings { get; }

    /// <summary>Noised steps of one round.</summary>
    public int StepsPerRound { get; }

    /// <summary>z of each of the two sums that standardisation takes before the first round; null without it.</summary>
    public double? MomentNoise { get; }

    /// <summary>Rounds that the ceiling allows, at most those of the plan.</summary>
    public int Rounds { get; }

    /// <summary>What all of them cost.</summary>
    public PrivacySpending Forecast { get; }

    /// <summary>What one round does to each example.</summary>
    public PrivacyEvent RoundEvent => new SelfComposedEvent(step, StepsPerRound);

    /// <summary>What standardisation does to each example before the first round, or null.</summary>
    public PrivacyEvent? MomentsEvent => MomentNoise is { } multiplier ? new SelfComposedEvent(new GaussianEvent(multiplier), 2) : null;

    /// <summary>Calibrates or checks the noise of a job.</summary>
    /// <param name="plan">The job.</param>
    /// <exception cref="FailureException">Not even one step is affordable, or the plan would pass its ceiling and may not stop early.</exception>
    public static StepPrivacy Resolve(TrainingPlan plan)
    {
        PrivacyPlan privacy = plan.Privacy;
        double rate = privacy.SamplingRate!.Value;
        SamplingScheme declared = (plan.Training with { DpSgd = new DpSgdSettings { NoiseMultiplier = 1, SamplingRate = rate } }).Sampling;
        if (declared != SamplingScheme.Poisson) throw new FailureException(FailureCodes.AccountantMismatch, $"the trainer declares {declared} batches; private steps are accounted for Poisson batches alone");
        DpSgdSettings settings = new() { NoiseMultiplier = privacy.NoiseMultiplier ?? 1, MaxGradNorm = privacy.Clip, SamplingRate = rate, Steps = privacy.Steps };
        int perRound = settings.StepsOf(plan.Training.Epochs);
        long total = (long)perRound * plan.Rounds;
        if (privacy.NoiseMultiplier is null)
        {
            double multiplier = Calibration.NoiseMultiplier(privacy.Epsilon!.Value, privacy.Delta, z => Accountant(z, rate, total, MomentsOf(plan)), 1e-4);
            return new StepPrivacy(plan, settings with { NoiseMultiplier = multiplier }, perRound, plan.Rounds);
        }

        if (privacy.Epsilon is not { } ceiling) return new StepPrivacy(plan, settings, perRound, plan.Rounds);
        long affordable = Affordable(settings, plan, ceiling, total);
        if (affordable == total) return new StepPrivacy(plan, settings, perRound, plan.Rounds);
        if (affordable == 0 || !privacy.StopsAtCeiling)
        {
            double cost = Accountant(settings.NoiseMultiplier, rate, total, MomentsOf(plan)).Epsilon(privacy.Delta);
            throw new FailureException(FailureCodes.PrivacyPlanRefused, FormattableString.Invariant(
                $"privacy.epsilon is {ceiling}; {total} steps with noise multiplier {settings.NoiseMultiplier} and sampling rate {rate} cost {cost:g6} at delta {privacy.Delta:g3}, {affordable} steps are affordable: leave privacy.noise-multiplier out to have it calibrated, or take fewer steps"));
        }

        return affordable >= perRound
            ? new StepPrivacy(plan, settings, perRound, (int)(affordable / perRound))
            : new StepPrivacy(plan, settings, (int)affordable, 1);
    }

    /// <summary>What some steps cost: by the privacy loss distribution, and by Rényi divergences.</summary>
    /// <param name="steps">Of one participant, over all rounds so far.</param>
    public PrivacySpending After(long steps)
    {
        double loss = Accountant(Settings.NoiseMultiplier, Settings.SamplingRate, steps, MomentNoise).Epsilon(Plan.Delta);
        RenyiAccountant renyi = new(Relation);
        renyi.Compose(step, steps);
        if (MomentNoise is { } multiplier) renyi.Compose(new GaussianEvent(multiplier), 2);
        return new PrivacySpending(loss, loss, "pld") { Second = renyi.Epsilon(Plan.Delta), SecondAccountant = "renyi" };
    }

    private static double? MomentsOf(TrainingPlan plan) => plan.Data.Standardize ? MomentMultiplier : null;

    private static PrivacyLossAccountant Accountant(double multiplier, double rate, long steps, double? moments)
    {
        PrivacyLossAccountant accountant = new(Relation);
        accountant.Compose(new PoissonSampledEvent(rate, new GaussianEvent(multiplier)), steps);
        if (moments is { } noise) accountant.Compose(new GaussianEvent(noise), 2);
        return accountant;
    }

    private static long Affordable(DpSgdSettings settings, TrainingPlan plan, double ceiling, long total)
    {
        bool Fits(long steps) => steps == 0 || Accountant(settings.NoiseMultiplier, settings.SamplingRate, steps, MomentsOf(plan)).Epsilon(plan.Privacy.Delta) <= ceiling;
        if (Fits(total)) return total;
        long low = 0, high = total - 1;
        while (low < high)
        {
            long middle = low + ((high - low + 1) / 2);
            if (Fits(middle)) low = middle;
            else high = middle - 1;
        }

        return low;
    }
}
