using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tacit.Learning.Kernels;

/// <summary>A 6 × 16 tile in 12 of 16 registers of 256 bits; on narrower machines the runtime splits them, which stays correct.</summary>
internal static class MicroKernel
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 6;

    /// <summary>Columns of a tile.</summary>
    public const int Columns = 16;

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
        Vector256<float> c00 = default, c01 = default;
        Vector256<float> c10 = default, c11 = default;
        Vector256<float> c20 = default, c21 = default;
        Vector256<float> c30 = default, c31 = default;
        Vector256<float> c40 = default, c41 = default;
        Vector256<float> c50 = default, c51 = default;
        unchecked
        {
            for (int k = b.Length / Columns; k > 0; k--)
            {
                Vector256<float> y0 = Vector256.LoadUnsafe(ref y), y1 = Vector256.LoadUnsafe(ref y, 8);
                Vector256<float> x0 = Vector256.Create(x);
                c00 = Vector256.FusedMultiplyAdd(x0, y0, c00); c01 = Vector256.FusedMultiplyAdd(x0, y1, c01);
                Vector256<float> x1 = Vector256.Create(Unsafe.Add(ref x, 1));
                c10 = Vector256.FusedMultiplyAdd(x1, y0, c10); c11 = Vector256.FusedMultiplyAdd(x1, y1, c11);
                Vector256<float> x2 = Vector256.Create(Unsafe.Add(ref x, 2));
                c20 = Vector256.FusedMultiplyAdd(x2, y0, c20); c21 = Vector256.FusedMultiplyAdd(x2, y1, c21);
                Vector256<float> x3 = Vector256.Create(Unsafe.Add(ref x, 3));
                c30 = Vector256.FusedMultiplyAdd(x3, y0, c30); c31 = Vector256.FusedMultiplyAdd(x3, y1, c31);
                Vector256<float> x4 = Vector256.Create(Unsafe.Add(ref x, 4));
                c40 = Vector256.FusedMultiplyAdd(x4, y0, c40); c41 = Vector256.FusedMultiplyAdd(x4, y1, c41);
                Vector256<float> x5 = Vector256.Create(Unsafe.Add(ref x, 5));
                c50 = Vector256.FusedMultiplyAdd(x5, y0, c50); c51 = Vector256.FusedMultiplyAdd(x5, y1, c51);
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
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<float> left, Vector256<float> right, ref float row)
    {
        (Vector256.LoadUnsafe(ref row) + left).StoreUnsafe(ref row);
        (Vector256.LoadUnsafe(ref row, 8) + right).StoreUnsafe(ref row, 8);
    }
}
