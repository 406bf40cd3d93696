using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Sharing;
using Tacit.Cryptography.Signatures;

namespace Tacit.Protocols.SecAgg;

/// <summary>The first byte of every payload: which message of the phase it is.</summary>
internal enum MessageKind : byte
{
    Bundle = 11,
    Roster = 12,
    Commitments = 13,
    Reveal = 14,
    Coins = 15,
    Neighbours = 16,
    SealedShares = 21,
    Survivors = 41,
    Signature = 42,
    UnmaskRequest = 51,
    UnmaskResponse = 52,
}

/// <summary>Sealed share pairs, each with the other party: recipients on the way in, senders on the way out.</summary>
/// <param name="Commitment">On the way in: the sender's commitment to its self-mask seed, 32 bytes; empty on the way out.</param>
/// <param name="Items">Ascending by party, without duplicates. Read from a message, they are parts of its payload.</param>
internal sealed record SealedShares(ReadOnlyMemory<byte> Commitment, ImmutableArray<(PartyId Party, ReadOnlyMemory<byte> Sealed)> Items)
{
    public const int CommitmentBytes = 32;
    private const int ItemBytes = 4 + SecAggKeySchedule.SealedShareBytes;

    public static int EncodedBytes(int commitmentBytes, int items) => 5 + commitmentBytes + (items * ItemBytes);

    public ReadOnlyMemory<byte> Encode()
    {
        WireWriter writer = new(EncodedBytes(Commitment.Length, Items.Length));
        writer.Byte((byte)MessageKind.SealedShares).Bytes(Commitment.Span).Number(Items.Length);
        foreach ((PartyId party, ReadOnlyMemory<byte> item) in Items) writer.Party(party).Bytes(item.Span);
        return writer.Written;
    }

    /// <summary>What a recipient is sent, taken out of lists as they came in.</summary>
    /// <param name="recipient">Whose inbox.</param>
    /// <param name="senders">Each with its list, a whole message with a commitment, ascending; each has a pair for the recipient.</param>
    public static ReadOnlyMemory<byte> Forward(PartyId recipient, IReadOnlyCollection<(PartyId Sender, ReadOnlyMemory<byte> List)> senders)
    {
        WireWriter writer = new(EncodedBytes(0, senders.Count));
        writer.Byte((byte)MessageKind.SealedShares).Number(senders.Count);
        foreach ((PartyId sender, ReadOnlyMemory<byte> list) in senders)
        {
            PartyItems.TryFind(list.Span[EncodedBytes(CommitmentBytes, 0)..], ItemBytes, recipient, out ReadOnlySpan<byte> sealedPair);
            writer.Party(sender).Bytes(sealedPair);
        }

        return writer.Written;
    }

    public static bool TryDecode(ReadOnlyMemory<byte> payload, bool withCommitment, out SealedShares? message)
    {
        message = null;
        WireReader reader = new(payload.Span);
        if (!reader.TryByte(out byte kind) || kind != (byte)MessageKind.SealedShares) return false;
        if (!reader.TryBytes(withCommitment ? CommitmentBytes : 0, out ReadOnlySpan<byte> commitment)) return false;
        if (!reader.TryCount(ItemBytes, out int count)) return false;

        var items = ImmutableArray.CreateBuilder<(PartyId, ReadOnlyMemory<byte>)>(count);
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryParty(out PartyId party) || (i > 0 && party <= items[i - 1].Item1)) return false;
            int at = payload.Length - reader.Remaining;
            if (!reader.TryBytes(SecAggKeySchedule.SealedShareBytes, out _)) return false;
            items.Add((party, payload.Slice(at, SecAggKeySchedule.SealedShareBytes)));
        }

        if (reader.AtEnd) message = new SealedShares(commitment.ToArray(), items.MoveToImmutable());
        return reader.AtEnd;
    }
}

/// <summary>What the coordinator wants opened.</summary>
/// <param name="Survivors">U3: self-masks.</param>
/// <param name="Dropped">U2 \ U3: mask keys.</param>
/// <param name="Signatures">Malicious mode: σ'_v of neighbours in U4 on U3.</param>
internal sealed record UnmaskRequest(
    ImmutableArray<PartyId> Survivors,
    ImmutableArray<PartyId> Dropped,
    ImmutableArray<(PartyId Party, ReadOnlyMemory<byte> Signature)> Signatures)
{
    private const int SignatureItemBytes = 4 + VerificationKey.SignatureBytes;

    public ReadOnlyMemory<byte> Encode(Roster roster) => Encode(roster.ToBitmap(Survivors), roster.ToBitmap(Dropped), Signatures);

    public static ReadOnlyMemory<byte> Encode(byte[] survivors, byte[] dropped, ImmutableArray<(PartyId Party, ReadOnlyMemory<byte> Signature)> signatures)
    {
        WireWriter writer = new(64 + survivors.Length + dropped.Length + (signatures.Length * SignatureItemBytes));
        writer.Byte((byte)MessageKind.UnmaskRequest).Bytes(survivors).Bytes(dropped).Number(signatures.Length);
        foreach ((PartyId party, ReadOnlyMemory<byte> signature) in signatures) writer.Party(party).Bytes(signature.Span);
        return writer.Written;
    }

    public static bool TryDecode(Roster roster, ReadOnlySpan<byte> payload, out UnmaskRequest? request)
    {
        request = null;
        WireReader reader = new(payload);
        if (!reader.TryByte(out byte kind) || kind != (byte)MessageKind.UnmaskRequest) return false;
        if (!roster.TryReadBitmap(ref reader, out ImmutableArray<PartyId> survivors) || !roster.TryReadBitmap(ref reader, out ImmutableArray<PartyId> dropped)) return false;
        if (!reader.TryCount(SignatureItemBytes, out int count)) return false;

        var signatures = ImmutableArray.CreateBuilder<(PartyId, ReadOnlyMemory<byte>)>(count);
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryParty(out PartyId party) || (i > 0 && party <= signatures[i - 1].Item1)) return false;
            if (!reader.TryBytes(VerificationKey.SignatureBytes, out ReadOnlySpan<byte> signature)) return false;
            signatures.Add((party, signature.ToArray()));
        }

        if (reader.AtEnd) request = new UnmaskRequest(survivors, dropped, signatures.MoveToImmutable());
        return reader.AtEnd;
    }
}

/// <summary>The shares that one participant opens: of each party one kind, never both.</summary>
/// <param name="Items">Ascending by party, without duplicates. Read from a message, the shares are parts of its payload.</param>
internal sealed record UnmaskResponse(ImmutableArray<(PartyId Party, ShareKind Kind, ReadOnlyMemory<byte> Share)> Items)
{
    private const int HeaderBytes = 1 + 4;
    private const int ItemBytes = 4 + 1 + SeedSharing.ShareBytes;

    public ReadOnlyMemory<byte> Encode()
    {
        WireWriter writer = new(HeaderBytes + (Items.Length * ItemBytes));
        writer.Byte((byte)MessageKind.UnmaskResponse).Number(Items.Length);
        foreach ((PartyId party, ShareKind kind, ReadOnlyMemory<byte> share) in Items) writer.Party(party).Byte((byte)kind).Bytes(share.Span);
        return writer.Written;
    }

    public static bool TryDecode(ReadOnlyMemory<byte> payload, out UnmaskResponse? response)
    {
        response = null;
        WireReader reader = new(payload.Span);
        if (!reader.TryByte(out byte messageKind) || messageKind != (byte)MessageKind.UnmaskResponse || !reader.TryCount(ItemBytes, out int count)) return false;

        var items = ImmutableArray.CreateBuilder<(PartyId, ShareKind, ReadOnlyMemory<byte>)>(count);
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryParty(out PartyId party) || (i > 0 && party <= items[i - 1].Item1)) return false;
            if (!reader.TryByte(out byte kind) || kind is not ((byte)ShareKind.MaskKey or (byte)ShareKind.SelfMask)) return false;
            int at = payload.Length - reader.Remaining;
            if (!reader.TryBytes(SeedSharing.ShareBytes, out _)) return false;
            items.Add((party, (ShareKind)kind, payload.Slice(at, SeedSharing.ShareBytes)));
        }

        if (reader.AtEnd) response = new UnmaskResponse(items.MoveToImmutable());
        return reader.AtEnd;
    }

    /// <summary>Looks a share up in a message that was read before.</summary>
    /// <param name="payload">A whole message.</param>
    /// <param name="owner">Whose secret it is of.</param>
    /// <param name="share">40 bytes of the payload.</param>
    public static bool TryFindShare(ReadOnlySpan<byte> payload, PartyId owner, out ReadOnlySpan<byte> share)
    {
        bool found = PartyItems.TryFind(payload[HeaderBytes..], ItemBytes, owner, out ReadOnlySpan<byte> item);
        share = found ? item[1..] : default;
        return found;
    }
}
