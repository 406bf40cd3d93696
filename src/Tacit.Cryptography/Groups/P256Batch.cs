using System.Runtime.Intrinsics;

namespace Tacit.Cryptography.Groups;

/// <summary>One secret scalar times eight public points at once: the shape of a key agreement with many peers.</summary>
/// <remarks>
/// Fixed windows of four bits, 256 doublings and 64 additions with complete formulas; every table entry is read for every digit. The course
/// of instructions and memory accesses is the same for all scalars.
/// </remarks>
internal static class P256Batch
{
    /// <summary>Points in a batch.</summary>
    public const int Size = 8;

    private const int WindowBits = 4, TableSize = 1 << WindowBits, CoordinateBytes = 32;

    /// <summary>The x coordinates of scalar · point for eight points.</summary>
    /// <param name="scalar">32 bytes, big-endian, in [1, order − 1]; secret.</param>
    /// <param name="points">Eight validated points, 65 bytes each.</param>
    /// <param name="results">Eight times 32 bytes, overwritten, big-endian; secret.</param>
    public static void Multiply(ReadOnlySpan<byte> scalar, ReadOnlySpan<ReadOnlyMemory<byte>> points, Span<byte> results)
    {
        P256Lanes b = P256Lanes.CurveB;
        P256Points[] table = Table(points, b);
        P256Points sum = P256Points.Infinity;
        for (int window = 0; window < 8 * CoordinateBytes / WindowBits; window++)
        {
            for (int i = 0; i < WindowBits && window > 0; i++) P256Points.Double(sum, b, out sum);
            int digit = scalar[window / 2] >> (window % 2 == 0 ? WindowBits : 0) & (TableSize - 1);
            P256Points.Add(sum, Select(table, digit), b, out sum);
        }

        Invert(sum.Z, out P256Lanes inverse);
        P256Lanes.Multiply(sum.X, inverse, out P256Lanes x);
        x.WriteCanonical(results);
        table.AsSpan().Clear();
    }

    // table[i] = i · point, from infinity on.
    private static P256Points[] Table(ReadOnlySpan<ReadOnlyMemory<byte>> points, in P256Lanes b)
    {
        var table = new P256Points[TableSize];
        table[0] = P256Points.Infinity;
        table[1] = P256Points.Read(points);
        for (int i = 2; i < TableSize; i++)
        {
            if (i % 2 == 0) P256Points.Double(table[i / 2], b, out table[i]);
            else P256Points.Add(table[i - 1], table[1], b, out table[i]);
        }

        return table;
    }

    private static P256Points Select(P256Points[] table, int digit)
    {
        P256Points selected = default;
        for (int i = 0; i < table.Length; i++)
        {
            ulong equal = unchecked((ulong)(((long)(uint)(i ^ digit) - 1) >> 63));   // all ones only for a difference of zero
            Vector512<ulong> mask = Vector512.Create(equal);
            selected.X.Or(mask, table[i].X);
            selected.Y.Or(mask, table[i].Y);
            selected.Z.Or(mask, table[i].Z);
        }

        return selected;
    }

    // a^(p − 2), p − 2 = ffffffff 00000001 00000000 00000000 00000000 ffffffff ffffffff fffffffd; xₙ = a^(2ⁿ − 1).
    private static void Invert(in P256Lanes a, out P256Lanes inverse)
    {
        Extend(a, 1, a, out P256Lanes x2);
        Extend(x2, 2, x2, out P256Lanes x4);
        Extend(x4, 4, x4, out P256Lanes x8);
        Extend(x8, 8, x8, out P256Lanes x16);
        Extend(x16, 16, x16, out P256Lanes x32);
        Extend(x32, 32, a, out P256Lanes r);
        Extend(r, 128, x32, out r);
        Extend(r, 32, x32, out r);
        Extend(x16, 8, x8, out P256Lanes x24);
        Extend(x24, 4, x4, out P256Lanes x28);
        Extend(x28, 2, x2, out P256Lanes x30);
        Extend(r, 30, x30, out r);
        Extend(r, 2, a, out inverse);
    }

    // a^(2^squarings) · b
    private static void Extend(in P256Lanes a, int squarings, in P256Lanes b, out P256Lanes result)
    {
        P256Lanes r = a;
        for (int i = 0; i < squarings; i++) P256Lanes.Square(r, out r);
        P256Lanes.Multiply(r, b, out result);
    }
}
