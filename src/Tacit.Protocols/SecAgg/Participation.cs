using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;

namespace Tacit.Protocols.SecAgg;

/// <summary>What the coordinator carries from phase to phase.</summary>
/// <param name="Roster">U1 and the graph.</param>
/// <param name="Sharers">U2: those whose masks may be in the sum.</param>
/// <param name="Commitments">Each sharer's commitment to its self-mask seed.</param>
internal sealed record Participation(Roster Roster, ImmutableArray<PartyId> Sharers, IReadOnlyDictionary<PartyId, ReadOnlyMemory<byte>> Commitments)
{
    public RoundTerms Terms => Roster.Terms;

    /// <summary>N(u) ∩ U2.</summary>
    public IEnumerable<PartyId> MaskingNeighboursOf(PartyId member) => Roster.Graph.NeighboursOf(member).Where(neighbour => Sharers.BinarySearch(neighbour) >= 0);
}
