using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Rings;

namespace Tacit.Protocols.SharedMask;

/// <summary>What the coordinator's phases have in common: everybody has to answer in each of them.</summary>
internal sealed class SharedMaskCoordinator(RoundTerms terms, Action<ModularVector>? noise)
{
    public RoundTerms Terms { get; } = terms;

    public Action<ModularVector>? Noise { get; } = noise;

    public ImmutableArray<PartyId> Members { get; } = [.. terms.Cohort.Select(member => member.Id)];

    /// <summary>The end of a round in which somebody did not answer.</summary>
    public PhaseStep Incomplete(Phase phase, IEnumerable<PartyId> answered)
    {
        HashSet<PartyId> have = [.. answered];
        ImmutableArray<PartyId> silent = [.. Members.Where(member => !have.Contains(member))];
        return PhaseStep.Abort(
            FailureCodes.CohortBelowThreshold,
            $"{phase.Name()}: have {have.Count} participants, need all {Members.Length}: {SharedMaskProtocol.ProtocolName} cannot go on without {string.Join(", ", silent)}; start a new round without them, or use secagg-plus",
            silent);
    }

    public PhaseStep Wrong(Phase phase, Envelope message) => PhaseStep.Reject(
        message,
        message.Phase < phase ? FailureCodes.RoundClosed : FailureCodes.MalformedMessage,
        $"round {Terms.Round} is in phase {phase.Name()}, not {message.Phase.Name()}");
}
