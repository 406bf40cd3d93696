using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Hashing;

namespace Tacit.Protocols.SecAgg;

/// <summary>Coins for the joint randomness of the graph: committed to before anybody else's are known, then revealed.</summary>
internal static class GraphCoins
{
    public const int Bytes = 16;

    public static byte[] Draw(RoundTerms terms, ParticipantSecrets secrets)
    {
        if (!terms.HasGraph()) return [];
        byte[] coins = new byte[Bytes];
        secrets.Random.Fill(coins);
        return coins;
    }

    public static byte[] Commit(RoundTerms terms, PartyId owner, ReadOnlySpan<byte> coins)
    {
        if (!terms.HasGraph()) return [];
        using TranscriptHash hash = new("tacit/secagg/graph-coins/1");
        return hash.Append("round", terms.Id.ToArray()).Append("owner", owner.Value).Append("coins", coins).Digest();
    }
}

/// <summary>Everybody's commitments: fixes U1 before any coin is seen.</summary>
/// <param name="Items">Ascending by owner.</param>
internal sealed record GraphCommitments(ImmutableArray<(PartyId Owner, byte[] Commitment)> Items)
{
    private const int ItemBytes = 4 + TranscriptHash.DigestBytes;

    public ReadOnlyMemory<byte> Encode()
    {
        WireWriter writer = new(5 + (Items.Length * ItemBytes));
        writer.Byte((byte)MessageKind.Commitments).Number(Items.Length);
        foreach ((PartyId owner, byte[] commitment) in Items) writer.Party(owner).Bytes(commitment);
        return writer.Written;
    }

    public static bool TryDecode(RoundTerms terms, ReadOnlySpan<byte> payload, out GraphCommitments? message)
    {
        message = null;
        WireReader reader = new(payload);
        if (!reader.TryByte(out byte kind) || kind != (byte)MessageKind.Commitments || !reader.TryCount(ItemBytes, out int count)) return false;

        var items = ImmutableArray.CreateBuilder<(PartyId, byte[])>(count);
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryParty(out PartyId owner) || (i > 0 && owner <= items[i - 1].Item1) || !terms.TryGetMember(owner, out _)) return false;
            if (!reader.TryBytes(TranscriptHash.DigestBytes, out ReadOnlySpan<byte> commitment)) return false;
            items.Add((owner, commitment.ToArray()));
        }

        if (reader.AtEnd) message = new GraphCommitments(items.MoveToImmutable());
        return reader.AtEnd;
    }

    /// <summary>The session and the graph that follow from the coins of those who revealed theirs.</summary>
    public (Session Session, NeighbourGraph Graph) Draw(RoundTerms terms, ImmutableArray<(PartyId Owner, byte[] Coins)> revealed)
    {
        using TranscriptHash hash = new("tacit/secagg/session/1");
        hash.Append("round", terms.Id.ToArray());
        foreach ((PartyId owner, byte[] commitment) in Items) hash.Append("committed", owner.Value).Append("commitment", commitment);
        foreach ((PartyId owner, byte[] coins) in revealed) hash.Append("revealed", owner.Value).Append("coins", coins);
        byte[] digest = hash.Digest();

        using TranscriptHash seed = new("tacit/secagg/graph-seed/1");
        NeighbourGraph graph = NeighbourGraph.Harary([.. revealed.Select(item => item.Owner)], terms.Protection.Neighbours, seed.Append("session", digest).Digest());
        return (new Session(terms, [.. digest]), graph);
    }
}
