using System.Buffers.Binary;
using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;

namespace Tacit.Aggregation.Wire;

/// <summary>Reads bytes of hostile origin: never throws, never allocates more than the bytes that are really there.</summary>
/// <param name="bytes">The message.</param>
public ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>Whether everything was read: a message with bytes left over is malformed.</summary>
    public readonly bool AtEnd => rest.IsEmpty;

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => rest.Length;

    /// <summary>Reads one byte.</summary>
    /// <param name="value">The byte.</param>
    public bool TryByte(out byte value)
    {
        value = 0;
        if (rest.IsEmpty) return false;
        value = rest[0];
        rest = rest[1..];
        return true;
    }

    /// <summary>Reads 4 bytes.</summary>
    /// <param name="value">The integer.</param>
    public bool TryNumber(out int value)
    {
        value = 0;
        if (rest.Length < 4) return false;
        value = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[4..];
        return true;
    }

    /// <summary>Reads a participant's number: positive.</summary>
    /// <param name="party">The participant.</param>
    public bool TryParty(out PartyId party)
    {
        bool read = TryNumber(out int value);
        party = new PartyId(value);
        return read && value > 0;
    }

    /// <summary>Reads bytes of a known length, without copying.</summary>
    /// <param name="length">Not negative in valid messages.</param>
    /// <param name="value">A slice of the message.</param>
    public bool TryBytes(int length, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (length < 0 || rest.Length < length) return false;
        value = rest[..length];
        rest = rest[length..];
        return true;
    }

    /// <summary>Reads a count of items and refuses one that the remaining bytes cannot hold.</summary>
    /// <param name="bytesPerItem">The size of one item, positive.</param>
    /// <param name="count">The count.</param>
    public bool TryCount(int bytesPerItem, out int count) => TryNumber(out count) && count >= 0 && count <= rest.Length / bytesPerItem;

    /// <summary>Reads a list of participants: positive, ascending, without duplicates.</summary>
    /// <param name="parties">The list.</param>
    public bool TryParties(out ImmutableArray<PartyId> parties)
    {
        parties = [];
        if (!TryCount(4, out int count)) return false;
        var list = ImmutableArray.CreateBuilder<PartyId>(count);
        for (int i = 0; i < count; i++)
        {
            if (!TryParty(out PartyId party) || (i > 0 && party <= list[i - 1])) return false;
            list.Add(party);
        }

        parties = list.MoveToImmutable();
        return true;
    }
}
