using System.Buffers.Binary;
using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Encryption;
using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Rings;

namespace Tacit.Protocols.SharedMask;

/// <summary>The first byte of every payload.</summary>
internal enum SharedMaskKind : byte
{
    Bundle = 61,
    Roster = 62,
    Contributions = 63,
    MaskedSum = 64,
}

/// <summary>What one participant publishes: its ephemeral key (65) and the commitment to its part of the group's secret (32).</summary>
internal sealed record SharedMaskBundle(PartyId Owner, P256Point Key, ImmutableArray<byte> Commitment)
{
    public const int EncodedBytes = P256Point.EncodedBytes + TranscriptHash.DigestBytes;

    private const string CommitmentLabel = "tacit/shared-mask/contribution-commitment/1";

    /// <summary>256 random bits are hidden by it, and another value does not fit.</summary>
    public static ImmutableArray<byte> Commit(RoundTerms terms, PartyId owner, ReadOnlySpan<byte> contribution)
    {
        byte[] commitment = new byte[TranscriptHash.DigestBytes], context = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(context, owner.Value);
        KeyDerivation.Derive(contribution, terms.Id.ToArray(), CommitmentLabel, context, commitment);
        return [.. commitment];
    }

    public void Write(WireWriter writer) => writer.Bytes(Key.Encoded).Bytes(Commitment.AsSpan());

    public static bool TryRead(PartyId owner, ref WireReader reader, out SharedMaskBundle? bundle)
    {
        bundle = null;
        if (!reader.TryBytes(P256Point.EncodedBytes, out ReadOnlySpan<byte> encoded) || !reader.TryBytes(TranscriptHash.DigestBytes, out ReadOnlySpan<byte> commitment)) return false;
        if (!P256Point.TryRead(encoded, out P256Point? key)) return false;
        bundle = new SharedMaskBundle(owner, key!, [.. commitment]);
        return true;
    }

    public static ReadOnlyMemory<byte> Encode(SharedMaskBundle bundle)
    {
        WireWriter writer = new(1 + EncodedBytes);
        bundle.Write(writer.Byte((byte)SharedMaskKind.Bundle));
        return writer.Written;
    }

    public static bool TryDecode(PartyId owner, ReadOnlySpan<byte> payload, out SharedMaskBundle? bundle)
    {
        bundle = null;
        WireReader reader = new(payload);
        return reader.TryByte(out byte kind) && kind == (byte)SharedMaskKind.Bundle && TryRead(owner, ref reader, out bundle) && reader.AtEnd;
    }
}

/// <summary>Everybody's bundle, in the order of the cohort: all of it, for nobody may be missing.</summary>
internal sealed record SharedMaskRoster(ImmutableArray<SharedMaskBundle> Bundles)
{
    public ReadOnlyMemory<byte> Encode()
    {
        WireWriter writer = new(1 + (Bundles.Length * SharedMaskBundle.EncodedBytes));
        writer.Byte((byte)SharedMaskKind.Roster);
        foreach (SharedMaskBundle bundle in Bundles) bundle.Write(writer);
        return writer.Written;
    }

    public static bool TryDecode(RoundTerms terms, ReadOnlySpan<byte> payload, out SharedMaskRoster? roster)
    {
        roster = null;
        WireReader reader = new(payload);
        if (!reader.TryByte(out byte kind) || kind != (byte)SharedMaskKind.Roster) return false;
        var bundles = ImmutableArray.CreateBuilder<SharedMaskBundle>();
        foreach (CohortMember member in terms.Cohort)
        {
            if (!SharedMaskBundle.TryRead(member.Id, ref reader, out SharedMaskBundle? bundle)) return false;
            bundles.Add(bundle!);
        }

        if (reader.AtEnd) roster = new SharedMaskRoster(bundles.DrainToImmutable());
        return reader.AtEnd;
    }

    /// <summary>What all keys are bound to: the round, the parts of the vector, and all keys and commitments as this party saw them.</summary>
    public ImmutableArray<byte> Session(RoundTerms terms, ImmutableArray<MaskSegment> segments)
    {
        using TranscriptHash hash = new("tacit/shared-mask/session/1");
        SharedMaskOptions.AppendTo(hash.Append("round", terms.Id.ToArray()), segments);
        foreach (SharedMaskBundle bundle in Bundles) hash.Append("member", bundle.Owner.Value).Append("key", bundle.Key.Encoded).Append("commitment", bundle.Commitment.AsSpan());
        return [.. hash.Digest()];
    }
}

/// <summary>Sealed contributions, one for each other participant, in the order of the cohort without the reader or the writer.</summary>
internal sealed record SealedContributions(ImmutableArray<ReadOnlyMemory<byte>> Items)
{
    public const int ItemBytes = SharedMaskKeys.SecretSize + AuthenticatedEncryption.TagBytes;

    public ReadOnlyMemory<byte> Encode()
    {
        WireWriter writer = new(1 + (Items.Length * ItemBytes));
        writer.Byte((byte)SharedMaskKind.Contributions);
        foreach (ReadOnlyMemory<byte> item in Items) writer.Bytes(item.Span);
        return writer.Written;
    }

    public static bool TryDecode(RoundTerms terms, ReadOnlyMemory<byte> payload, out SealedContributions? contributions)
    {
        contributions = null;
        int count = terms.Cohort.Length - 1;
        if (payload.Length != 1 + (count * ItemBytes) || payload.Span[0] != (byte)SharedMaskKind.Contributions) return false;
        byte[] copy = payload[1..].ToArray();
        contributions = new SealedContributions([.. Enumerable.Range(0, count).Select(i => (ReadOnlyMemory<byte>)copy.AsMemory(i * ItemBytes, ItemBytes))]);
        return true;
    }
}

/// <summary>Σ y_i plus noise, still under the group's mask: packed residues.</summary>
internal static class MaskedSumMessage
{
    public static int EncodedBytes(RoundTerms terms) => 1 + BitPacking.PackedBytes(terms.Ring, terms.Length);

    public static ReadOnlyMemory<byte> Encode(ModularVector sum)
    {
        int bytes = BitPacking.PackedBytes(sum.Ring, sum.Length);
        WireWriter writer = new(1 + bytes);
        BitPacking.Pack(sum, 0, sum.Length, writer.Byte((byte)SharedMaskKind.MaskedSum).Reserve(bytes));
        return writer.Written;
    }

    public static bool TryDecode(RoundTerms terms, ReadOnlySpan<byte> payload, out ModularVector? sum)
    {
        sum = null;
        if (payload.Length != EncodedBytes(terms) || payload[0] != (byte)SharedMaskKind.MaskedSum) return false;
        ModularVector read = new(terms.Ring, terms.Length);
        if (!BitPacking.TryAddPacked(read, 0, terms.Length, payload[1..])) return false;
        sum = read;
        return true;
    }
}
