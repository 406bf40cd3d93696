using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Rings;

namespace Tacit.Protocols.Uploads;

/// <summary>Cuts a protected vector into messages: the first goes out at once, the others when the coordinator has room.</summary>
/// <remarks>One message: kind (1), offset in residues (4), packed residues.</remarks>
internal sealed class InputUpload(RoundTerms terms, PartyId self, ModularVector vector) : IDisposable
{
    private const byte ChunkKind = 1;
    private const byte GrantKind = 2;

    public bool HasMore => vector.Length > terms.ResiduesPerChunk;

    public ImmutableArray<Envelope> First() => [Chunk(0)];

    public ImmutableArray<Envelope> Rest()
    {
        var rest = ImmutableArray.CreateBuilder<Envelope>();
        for (int offset = terms.ResiduesPerChunk; offset < vector.Length; offset += terms.ResiduesPerChunk) rest.Add(Chunk(offset));
        return rest.DrainToImmutable();
    }

    public void Dispose() => vector.Clear();

    public static Envelope Grant(RoundTerms terms, PartyId to) =>
        new(terms.Id, Phase.MaskedInput, PartyId.Coordinator, to, new[] { GrantKind });

    public static bool IsGrant(Envelope message) => message.Payload.Length == 1 && message.Payload.Span[0] == GrantKind;

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
