using System.Buffers;
using System.Buffers.Binary;
using Tacit.Aggregation.Rounds;

namespace Tacit.Aggregation.Wire;

/// <summary>Writes messages: fixed-width little-endian integers, counts before lists, nothing optional. One value has one encoding.</summary>
public sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> buffer;

    /// <summary>Starts an empty message.</summary>
    /// <param name="expectedBytes">Room to reserve.</param>
    public WireWriter(int expectedBytes = 256) => buffer = new ArrayBufferWriter<byte>(Math.Max(16, expectedBytes));

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => buffer.WrittenMemory;

    /// <summary>Writes one byte.</summary>
    /// <param name="value">Any.</param>
    public WireWriter Byte(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
        return this;
    }

    /// <summary>Writes 4 bytes.</summary>
    /// <param name="value">Any.</param>
    public WireWriter Number(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
        return this;
    }

    /// <summary>Writes a party's number in 4 bytes.</summary>
    /// <param name="party">Any.</param>
    public WireWriter Party(PartyId party) => Number(party.Value);

    /// <summary>Writes bytes of a length that the reader knows.</summary>
    /// <param name="bytes">Any.</param>
    public WireWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        buffer.Write(bytes);
        return this;
    }

    /// <summary>Reserves bytes to be filled in place, such as packed residues.</summary>
    /// <param name="length">Not negative.</param>
    /// <returns>The reserved bytes; valid until the next write.</returns>
    public Span<byte> Reserve(int length)
    {
        Span<byte> span = buffer.GetSpan(length)[..length];
        buffer.Advance(length);
        return span;
    }

    /// <summary>Writes a count and then each party in ascending order.</summary>
    /// <param name="parties">Ascending, without duplicates.</param>
    public WireWriter Parties(IReadOnlyCollection<PartyId> parties)
    {
        Number(parties.Count);
        foreach (PartyId party in parties) Party(party);
        return this;
    }
}
