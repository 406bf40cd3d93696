using System.Runtime.Intrinsics;

namespace Tacit.Learning.Kernels;

/// <summary>The product of two float matrices, the one operation that training spends its time in.</summary>
/// <remarks>
/// Large products are packed and blocked (Goto and van de Geijn 2008; Van Zee and van de Geijn 2015, BLIS); small ones run over the
/// operands as they lie. The order of additions, and with it the last bits, depends on the width of the machine's vectors. Methods are
/// thread-safe.
/// </remarks>
public static class MatrixProduct
{
    /// <summary>Below this many multiplications packing costs more than it gains.</summary>
    private const long PackingPays = 64 * 64 * 64;

    /// <summary>Overwrites (or adds to) <paramref name="c"/> with <paramref name="a"/> · <paramref name="b"/>.</summary>
    /// <param name="a">m × k; use <see cref="MatrixView.Transposed"/> for op(A) = Aᵀ.</param>
    /// <param name="b">k × n; use <see cref="MatrixView.Transposed"/> for op(B) = Bᵀ.</param>
    /// <param name="c">m × n; must not overlap the operands.</param>
    /// <param name="accumulate">True for C += A·B, false for C = A·B.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void Multiply(MatrixView a, MatrixView b, MatrixTarget c, bool accumulate = false)
    {
        if (a.Columns != b.Rows || a.Rows != c.Rows || b.Columns != c.Columns)
            throw new ArgumentException($"{a.Rows}×{a.Columns} times {b.Rows}×{b.Columns} does not give {c.Rows}×{c.Columns}.", nameof(c));

        if (!accumulate) Clear(c);
        if (a.Columns == 0 || c.Rows == 0 || c.Columns == 0) return;

        bool large = Vector256.IsHardwareAccelerated
            && (long)c.Rows * c.Columns * a.Columns >= PackingPays && c.Rows >= 8 && c.Columns >= 16;
        if (large) PackedProduct.Add(a, b, c);
        else UnpackedProduct.Add(a, b, c);
    }

    private static void Clear(MatrixTarget c)
    {
        for (int i = 0; i < c.Rows; i++) c.Values.Slice(i * c.RowStride, c.Columns).Clear();
    }
}
