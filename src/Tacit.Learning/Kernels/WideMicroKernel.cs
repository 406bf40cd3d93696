using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tacit.Learning.Kernels;

/// <summary>A 12 × 32 tile in 24 of the 32 registers of a machine with 512-bit vectors; two more hold B, one A.</summary>
internal static class WideMicroKernel
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 12;

    /// <summary>Columns of a tile.</summary>
    public const int Columns = 32;

    /// <summary>Adds the product of two panels to a tile.</summary>
    /// <param name="a">depth × Rows, one column of the panel after the other.</param>
    /// <param name="b">depth × Columns, one row of the panel after the other.</param>
    /// <param name="tile">Rows × Columns, row major: added to.</param>
    /// <param name="stride">Floats from one row of the tile to the next.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> tile, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, Columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(tile.Length, (Rows - 1) * stride + Columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(a.Length / Rows, b.Length / Columns);
        ref float x = ref MemoryMarshal.GetReference(a);
        ref float y = ref MemoryMarshal.GetReference(b);
        ref float to = ref MemoryMarshal.GetReference(tile);
        Vector512<float> c00 = default, c01 = default;
        Vector512<float> c10 = default, c11 = default;
        Vector512<float> c20 = default, c21 = default;
        Vector512<float> c30 = default, c31 = default;
        Vector512<float> c40 = default, c41 = default;
        Vector512<float> c50 = default, c51 = default;
        Vector512<float> c60 = default, c61 = default;
        Vector512<float> c70 = default, c71 = default;
        Vector512<float> c80 = default, c81 = default;
        Vector512<float> c90 = default, c91 = default;
        Vector512<float> cA0 = default, cA1 = default;
        Vector512<float> cB0 = default, cB1 = default;
        unchecked
        {
            for (int k = b.Length / Columns; k > 0; k--)
            {
                Vector512<float> y0 = Vector512.LoadUnsafe(ref y), y1 = Vector512.LoadUnsafe(ref y, 16);
                Vector512<float> x0 = Vector512.Create(x);
                c00 = Vector512.FusedMultiplyAdd(x0, y0, c00); c01 = Vector512.FusedMultiplyAdd(x0, y1, c01);
                Vector512<float> x1 = Vector512.Create(Unsafe.Add(ref x, 1));
                c10 = Vector512.FusedMultiplyAdd(x1, y0, c10); c11 = Vector512.FusedMultiplyAdd(x1, y1, c11);
                Vector512<float> x2 = Vector512.Create(Unsafe.Add(ref x, 2));
                c20 = Vector512.FusedMultiplyAdd(x2, y0, c20); c21 = Vector512.FusedMultiplyAdd(x2, y1, c21);
                Vector512<float> x3 = Vector512.Create(Unsafe.Add(ref x, 3));
                c30 = Vector512.FusedMultiplyAdd(x3, y0, c30); c31 = Vector512.FusedMultiplyAdd(x3, y1, c31);
                Vector512<float> x4 = Vector512.Create(Unsafe.Add(ref x, 4));
                c40 = Vector512.FusedMultiplyAdd(x4, y0, c40); c41 = Vector512.FusedMultiplyAdd(x4, y1, c41);
                Vector512<float> x5 = Vector512.Create(Unsafe.Add(ref x, 5));
                c50 = Vector512.FusedMultiplyAdd(x5, y0, c50); c51 = Vector512.FusedMultiplyAdd(x5, y1, c51);
                Vector512<float> x6 = Vector512.Create(Unsafe.Add(ref x, 6));
                c60 = Vector512.FusedMultiplyAdd(x6, y0, c60); c61 = Vector512.FusedMultiplyAdd(x6, y1, c61);
                Vector512<float> x7 = Vector512.Create(Unsafe.Add(ref x, 7));
                c70 = Vector512.FusedMultiplyAdd(x7, y0, c70); c71 = Vector512.FusedMultiplyAdd(x7, y1, c71);
                Vector512<float> x8 = Vector512.Create(Unsafe.Add(ref x, 8));
                c80 = Vector512.FusedMultiplyAdd(x8, y0, c80); c81 = Vector512.FusedMultiplyAdd(x8, y1, c81);
                Vector512<float> x9 = Vector512.Create(Unsafe.Add(ref x, 9));
                c90 = Vector512.FusedMultiplyAdd(x9, y0, c90); c91 = Vector512.FusedMultiplyAdd(x9, y1, c91);
                Vector512<float> xA = Vector512.Create(Unsafe.Add(ref x, 10));
                cA0 = Vector512.FusedMultiplyAdd(xA, y0, cA0); cA1 = Vector512.FusedMultiplyAdd(xA, y1, cA1);
                Vector512<float> xB = Vector512.Create(Unsafe.Add(ref x, 11));
                cB0 = Vector512.FusedMultiplyAdd(xB, y0, cB0); cB1 = Vector512.FusedMultiplyAdd(xB, y1, cB1);
                x = ref Unsafe.Add(ref x, Rows);
                y = ref Unsafe.Add(ref y, Columns);
            }
        }
        Add(c00, c01, ref to);
        Add(c10, c11, ref Unsafe.Add(ref to, stride));
        Add(c20, c21, ref Unsafe.Add(ref to, 2 * stride));
        Add(c30, c31, ref Unsafe.Add(ref to, 3 * stride));
        Add(c40, c41, ref Unsafe.Add(ref to, 4 * stride));
        Add(c50, c51, ref Unsafe.Add(ref to, 5 * stride));
        Add(c60, c61, ref Unsafe.Add(ref to, 6 * stride));
        Add(c70, c71, ref Unsafe.Add(ref to, 7 * stride));
        Add(c80, c81, ref Unsafe.Add(ref to, 8 * stride));
        Add(c90, c91, ref Unsafe.Add(ref to, 9 * stride));
        Add(cA0, cA1, ref Unsafe.Add(ref to, 10 * stride));
        Add(cB0, cB1, ref Unsafe.Add(ref to, 11 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector512<float> left, Vector512<float> right, ref float row)
    {
        (Vector512.LoadUnsafe(ref row) + left).StoreUnsafe(ref row);
        (Vector512.LoadUnsafe(ref row, 16) + right).StoreUnsafe(ref row, 16);
    }
}
