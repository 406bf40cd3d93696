using System.Buffers.Binary;
using System.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>A weight of at most 2¹⁶⁰ in fixed words, for filling the columns of an <see cref="AliasTable"/> without allocations.</summary>
/// <param name="High">The weight over 2¹²⁸, rounded down.</param>
/// <param name="Low">The rest.</param>
internal readonly record struct ColumnWeight(ulong High, UInt128 Low)
{
    /// <summary>The same number.</summary>
    /// <param name="weight">In [0, 2¹⁶⁰].</param>
    public static ColumnWeight From(BigInteger weight)
    {
        Span<byte> bytes = stackalloc byte[24];
        bytes.Clear();
        if (!weight.TryWriteBytes(bytes, out _, isUnsigned: true)) throw new OverflowException("A weight is at most 2^160.");
        return new ColumnWeight(BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadUInt128LittleEndian(bytes));
    }

    /// <summary>This and the other less a capacity that is a multiple of 2¹²⁸ and not above their sum.</summary>
    /// <param name="other">Another weight.</param>
    /// <param name="capacity">Over 2¹²⁸.</param>
    public ColumnWeight PlusLess(ColumnWeight other, ulong capacity)
    {
        UInt128 low = unchecked(Low + other.Low);
        return new ColumnWeight(High + other.High + (low < Low ? 1UL : 0) - capacity, low);
    }
}
