using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Protocols.SecAggPlus;

namespace Tacit.Protocols.SecAgg;

/// <summary>Whether a graph still protects when fewer came than it was sized for: the corrupt do not stay away.</summary>
internal static class GraphChecks
{
    /// <returns>The abort, or null.</returns>
    public static PhaseStep? Find(RoundTerms terms, int members)
    {
        if (!terms.HasGraph() || members == terms.Cohort.Length) return null;
        ProtectionTerms protection = terms.Protection;
        GraphRequirements requirements = GraphRequirements.For(terms.Cohort.Length, (double)protection.MaximumCorrupt / terms.Cohort.Length, 0, protection.Mode) with { Sigma = protection.Sigma };
        int need = ParameterFinder.LeastSecureThreshold(requirements, members, protection.Neighbours);
        return protection.Threshold >= need
            ? null
            : PhaseStep.Abort(
                FailureCodes.CohortBelowThreshold,
                $"advertise-keys: have {members} of {terms.Cohort.Length} participants; with {protection.MaximumCorrupt} corrupt among them threshold {protection.Threshold} is too low, need {need}");
    }
}
