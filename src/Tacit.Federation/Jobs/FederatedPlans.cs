using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Learning.Jobs;

namespace Tacit.Federation.Jobs;

/// <summary>Which training plans can be run over a network.</summary>
public static class FederatedPlans
{
    /// <summary>Refuses a plan that only a simulation can run.</summary>
    /// <param name="plan">A valid plan.</param>
    /// <exception cref="FailureException">What stands in the way.</exception>
    public static void Check(TrainingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Mode != TrainingMode.Secure) throw new FailureException(FailureCodes.InvalidValue, $"mode is {plan.Mode.ToString().ToLowerInvariant()}; over a network updates are always protected: use mode: secure, or tacit simulate");
        PrivacyPlan privacy = plan.Privacy;
        if (privacy.Mechanism == PrivacyMechanism.None) return;
        if (privacy.Mechanism != PrivacyMechanism.Sum || privacy.Placement != NoisePlacement.Distributed || privacy.AdaptiveClip || privacy.Sampling == CohortSampling.Poisson)
        {
            throw new FailureException(FailureCodes.MechanismNotValid, $"privacy.mechanism is {privacy.Name}; over a network it must be none, or noise that participants add to sums of fixed cohorts with a fixed norm: tacit simulate runs the others");
        }
    }
}
