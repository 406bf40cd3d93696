using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Tacit.Cryptography.Rings;

/// <summary>Residues on the wire: b bits each, little-endian bit order, no gaps; the last byte is filled up with zero bits.</summary>
/// <remarks>Ranges start at multiples of <see cref="Group"/> residues, so that they start at whole bytes.</remarks>
public static class BitPacking
{
    /// <summary>Eight residues of b bits fill b bytes.</summary>
    public const int Group = 8;

    /// <summary>Bytes that a number of residues takes: ⌈count·b / 8⌉.</summary>
    /// <param name="ring">ℤ/2ᵇ.</param>
    /// <param name="count">Residues, not negative.</param>
    public static int PackedBytes(ResidueRing ring, int count) => checked((int)(((long)count * ring.Bits + 7) / 8));

    /// <summary>Writes a range of residues.</summary>
    /// <param name="source">The whole vector.</param>
    /// <param name="offset">First residue; a multiple of <see cref="Group"/>.</param>
    /// <param name="count">Residues in the range.</param>
    /// <param name="destination">Exactly <see cref="PackedBytes"/> long; overwritten.</param>
    /// <exception cref="ArgumentException">The offset is not a multiple of the group, the range is outside the vector or the length is wrong.</exception>
    public static void Pack(ModularVector source, int offset, int count, Span<byte> destination)
    {
        ThrowUnlessRange(source, offset, count, destination.Length);
        switch (source.Ring.LaneBytes)
        {
            case 1: PackLanes<byte>(source.Ring, source.Lanes<byte>().Slice(offset, count), destination); break;
            case 2: PackLanes<ushort>(source.Ring, source.Lanes<ushort>().Slice(offset, count), destination); break;
            case 4: PackLanes<uint>(source.Ring, source.Lanes<uint>().Slice(offset, count), destination); break;
            default: PackLanes<ulong>(source.Ring, source.Lanes<ulong>().Slice(offset, count), destination); break;
        }
    }

    /// <summary>Adds a packed range to a vector, in one pass over the bytes.</summary>
    /// <param name="target">The whole vector; only the range is changed.</param>
    /// <param name="offset">First residue; a multiple of <see cref="Group"/>.</param>
    /// <param name="count">Residues in the range.</param>
    /// <param name="packed">Exactly <see cref="PackedBytes"/> long; may come from a hostile peer.</param>
    /// <returns>False, with the vector unchanged, if the filling bits of the last byte are not zero.</returns>
    /// <exception cref="ArgumentException">The offset is not a multiple of the group, the range is outside the vector or the length is wrong.</exception>
    public static bool TryAddPacked(ModularVector target, int offset, int count, ReadOnlySpan<byte> packed)
    {
        ThrowUnlessRange(target, offset, count, packed.Length);
        int used = (int)((long)count * target.Ring.Bits % 8);
        if (used != 0 && packed[^1] >> used != 0) return false;

        switch (target.Ring.LaneBytes)
        {
            case 1: AddLanes<byte>(target.Ring, target.Lanes<byte>().Slice(offset, count), packed); break;
            case 2: AddLanes<ushort>(target.Ring, target.Lanes<ushort>().Slice(offset, count), packed); break;
            case 4: AddLanes<uint>(target.Ring, target.Lanes<uint>().Slice(offset, count), packed); break;
            default: AddLanes<ulong>(target.Ring, target.Lanes<ulong>().Slice(offset, count), packed); break;
        }

        return true;
    }

    private static void ThrowUnlessRange(ModularVector vector, int offset, int count, int bytes)
    {
        if (offset < 0 || offset % Group != 0) throw new ArgumentException($"The offset {offset} is not a multiple of {Group}.", nameof(offset));
        if (count < 0 || count > vector.Length - offset) throw new ArgumentException("The range is outside the vector.", nameof(count));
        if (bytes != PackedBytes(vector.Ring, count)) throw new ArgumentException($"{count} residues of {vector.Ring} take {PackedBytes(vector.Ring, count)} bytes, not {bytes}.", nameof(bytes));
    }

    private static void PackLanes<TLane>(ResidueRing ring, ReadOnlySpan<TLane> lanes, Span<byte> destination)
        where TLane : unmanaged, IBinaryInteger<TLane>
    {
        if (ring.Bits == 8 * ring.LaneBytes)
        {
            MemoryMarshal.AsBytes(lanes).CopyTo(destination);
            return;
        }

        unchecked
        {
            int bits = ring.Bits, held = 0, at = 0;
            ulong mask = ring.Mask, buffer = 0;
            foreach (TLane lane in lanes)
            {
                ulong residue = ulong.CreateTruncating(lane) & mask;
                buffer |= residue << held;
                held += bits;
                if (held < 64) continue;

                BinaryPrimitives.WriteUInt64LittleEndian(destination[at..], buffer);
                at += 8;
                held -= 64;
                buffer = held == 0 ? 0 : residue >> (bits - held);
            }

            for (; held > 0; held -= 8, buffer >>= 8) destination[at++] = (byte)buffer;
        }
    }

    private static void AddLanes<TLane>(ResidueRing ring, Span<TLane> lanes, ReadOnlySpan<byte> packed)
        where TLane : unmanaged, IBinaryInteger<TLane>
    {
        unchecked
        {
            int done = VectorUnpacking.AddGroups(ring, lanes, packed);
            int bits = ring.Bits, held = 0, at = (int)((long)done * bits / 8);
            ulong mask = ring.Mask, buffer = 0;
            for (int i = done; i < lanes.Length; i++)
            {
                ulong residue = buffer;
                if (held < bits)
                {
                    ulong next = Next(packed, ref at, out int bitsRead);
                    residue |= next << held;
                    int taken = bits - held;
                    buffer = taken == 64 ? 0 : next >> taken;
                    held = bitsRead - taken;
                }
                else
                {
                    buffer >>= bits;
                    held -= bits;
                }

                lanes[i] += TLane.CreateTruncating(residue & mask);
            }
        }
    }

    private static ulong Next(ReadOnlySpan<byte> packed, ref int at, out int bits)
    {
        unchecked
        {
            if (packed.Length - at >= 8)
            {
                ulong word = BinaryPrimitives.ReadUInt64LittleEndian(packed[at..]);
                at += 8;
                bits = 64;
                return word;
            }

            ulong tail = 0;
            bits = 0;
            for (; at < packed.Length; at++, bits += 8) tail |= (ulong)packed[at] << bits;
            return tail;
        }
    }
}
