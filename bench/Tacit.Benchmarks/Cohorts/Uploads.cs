using System.Buffers.Binary;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;

namespace Tacit.Benchmarks.Cohorts;

/// <summary>Masked inputs, made chunk by chunk when they are sent: one vector is held, however many participants there are.</summary>
internal sealed class Uploads
{
    private const byte ChunkKind = 1;
    private const byte RequestKind = 3;
    private const int ChunkHeaderBytes = 5;

    private readonly PreparedCohort cohort;
    private readonly RoundTerms terms;
    private readonly ModularVector last;
    private readonly byte[] message;
    private readonly Keystream stream = Keystream.FromKey(new byte[16]);

    public Uploads(PreparedCohort cohort)
    {
        this.cohort = cohort;
        terms = cohort.Terms;
        message = new byte[ChunkHeaderBytes + BitPacking.PackedBytes(terms.Ring, Math.Min(terms.ResiduesPerChunk, terms.Length))];
        last = Expected();
        Masks = PreparedCohort.Add(last, cohort.RemainingMasks());
        ModularVector others = new(terms.Ring, terms.Length);
        byte[] packed = new byte[BitPacking.PackedBytes(terms.Ring, terms.Length)];
        foreach (PartyId party in cohort.Survivors[..^1])
        {
            Generate(party, 0, packed);
            BitPacking.TryAddPacked(others, 0, terms.Length, packed);
        }

        last.Subtract(others);
    }

    /// <summary>Masks that the coordinator has to take out of the sum.</summary>
    public int Masks { get; }

    public int Chunks => (terms.Length + terms.ResiduesPerChunk - 1) / terms.ResiduesPerChunk;

    /// <summary>Packed bytes of one participant.</summary>
    public long PackedBytes => BitPacking.PackedBytes(terms.Ring, terms.Length);

    /// <summary>What goes out at once: the request for room, or all of a short upload.</summary>
    public Envelope First(PartyId party) => Chunks > 1 ? new Envelope(terms.Id, Phase.MaskedInput, party, PartyId.Coordinator, new[] { RequestKind }) : Chunk(party, 0);

    /// <summary>One message of an upload; valid until the next, because all share a buffer: the coordinator copies what it keeps.</summary>
    public Envelope Chunk(PartyId party, int index)
    {
        int offset = index * terms.ResiduesPerChunk, count = Math.Min(terms.ResiduesPerChunk, terms.Length - offset);
        int bytes = BitPacking.PackedBytes(terms.Ring, count);
        message[0] = ChunkKind;
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(1), offset);
        Span<byte> packed = message.AsSpan(ChunkHeaderBytes, bytes);
        if (party == cohort.Survivors[^1])
        {
            BitPacking.Pack(last, offset, count, packed);
        }
        else
        {
            Generate(party, BitPacking.PackedBytes(terms.Ring, offset), packed);
        }

        return new Envelope(terms.Id, Phase.MaskedInput, party, PartyId.Coordinator, message.AsMemory(0, ChunkHeaderBytes + bytes));
    }

    /// <summary>Whether the unmasked sum is what the inputs add up to.</summary>
    public bool IsRight(ModularVector sum)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            if (sum[i] != Expected(i)) return false;   // without a vector of its own: memory is measured here
        }

        return true;
    }

    private ModularVector Expected()
    {
        ModularVector sum = new(terms.Ring, terms.Length);
        for (int i = 0; i < sum.Length; i++) sum[i] = Expected(i);
        return sum;
    }

    private ulong Expected(int index) => unchecked((ulong)index * 0x9E3779B97F4A7C15) & terms.Ring.Mask;

    // One key for all, far apart in its stream: a key of its own for each chunk would be garbage in the memory that is measured.
    private void Generate(PartyId party, int offset, Span<byte> packed) => stream.Generate(((ulong)party.Value << 32) + (ulong)offset, packed);
}
