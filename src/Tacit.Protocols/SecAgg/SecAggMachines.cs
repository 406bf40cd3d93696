using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Protocols.SecAgg.Phases;

namespace Tacit.Protocols.SecAgg;

/// <summary>Puts the phases of both roles together; the complete graph and the k-regular one run the same phases.</summary>
internal static class SecAggMachines
{
    public static IRoundMachine Participant(RoundTerms terms, ParticipantInputs inputs)
    {
        inputs.ThrowUnlessFits(terms);
        ParticipantSecrets secrets = new(inputs);
        return new PhasedRoundMachine(terms, inputs.Self, new AdvertiseKeysParticipant(terms, secrets));
    }

    public static IRoundMachine Coordinator(RoundTerms terms, IParallelLoop loop) =>
        new PhasedRoundMachine(terms, PartyId.Coordinator, new AdvertiseKeysCoordinator(terms, loop));

    /// <summary>Whether neighbours are drawn: not in a complete graph.</summary>
    public static bool HasGraph(this RoundTerms terms) => terms.Protection.Neighbours < terms.Cohort.Length - 1;

    /// <summary>The fewest inputs in a sum: the agreed minimum, and two honest ones whoever else colludes.</summary>
    public static int LeastCohort(this RoundTerms terms) => Math.Max(terms.MinimumCohort, terms.Protection.MaximumCorrupt + 2);

    public static bool IsMalicious(this RoundTerms terms) => terms.Protection.Mode == ProtectionMode.Malicious;

    /// <summary>A participant outlasts the coordinator's deadline of the running phase and of the next.</summary>
    public static DateTimeOffset ParticipantDeadline(this RoundTerms terms, DateTimeOffset now) => now + 3 * terms.PhaseTimeout;
}
