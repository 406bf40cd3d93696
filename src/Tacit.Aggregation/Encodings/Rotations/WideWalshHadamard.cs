using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tacit.Aggregation.Encodings.Rotations;

/// <summary>The transform in 512-bit registers: sixteen vectors at a time, so that 2²⁰ values are read and written four times and not twenty.</summary>
/// <remarks>
/// A block is split by sixteen until 256 values are left, which take eight levels in registers. Every block of one level is finished before
/// the next begins, so it is found in the cache that holds it.
/// </remarks>
internal static class WideWalshHadamard
{
    /// <summary>The shortest vector: sixteen registers.</summary>
    public const int Least = 256;

    private const int Lane = 16;

    private const int Resident = 13;   // log2 of the values that stay in the first-level cache

    public static bool IsSupported => Avx512F.IsSupported;

    public static void Transform(Span<float> values) => Split(ref MemoryMarshal.GetReference(values), BitOperations.Log2((uint)values.Length));

    private static void Split(ref float start, int levels)
    {
        nuint length = (nuint)1 << levels;
        // Sixteen streams a power of two apart would share the twelve ways of one cache set, so blocks beyond the first-level cache split by eight.
        int done = levels > Resident ? Math.Min(3, levels - Resident + 1) : Math.Min(4, levels - 8);
        switch (done)
        {
            case 4: Radix16(ref start, length / 16); break;
            case 3: Radix8(ref start, length / 8); break;
            case 2: Radix4(ref start, length / 4); break;
            case 1: Radix2(ref start, length / 2); break;
            default: break;
        }

        int below = levels - done;
        if (below == 8)
        {
            Base(ref start, (nuint)1 << done);
            return;
        }

        for (nuint block = 0; block < (nuint)1 << done; block++) Split(ref Unsafe.Add(ref start, block << below), below);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Radix2(ref float start, nuint stride)
    {
        for (nuint i = 0; i < stride; i += Lane)
        {
            ref float at = ref Unsafe.Add(ref start, i);
            Vector512<float> x0 = Load(ref at, 0), x1 = Load(ref at, 1 * stride);
            (x0, x1) = (x0 + x1, x0 - x1);
            x0.StoreUnsafe(ref at, 0 * stride); x1.StoreUnsafe(ref at, 1 * stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Radix4(ref float start, nuint stride)
    {
        for (nuint i = 0; i < stride; i += Lane)
        {
            ref float at = ref Unsafe.Add(ref start, i);
            Vector512<float> x0 = Load(ref at, 0), x1 = Load(ref at, 1 * stride), x2 = Load(ref at, 2 * stride), x3 = Load(ref at, 3 * stride);
            (x0, x2) = (x0 + x2, x0 - x2); (x1, x3) = (x1 + x3, x1 - x3);
            (x0, x1) = (x0 + x1, x0 - x1); (x2, x3) = (x2 + x3, x2 - x3);
            x0.StoreUnsafe(ref at, 0 * stride); x1.StoreUnsafe(ref at, 1 * stride);
            x2.StoreUnsafe(ref at, 2 * stride); x3.StoreUnsafe(ref at, 3 * stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Radix8(ref float start, nuint stride)
    {
        for (nuint i = 0; i < stride; i += Lane)
        {
            ref float at = ref Unsafe.Add(ref start, i);
            Vector512<float> x0 = Load(ref at, 0), x1 = Load(ref at, 1 * stride), x2 = Load(ref at, 2 * stride), x3 = Load(ref at, 3 * stride);
            Vector512<float> x4 = Load(ref at, 4 * stride), x5 = Load(ref at, 5 * stride), x6 = Load(ref at, 6 * stride), x7 = Load(ref at, 7 * stride);
            (x0, x4) = (x0 + x4, x0 - x4); (x1, x5) = (x1 + x5, x1 - x5);
            (x2, x6) = (x2 + x6, x2 - x6); (x3, x7) = (x3 + x7, x3 - x7);
            (x0, x2) = (x0 + x2, x0 - x2); (x1, x3) = (x1 + x3, x1 - x3);
            (x4, x6) = (x4 + x6, x4 - x6); (x5, x7) = (x5 + x7, x5 - x7);
            (x0, x1) = (x0 + x1, x0 - x1); (x2, x3) = (x2 + x3, x2 - x3);
            (x4, x5) = (x4 + x5, x4 - x5); (x6, x7) = (x6 + x7, x6 - x7);
            x0.StoreUnsafe(ref at, 0 * stride); x1.StoreUnsafe(ref at, 1 * stride);
            x2.StoreUnsafe(ref at, 2 * stride); x3.StoreUnsafe(ref at, 3 * stride);
            x4.StoreUnsafe(ref at, 4 * stride); x5.StoreUnsafe(ref at, 5 * stride);
            x6.StoreUnsafe(ref at, 6 * stride); x7.StoreUnsafe(ref at, 7 * stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Radix16(ref float start, nuint stride)
    {
        for (nuint i = 0; i < stride; i += Lane)
        {
            ref float at = ref Unsafe.Add(ref start, i);
            Vector512<float> x0 = Load(ref at, 0), x1 = Load(ref at, 1 * stride), x2 = Load(ref at, 2 * stride), x3 = Load(ref at, 3 * stride);
            Vector512<float> x4 = Load(ref at, 4 * stride), x5 = Load(ref at, 5 * stride), x6 = Load(ref at, 6 * stride), x7 = Load(ref at, 7 * stride);
            Vector512<float> x8 = Load(ref at, 8 * stride), x9 = Load(ref at, 9 * stride), x10 = Load(ref at, 10 * stride), x11 = Load(ref at, 11 * stride);
            Vector512<float> x12 = Load(ref at, 12 * stride), x13 = Load(ref at, 13 * stride), x14 = Load(ref at, 14 * stride), x15 = Load(ref at, 15 * stride);
            (x0, x8) = (x0 + x8, x0 - x8); (x1, x9) = (x1 + x9, x1 - x9);
            (x2, x10) = (x2 + x10, x2 - x10); (x3, x11) = (x3 + x11, x3 - x11);
            (x4, x12) = (x4 + x12, x4 - x12); (x5, x13) = (x5 + x13, x5 - x13);
            (x6, x14) = (x6 + x14, x6 - x14); (x7, x15) = (x7 + x15, x7 - x15);
            (x0, x4) = (x0 + x4, x0 - x4); (x1, x5) = (x1 + x5, x1 - x5);
            (x2, x6) = (x2 + x6, x2 - x6); (x3, x7) = (x3 + x7, x3 - x7);
            (x8, x12) = (x8 + x12, x8 - x12); (x9, x13) = (x9 + x13, x9 - x13);
            (x10, x14) = (x10 + x14, x10 - x14); (x11, x15) = (x11 + x15, x11 - x15);
            (x0, x2) = (x0 + x2, x0 - x2); (x1, x3) = (x1 + x3, x1 - x3);
            (x4, x6) = (x4 + x6, x4 - x6); (x5, x7) = (x5 + x7, x5 - x7);
            (x8, x10) = (x8 + x10, x8 - x10); (x9, x11) = (x9 + x11, x9 - x11);
            (x12, x14) = (x12 + x14, x12 - x14); (x13, x15) = (x13 + x15, x13 - x15);
            (x0, x1) = (x0 + x1, x0 - x1); (x2, x3) = (x2 + x3, x2 - x3);
            (x4, x5) = (x4 + x5, x4 - x5); (x6, x7) = (x6 + x7, x6 - x7);
            (x8, x9) = (x8 + x9, x8 - x9); (x10, x11) = (x10 + x11, x10 - x11);
            (x12, x13) = (x12 + x13, x12 - x13); (x14, x15) = (x14 + x15, x14 - x15);
            x0.StoreUnsafe(ref at, 0 * stride); x1.StoreUnsafe(ref at, 1 * stride);
            x2.StoreUnsafe(ref at, 2 * stride); x3.StoreUnsafe(ref at, 3 * stride);
            x4.StoreUnsafe(ref at, 4 * stride); x5.StoreUnsafe(ref at, 5 * stride);
            x6.StoreUnsafe(ref at, 6 * stride); x7.StoreUnsafe(ref at, 7 * stride);
            x8.StoreUnsafe(ref at, 8 * stride); x9.StoreUnsafe(ref at, 9 * stride);
            x10.StoreUnsafe(ref at, 10 * stride); x11.StoreUnsafe(ref at, 11 * stride);
            x12.StoreUnsafe(ref at, 12 * stride); x13.StoreUnsafe(ref at, 13 * stride);
            x14.StoreUnsafe(ref at, 14 * stride); x15.StoreUnsafe(ref at, 15 * stride);
        }
    }

    // Strides 128 to 16 between the sixteen vectors of 256 values, then 8 to 1 inside each.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Base(ref float start, nuint blocks)
    {
        for (nuint block = 0; block < blocks; block++)
        {
            ref float at = ref Unsafe.Add(ref start, block * Least);
            Vector512<float> x0 = Load(ref at, 0), x1 = Load(ref at, 1 * Lane), x2 = Load(ref at, 2 * Lane), x3 = Load(ref at, 3 * Lane);
            Vector512<float> x4 = Load(ref at, 4 * Lane), x5 = Load(ref at, 5 * Lane), x6 = Load(ref at, 6 * Lane), x7 = Load(ref at, 7 * Lane);
            Vector512<float> x8 = Load(ref at, 8 * Lane), x9 = Load(ref at, 9 * Lane), x10 = Load(ref at, 10 * Lane), x11 = Load(ref at, 11 * Lane);
            Vector512<float> x12 = Load(ref at, 12 * Lane), x13 = Load(ref at, 13 * Lane), x14 = Load(ref at, 14 * Lane), x15 = Load(ref at, 15 * Lane);
            (x0, x8) = (x0 + x8, x0 - x8); (x1, x9) = (x1 + x9, x1 - x9);
            (x2, x10) = (x2 + x10, x2 - x10); (x3, x11) = (x3 + x11, x3 - x11);
            (x4, x12) = (x4 + x12, x4 - x12); (x5, x13) = (x5 + x13, x5 - x13);
            (x6, x14) = (x6 + x14, x6 - x14); (x7, x15) = (x7 + x15, x7 - x15);
            (x0, x4) = (x0 + x4, x0 - x4); (x1, x5) = (x1 + x5, x1 - x5);
            (x2, x6) = (x2 + x6, x2 - x6); (x3, x7) = (x3 + x7, x3 - x7);
            (x8, x12) = (x8 + x12, x8 - x12); (x9, x13) = (x9 + x13, x9 - x13);
            (x10, x14) = (x10 + x14, x10 - x14); (x11, x15) = (x11 + x15, x11 - x15);
            (x0, x2) = (x0 + x2, x0 - x2); (x1, x3) = (x1 + x3, x1 - x3);
            (x4, x6) = (x4 + x6, x4 - x6); (x5, x7) = (x5 + x7, x5 - x7);
            (x8, x10) = (x8 + x10, x8 - x10); (x9, x11) = (x9 + x11, x9 - x11);
            (x12, x14) = (x12 + x14, x12 - x14); (x13, x15) = (x13 + x15, x13 - x15);
            (x0, x1) = (x0 + x1, x0 - x1); (x2, x3) = (x2 + x3, x2 - x3);
            (x4, x5) = (x4 + x5, x4 - x5); (x6, x7) = (x6 + x7, x6 - x7);
            (x8, x9) = (x8 + x9, x8 - x9); (x10, x11) = (x10 + x11, x10 - x11);
            (x12, x13) = (x12 + x13, x12 - x13); (x14, x15) = (x14 + x15, x14 - x15);
            Inside(x0).StoreUnsafe(ref at, 0 * Lane); Inside(x1).StoreUnsafe(ref at, 1 * Lane);
            Inside(x2).StoreUnsafe(ref at, 2 * Lane); Inside(x3).StoreUnsafe(ref at, 3 * Lane);
            Inside(x4).StoreUnsafe(ref at, 4 * Lane); Inside(x5).StoreUnsafe(ref at, 5 * Lane);
            Inside(x6).StoreUnsafe(ref at, 6 * Lane); Inside(x7).StoreUnsafe(ref at, 7 * Lane);
            Inside(x8).StoreUnsafe(ref at, 8 * Lane); Inside(x9).StoreUnsafe(ref at, 9 * Lane);
            Inside(x10).StoreUnsafe(ref at, 10 * Lane); Inside(x11).StoreUnsafe(ref at, 11 * Lane);
            Inside(x12).StoreUnsafe(ref at, 12 * Lane); Inside(x13).StoreUnsafe(ref at, 13 * Lane);
            Inside(x14).StoreUnsafe(ref at, 14 * Lane); Inside(x15).StoreUnsafe(ref at, 15 * Lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Inside(Vector512<float> x)
    {
        // x · (±1) + partner is exact in its product, so it rounds as an addition or subtraction does.
        x = Avx512F.FusedMultiplyAdd(x, Signs(8), Avx512F.Shuffle4x128(x, x, 0b01_00_11_10));
        x = Avx512F.FusedMultiplyAdd(x, Signs(4), Avx512F.Shuffle4x128(x, x, 0b10_11_00_01));
        x = Avx512F.FusedMultiplyAdd(x, Signs(2), Avx512F.Permute2x64(x.AsDouble(), 0b01_01_01_01).AsSingle());
        return Avx512F.FusedMultiplyAdd(x, Signs(1), Avx512F.Permute4x32(x, 0b10_11_00_01));
    }

    // −1 where the value is the second of its pair.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Signs(int stride) => stride switch
    {
        8 => Vector512.Create(1f, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1),
        4 => Vector512.Create(1f, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1, -1),
        2 => Vector512.Create(1f, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1),
        _ => Vector512.Create(1f, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(ref float at, nuint offset) => Vector512.LoadUnsafe(ref at, offset);
}
