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

    /// <summary>Whether the coordinator is asked for room first.</summary>
    public bool NeedsRoom => vector.Length > terms.ResiduesPerChunk;

    /// <summary>The whole input if it is one message, otherwise the request for room.</summary>
    public ImmutableArray<Envelope> First() => [NeedsRoom ? new Envelope(terms.Id, Phase.MaskedInput, self, PartyId.Coordinator, new[] { RequestKind }) : Chunk(0)];

    /// <summary>All chunks, once there is room.</summary>
    public ImmutableArray<Envelope> Chunks()
    {
        var chunks = ImmutableArray.CreateBuilder<Envelope>();
        for (int offset = 0; offset < vector.Length; offset += terms.ResiduesPerChunk) chunks.Add(Chunk(offset));
        return chunks.DrainToImmutable();
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

    private Envelope Chunk(int offset)
    {
        int count = Math.Min(terms.ResiduesPerChunk, vector.Length - offset);
        int bytes = BitPacking.PackedBytes(vector.Ring, count);
        WireWriter writer = new(5 + bytes);
        writer.Byte(ChunkKind).Number(offset);
        BitPacking.Pack(vector, offset, count, writer.Reserve(bytes));
        return new Envelope(terms.Id, Phase.MaskedInput, self, PartyId.Coordinator, writer.Written);
    }
}
