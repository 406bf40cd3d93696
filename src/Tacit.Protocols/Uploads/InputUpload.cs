using System.Buffers.Binary;
using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Rings;

namespace Tacit.Protocols.Uploads;

/// <summary>Cuts a protected vector into messages: one goes out at once; several are asked for, and go out when the coordinator has room.</summary>
/// <remarks>A chunk: kind (1), offset in residues (4), packed residues. A request and a grant: kind (1).</remarks>
internal sealed class InputUpload(RoundTerms terms, PartyId self, ModularVector vector) : IDisposable
{
    private const byte ChunkKind = 1;
    private const byte GrantKind = 2;
    private const byte RequestKind = 3;
    private const int FrontBytes = 5;

    private ImmutableArray<Envelope> chunks = [];

    /// <summary>Whether the coordinator is asked for room first.</summary>
    public bool NeedsRoom => vector.Length > terms.ResiduesPerChunk;

    /// <summary>The whole input if it is one message, otherwise the request for room. Room is scarce: who asks for it is ready to send.</summary>
    public ImmutableArray<Envelope> First()
    {
        ImmutableArray<Envelope> packed = Pack();
        if (!NeedsRoom) return packed;
        chunks = packed;
        return [new Envelope(terms.Id, Phase.MaskedInput, self, PartyId.Coordinator, new[] { RequestKind })];
    }

    /// <summary>All chunks, once there is room; once.</summary>
    public ImmutableArray<Envelope> Chunks()
    {
        ImmutableArray<Envelope> all = chunks;
        chunks = [];
        return all;
    }

    public void Dispose() => vector.Clear();

    public static Envelope Grant(RoundTerms terms, PartyId to) =>
        new(terms.Id, Phase.MaskedInput, PartyId.Coordinator, to, new[] { GrantKind });

    public static bool IsGrant(Envelope message) => message.Payload.Length == 1 && message.Payload.Span[0] == GrantKind;

    public static bool IsRequest(Envelope message) => message.Payload.Length == 1 && message.Payload.Span[0] == RequestKind;

    public static bool TryReadChunk(ReadOnlySpan<byte> payload, out int offset, out ReadOnlySpan<byte> packed)
    {
        WireReader reader = new(payload);
        packed = default;
        offset = 0;
        return reader.TryByte(out byte kind) && kind == ChunkKind && reader.TryNumber(out offset) && reader.TryBytes(reader.Remaining, out packed);
    }

    // One array for the whole upload.
    private ImmutableArray<Envelope> Pack()
    {
        int each = terms.ResiduesPerChunk, count = Math.Max(1, (vector.Length + each - 1) / each);
        byte[] all = GC.AllocateUninitializedArray<byte>((FrontBytes * count) + BitPacking.PackedBytes(vector.Ring, vector.Length));
        var packed = ImmutableArray.CreateBuilder<Envelope>(count);
        int at = 0;
        for (int offset = 0; packed.Count < count; offset += each)
        {
            int residues = Math.Min(each, vector.Length - offset), bytes = BitPacking.PackedBytes(vector.Ring, residues);
            all[at] = ChunkKind;
            BinaryPrimitives.WriteInt32LittleEndian(all.AsSpan(at + 1), offset);
            BitPacking.Pack(vector, offset, residues, all.AsSpan(at + FrontBytes, bytes));
            packed.Add(new Envelope(terms.Id, Phase.MaskedInput, self, PartyId.Coordinator, all.AsMemory(at, FrontBytes + bytes)));
            at += FrontBytes + bytes;
        }

        return packed.MoveToImmutable();
    }
}
