using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;

namespace Tacit.Protocols.SecAgg;

/// <summary>Who masks with whom: everybody with everybody, or the Harary graph of Bell et al. 2020, Section 3, under a random relabelling.</summary>
public sealed class NeighbourGraph
{
    private readonly ImmutableArray<PartyId> members;
    private readonly int degree;
    private readonly PartyId[] ring = [];
    private readonly int[] positions = [];   // on the ring, of each member

    private NeighbourGraph(ImmutableArray<PartyId> members, int degree, ReadOnlySpan<byte> seed)
    {
        this.members = members;
        this.degree = degree;
        if (IsComplete) return;

        ring = [.. members];
        new PublicCoins(seed).Shuffle<PartyId>(ring);
        positions = new int[ring.Length];
        for (int i = 0; i < ring.Length; i++) positions[members.BinarySearch(ring[i])] = i;
    }

    /// <summary>Whether everybody masks with everybody.</summary>
    public bool IsComplete => degree >= members.Length - 1;

    /// <summary>k: neighbours of each member.</summary>
    public int Degree => Math.Min(degree, members.Length - 1);

    /// <summary>Everybody with everybody.</summary>
    /// <param name="members">Ascending.</param>
    public static NeighbourGraph Complete(ImmutableArray<PartyId> members) => new(members, int.MaxValue, default);

    /// <summary>Each member with the k/2 before and the k/2 after it on a ring in random order.</summary>
    /// <param name="members">Ascending.</param>
    /// <param name="degree">k, even; complete if it is n − 1 or more.</param>
    /// <param name="seed">32 bytes of joint randomness.</param>
    /// <exception cref="ArgumentException">k is odd and the graph is not complete.</exception>
    public static NeighbourGraph Harary(ImmutableArray<PartyId> members, int degree, ReadOnlySpan<byte> seed)
    {
        if (degree < members.Length - 1 && degree % 2 != 0) throw new ArgumentException($"The degree {degree} must be even.", nameof(degree));
        return new NeighbourGraph(members, degree, seed);
    }

    /// <summary>N(u), ascending.</summary>
    /// <param name="member">A member.</param>
    public ImmutableArray<PartyId> NeighboursOf(PartyId member)
    {
        if (IsComplete) return members.Remove(member);

        int at = positions[members.BinarySearch(member)];
        var neighbours = ImmutableArray.CreateBuilder<PartyId>(degree);
        for (int step = 1; step <= degree / 2; step++)
        {
            neighbours.Add(ring[(at + step) % ring.Length]);
            neighbours.Add(ring[(at - step + ring.Length) % ring.Length]);
        }

        neighbours.Sort();
        return neighbours.MoveToImmutable();
    }
}
