using System.Buffers.Binary;

namespace Tacit.Cryptography.Groups;

/// <summary>u1·G + u2·Q for eight public keys Q at once, as signatures are checked.</summary>
/// <remarks>64 doublings and 96 additions with complete formulas. For public scalars only.</remarks>
internal static class P256Sums
{
    private const int Lanes = 8, WordsOfScalar = 4, CoordinateBytes = 32;

    private static readonly byte[] primeLessOrder = Convert.FromHexString("000000000000000000000000000000004319055358e8617b0c46353d039cdaae");
    private static readonly byte[] order = Convert.FromHexString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

    /// <summary>u1·G + u2·Q.</summary>
    /// <param name="keys">Eight combs of Q.</param>
    /// <param name="u1">Eight scalars of four words, lowest first.</param>
    /// <param name="u2">Eight scalars of four words, lowest first.</param>
    public static P256Points Compute(ReadOnlySpan<P256Comb> keys, ReadOnlySpan<ulong> u1, ReadOnlySpan<ulong> u2)
    {
        P256Comb ofBase = P256Comb.BasePoint;
        P256Comb[] bases = [ofBase, ofBase, ofBase, ofBase, ofBase, ofBase, ofBase, ofBase];
        P256Lanes b = P256Lanes.CurveB;
        P256Points sum = P256Points.Infinity;
        for (int digit = keys[0].Digits - 1; digit >= 0; digit--)
        {
            P256Points.Double(sum, b, out sum);
            AddEntries(ref sum, keys, u2, digit, b);
            if (digit < ofBase.Digits) AddEntries(ref sum, bases, u1, digit, b);
        }

        return sum;
    }

    /// <summary>Whether the x coordinate of each point is r modulo the order: "Convert the x-coordinate of R to an integer; if v = r mod n, accept" (FIPS 186-5, Section 6.4.2).</summary>
    /// <param name="points">Eight points; infinity matches nothing.</param>
    /// <param name="r">Eight numbers below the order, 32 bytes each.</param>
    /// <param name="match">Eight answers, overwritten.</param>
    public static void MatchAbscissas(in P256Points points, ReadOnlySpan<ReadOnlyMemory<byte>> r, Span<bool> match)
    {
        Span<bool> infinite = stackalloc bool[Lanes];
        points.Z.AreZero(infinite);
        MatchExactly(points, r, match);
        if (r.ToArray().Any(lane => lane.Span.SequenceCompareTo(primeLessOrder) < 0))
        {
            // x may have been r + order, which is then below p too
            Span<bool> second = stackalloc bool[Lanes];
            ReadOnlyMemory<byte>[] above = [.. r.ToArray().Select(lane => lane.Span.SequenceCompareTo(primeLessOrder) < 0 ? PlusOrder(lane.Span) : lane)];
            MatchExactly(points, above, second);
            for (int lane = 0; lane < Lanes; lane++) match[lane] |= second[lane];
        }

        for (int lane = 0; lane < Lanes; lane++) match[lane] &= !infinite[lane];
    }

    private static void AddEntries(ref P256Points sum, ReadOnlySpan<P256Comb> combs, ReadOnlySpan<ulong> scalars, int digit, in P256Lanes b)
    {
        Span<int> indices = stackalloc int[Lanes];
        for (int lane = 0; lane < Lanes; lane++) indices[lane] = combs[lane].DigitOf(scalars.Slice(lane * WordsOfScalar, WordsOfScalar), digit);
        P256Points.Add(sum, P256Comb.Select(combs, indices), b, out sum);
    }

    // x = X/Z, so X = x·Z without an inversion.
    private static void MatchExactly(in P256Points points, ReadOnlySpan<ReadOnlyMemory<byte>> x, Span<bool> match)
    {
        P256Lanes.Multiply(P256Lanes.Read(x), points.Z, out P256Lanes expected);
        P256Lanes.Subtract(points.X, expected, out P256Lanes difference);
        difference.AreZero(match);
    }

    private static ReadOnlyMemory<byte> PlusOrder(ReadOnlySpan<byte> r)
    {
        byte[] sum = new byte[CoordinateBytes];
        UInt128 low = BinaryPrimitives.ReadUInt128BigEndian(r[16..]), orderLow = BinaryPrimitives.ReadUInt128BigEndian(order.AsSpan(16));
        UInt128 sumLow = unchecked(low + orderLow), carry = sumLow < low ? UInt128.One : UInt128.Zero;
        BinaryPrimitives.WriteUInt128BigEndian(sum.AsSpan(16), sumLow);
        BinaryPrimitives.WriteUInt128BigEndian(sum, unchecked(BinaryPrimitives.ReadUInt128BigEndian(r) + BinaryPrimitives.ReadUInt128BigEndian(order) + carry));
        return sum;
    }
}
