using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;

namespace Tacit.Protocols.SecAgg;

/// <summary>What the coordinator carries from phase to phase.</summary>
/// <param name="Roster">U1 and the graph.</param>
/// <param name="Sharers">U2: those whose masks may be in the sum.</param>
/// <param name="Commitments">The sharers' commitments to their self-mask seeds, one after the other.</param>
internal sealed record Participation(Roster Roster, ImmutableArray<PartyId> Sharers, ReadOnlyMemory<byte> Commitments)
{
    public RoundTerms Terms => Roster.Terms;

    /// <summary>The commitment of a sharer to its self-mask seed.</summary>
    public ReadOnlySpan<byte> CommitmentOf(PartyId sharer) => Commitments.Span.Slice(Sharers.BinarySearch(sharer) * SealedShares.CommitmentBytes, SealedShares.CommitmentBytes);

    /// <summary>N(u) ∩ U2.</summary>
    public IEnumerable<PartyId> MaskingNeighboursOf(PartyId member) => Roster.Graph.NeighboursOf(member).Where(neighbour => Sharers.BinarySearch(neighbour) >= 0);
}
