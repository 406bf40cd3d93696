using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.KeyAgreement;

namespace Tacit.Protocols.SecAgg;

/// <summary>U1 as one party knows it: everybody who advertised keys, and the keys it still needs once shares can be sealed.</summary>
/// <param name="Session">The round and the digest of the roster.</param>
/// <param name="Members">U1, ascending.</param>
/// <param name="Graph">Who masks with whom.</param>
/// <param name="MaskKeys">s^PK by owner: all of U1 at the coordinator, the neighbours at a participant.</param>
internal sealed record Roster(Session Session, ImmutableArray<PartyId> Members, NeighbourGraph Graph, IReadOnlyDictionary<PartyId, P256Point> MaskKeys)
{
    public RoundTerms Terms => Session.Terms;

    /// <summary>Who holds shares of a participant's secrets: its neighbours, and in a complete graph itself too, as in the paper.</summary>
    public ImmutableArray<PartyId> HoldersOf(PartyId owner)
    {
        ImmutableArray<PartyId> neighbours = Graph.NeighboursOf(owner);
        return !Terms.HasGraph() ? [.. neighbours.Add(owner).Order()] : neighbours;
    }

    /// <summary>The digest that binds all keys to the roster of a complete graph.</summary>
    public static Session Bind(RoundTerms terms, IEnumerable<KeyBundle> bundles)
    {
        using TranscriptHash hash = new("tacit/secagg/session/1");
        hash.Append("round", terms.Id.ToArray());
        foreach (KeyBundle bundle in bundles)
        {
            hash.Append("member", bundle.Owner.Value).Append("channel-key", bundle.ChannelKey.Encoded).Append("mask-key", bundle.MaskKey.Encoded);
        }

        return new Session(terms, [.. hash.Digest()]);
    }

    /// <summary>A subset of U1 as a bitmap: bit i of byte i / 8 is the i-th member; filling bits are zero.</summary>
    public byte[] ToBitmap(IEnumerable<PartyId> subset)
    {
        byte[] bitmap = new byte[(Members.Length + 7) / 8];
        foreach (PartyId party in subset)
        {
            int index = Members.BinarySearch(party);
            bitmap[index / 8] |= (byte)(1 << (index % 8));
        }

        return bitmap;
    }

    public bool TryReadBitmap(ref WireReader reader, out ImmutableArray<PartyId> subset)
    {
        subset = [];
        int bytes = (Members.Length + 7) / 8;
        if (!reader.TryBytes(bytes, out ReadOnlySpan<byte> bitmap)) return false;
        if (Members.Length % 8 != 0 && bitmap[^1] >> (Members.Length % 8) != 0) return false;

        var parties = ImmutableArray.CreateBuilder<PartyId>();
        for (int i = 0; i < Members.Length; i++)
        {
            if ((bitmap[i / 8] >> (i % 8) & 1) != 0) parties.Add(Members[i]);
        }

        subset = parties.DrainToImmutable();
        return true;
    }
}
