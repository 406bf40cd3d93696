using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;

namespace Tacit.Protocols.SecAgg;

/// <summary>What a participant demands of a survivor set before it signs it or opens a share for it.</summary>
internal static class SurvivorChecks
{
    /// <summary>"Assert that U3 ⊆ U2 and |U3| ≥ t"; and that the one who was heard is in it, and that enough are in it to hide in.</summary>
    /// <returns>The abort, or null.</returns>
    public static PhaseStep? Find(Survival survival, ImmutableArray<PartyId> survivors)
    {
        RoundTerms terms = survival.Terms;
        if (survivors.BinarySearch(survival.Self) < 0) return Refuse(FailureCodes.SurvivorsInconsistent, $"{survival.Self} is declared dropped although its input was taken");

        ImmutableArray<PartyId> neighbours = survival.Roster.Graph.NeighboursOf(survival.Self);
        if (survivors.FirstOrDefault(s => neighbours.BinarySearch(s) >= 0 && survival.Sharers.BinarySearch(s) < 0) is { Value: > 0 } stranger)
        {
            return Refuse(FailureCodes.SurvivorsInconsistent, $"{stranger} is declared a survivor although it had dropped out before");
        }

        int need = terms.HasGraph() ? terms.LeastCohort() : Math.Max(terms.Protection.Threshold, terms.LeastCohort());
        if (survivors.Length < need) return Refuse(FailureCodes.CohortBelowThreshold, $"masked-input: have {survivors.Length} inputs, need {need}");

        int near = survivors.Count(s => neighbours.BinarySearch(s) >= 0) + (terms.HasGraph() ? 0 : 1);
        return near < terms.Protection.Threshold
            ? Refuse(FailureCodes.CohortBelowThreshold, $"masked-input: have {near} holders of shares left, need {terms.Protection.Threshold}")
            : null;
    }

    private static PhaseStep Refuse(FailureCode code, string detail) => PhaseStep.Abort(code, detail, PartyId.Coordinator);
}
