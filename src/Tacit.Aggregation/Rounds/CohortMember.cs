using Tacit.Cryptography.Signatures;

namespace Tacit.Aggregation.Rounds;

/// <summary>One participant of a round.</summary>
/// <param name="Id">A positive number, unique in the cohort.</param>
/// <param name="Identity">The pinned long-term key that signs its messages; required where the coordinator is not trusted.</param>
public sealed record CohortMember(PartyId Id, VerificationKey? Identity = null);
