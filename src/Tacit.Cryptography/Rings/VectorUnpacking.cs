using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tacit.Cryptography.Rings;

/// <summary>Adds eight packed residues an iteration with AVX-512 VBMI: a byte permutation, a shift by lane, a mask, an addition.</summary>
internal static class VectorUnpacking
{
    /// <summary>Adds as many whole groups as the instruction set allows.</summary>
    /// <returns>Residues added, a multiple of <see cref="BitPacking.Group"/>; 0 where the path is not supported.</returns>
    public static int AddGroups<TLane>(ResidueRing ring, Span<TLane> lanes, ReadOnlySpan<byte> packed)
        where TLane : unmanaged, IBinaryInteger<TLane>
    {
        // A window of eight bytes must hold b bits at any bit offset; one load takes 64 bytes, so the end is left to the caller.
        if (!Avx512Vbmi.IsSupported || ring.Bits > 57) return 0;
        unchecked
        {
            (Vector512<byte> windows, Vector512<ulong> shifts) = Layout(ring.Bits);
            Vector512<ulong> mask = Vector512.Create(ring.Mask);
            ref byte source = ref MemoryMarshal.GetReference(packed);
            ref TLane target = ref MemoryMarshal.GetReference(lanes);
            int i = 0;
            for (int at = 0; packed.Length - at >= 64 && lanes.Length - i >= BitPacking.Group; at += ring.Bits, i += BitPacking.Group)
            {
                Vector512<byte> bytes = Avx512Vbmi.PermuteVar64x8(Vector512.LoadUnsafe(ref source, (nuint)at), windows);
                Vector512<ulong> residues = Avx512F.ShiftRightLogicalVariable(bytes.AsUInt64(), shifts) & mask;
                AddEight(ref Unsafe.Add(ref target, i), residues);
            }

            return i;
        }
    }

    private static (Vector512<byte> Windows, Vector512<ulong> Shifts) Layout(int bits)
    {
        Span<byte> windows = stackalloc byte[64];
        Span<ulong> shifts = stackalloc ulong[8];
        for (int lane = 0; lane < 8; lane++)
        {
            shifts[lane] = (ulong)(lane * bits % 8);
            for (int b = 0; b < 8; b++) windows[8 * lane + b] = (byte)Math.Min(63, lane * bits / 8 + b);
        }

        return (Vector512.Create<byte>(windows), Vector512.Create<ulong>(shifts));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddEight<TLane>(ref TLane target, Vector512<ulong> residues) where TLane : unmanaged
    {
        if (typeof(TLane) == typeof(ulong))
        {
            ref ulong t = ref Unsafe.As<TLane, ulong>(ref target);
            (Vector512.LoadUnsafe(ref t) + residues).StoreUnsafe(ref t);
        }
        else if (typeof(TLane) == typeof(uint))
        {
            ref uint t = ref Unsafe.As<TLane, uint>(ref target);
            (Vector256.LoadUnsafe(ref t) + Avx512F.ConvertToVector256UInt32(residues)).StoreUnsafe(ref t);
        }
        else if (typeof(TLane) == typeof(ushort))
        {
            ref ushort t = ref Unsafe.As<TLane, ushort>(ref target);
            (Vector128.LoadUnsafe(ref t) + Avx512F.ConvertToVector128UInt16(residues)).StoreUnsafe(ref t);
        }
        else
        {
            // Eight bytes in the lower half of 128 bits: vectors of 64 are no instructions here.
            ref byte t = ref Unsafe.As<TLane, byte>(ref target);
            Vector128<byte> sum = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref t)).AsByte() + Avx512F.ConvertToVector128Byte(residues);
            Unsafe.WriteUnaligned(ref t, sum.AsUInt64().ToScalar());
        }
    }
}
