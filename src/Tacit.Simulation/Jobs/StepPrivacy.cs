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

    private readonly PoissonSampledEvent step;

    private StepPrivacy(PrivacyPlan plan, DpSgdSettings settings, int stepsPerRound, int rounds)
    {
        (Plan, Settings, StepsPerRound, Rounds) = (plan, settings with { Steps = stepsPerRound }, stepsPerRound, rounds);
        step = new PoissonSampledEvent(settings.SamplingRate, new GaussianEvent(settings.NoiseMultiplier));
        Forecast = After((long)stepsPerRound * rounds);
    }

    /// <summary>What was asked for.</summary>
    public PrivacyPlan Plan { get; }

    /// <summary>Clip, noise, sampling rate and steps of a round.</summary>
    public DpSgdSettings Settings { get; }

    /// <summary>Noised steps of one round.</summary>
    public int StepsPerRound { get; }

    /// <summary>Rounds that the ceiling allows, at most those of the plan.</summary>
    public int Rounds { get; }

    /// <summary>What all of them cost.</summary>
    public PrivacySpending Forecast { get; }

    /// <summary>What one round does to each example.</summary>
    public PrivacyEvent RoundEvent => new SelfComposedEvent(step, StepsPerRound);

    /// <summary>Calibrates or checks the noise of a job.</summary>
    /// <param name="plan">The job.</param>
    /// <exception cref="FailureException">Not even one step is affordable, or the plan would pass its ceiling and may not stop early.</exception>
    public static StepPrivacy Resolve(TrainingPlan plan)
    {
        PrivacyPlan privacy = plan.Privacy;
        double rate = privacy.SamplingRate!.Value;
        DpSgdSettings settings = new() { NoiseMultiplier = privacy.NoiseMultiplier ?? 1, MaxGradNorm = privacy.Clip, SamplingRate = rate, Steps = privacy.Steps };
        int perRound = settings.StepsOf(plan.Training.Epochs);
        long total = (long)perRound * plan.Rounds;
        if (privacy.NoiseMultiplier is null)
        {
            double multiplier = Calibration.NoiseMultiplier(privacy.Epsilon!.Value, privacy.Delta, z => Accountant(z, rate, total), 1e-4);
            return new StepPrivacy(privacy, settings with { NoiseMultiplier = multiplier }, perRound, plan.Rounds);
        }

        if (privacy.Epsilon is not { } ceiling) return new StepPrivacy(privacy, settings, perRound, plan.Rounds);
        long affordable = Affordable(settings, privacy, ceiling, total);
        if (affordable == total) return new StepPrivacy(privacy, settings, perRound, plan.Rounds);
        if (affordable == 0 || !privacy.StopsAtCeiling)
        {
            double cost = Accountant(settings.NoiseMultiplier, rate, total).Epsilon(privacy.Delta);
            throw new FailureException(FailureCodes.PrivacyPlanRefused, FormattableString.Invariant(
                $"privacy.epsilon is {ceiling}; {total} steps with noise multiplier {settings.NoiseMultiplier} and sampling rate {rate} cost {cost:g6} at delta {privacy.Delta:g3}, {affordable} steps are affordable: leave privacy.noise-multiplier out to have it calibrated, or take fewer steps"));
        }

        return affordable >= perRound
            ? new StepPrivacy(privacy, settings, perRound, (int)(affordable / perRound))
            : new StepPrivacy(privacy, settings, (int)affordable, 1);
    }

    /// <summary>What some steps cost: by the privacy loss distribution, and by Rényi divergences.</summary>
    /// <param name="steps">Of one participant, over all rounds so far.</param>
    public PrivacySpending After(long steps)
    {
        if (steps == 0) return new PrivacySpending(0, 0, "pld") { Second = 0, SecondAccountant = "renyi" };
        double loss = Accountant(Settings.NoiseMultiplier, Settings.SamplingRate, steps).Epsilon(Plan.Delta);
        RenyiAccountant renyi = new(Relation);
        renyi.Compose(step, steps);
        return new PrivacySpending(loss, loss, "pld") { Second = renyi.Epsilon(Plan.Delta), SecondAccountant = "renyi" };
    }

    private static PrivacyLossAccountant Accountant(double multiplier, double rate, long steps)
    {
        PrivacyLossAccountant accountant = new(Relation);
        accountant.Compose(new PoissonSampledEvent(rate, new GaussianEvent(multiplier)), steps);
        return accountant;
    }

    private static long Affordable(DpSgdSettings settings, PrivacyPlan privacy, double ceiling, long total)
    {
        bool Fits(long steps) => steps == 0 || Accountant(settings.NoiseMultiplier, settings.SamplingRate, steps).Epsilon(privacy.Delta) <= ceiling;
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
