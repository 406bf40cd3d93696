using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tacit.Cryptography.Rings;

/// <summary>Moves signed integers into and out of a modular vector, many at a time.</summary>
public static class SignedResidues
{
    /// <summary>Adds signed integers to a range of the vector, modulo 2ᵇ.</summary>
    /// <param name="vector">Overwritten from <paramref name="start"/> on.</param>
    /// <param name="start">Index of the first residue.</param>
    /// <param name="values">Any integers.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the vector.</exception>
    public static void Add(ModularVector vector, int start, ReadOnlySpan<int> values)
    {
        ThrowUnlessInside(vector, start, values.Length);
        switch (vector.Ring.LaneBytes)
        {
            case 2: AddNarrow(vector.Lanes<short>().Slice(start, values.Length), values); break;
            case 4: AddWide(vector.Lanes<int>().Slice(start, values.Length), values); break;
            default:
                for (int i = 0; i < values.Length; i++) vector[start + i] = vector.Ring.Reduce(unchecked((long)vector[start + i] + values[i]));
                break;
        }
    }

    /// <summary>Reads a range as signed numbers in [−2ᵇ⁻¹, 2ᵇ⁻¹).</summary>
    /// <param name="vector">Over ℤ/2ᵇ with b at most 32.</param>
    /// <param name="start">Index of the first residue.</param>
    /// <param name="values">Overwritten.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the vector, or b is above 32.</exception>
    public static void Centre(ModularVector vector, int start, Span<int> values)
    {
        ThrowUnlessInside(vector, start, values.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vector.Ring.Bits, 32);
        int shift = 32 - vector.Ring.Bits;
        if (vector.Ring.LaneBytes == 2)
        {
            ReadOnlySpan<short> lanes = vector.Lanes<short>().Slice(start, values.Length);
            for (int i = 0; i < values.Length; i++) values[i] = unchecked(lanes[i] << shift) >> shift;
        }
        else if (vector.Ring.LaneBytes == 4)
        {
            ReadOnlySpan<int> lanes = vector.Lanes<int>().Slice(start, values.Length);
            for (int i = 0; i < values.Length; i++) values[i] = unchecked(lanes[i] << shift) >> shift;
        }
        else
        {
            for (int i = 0; i < values.Length; i++) values[i] = (int)vector.Ring.Centre(vector[start + i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]   // called a few times a round: the first call must be fast
    private static void AddNarrow(Span<short> lanes, ReadOnlySpan<int> values)
    {
        ref short to = ref MemoryMarshal.GetReference(lanes);
        ref int from = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i <= lanes.Length - 32; i += 32)
        {
            Vector512<short> low = Vector512.Narrow(Vector512.LoadUnsafe(ref from, (nuint)i), Vector512.LoadUnsafe(ref from, (nuint)i + 16));
            (Vector512.LoadUnsafe(ref to, (nuint)i) + low).StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < lanes.Length; i++) lanes[i] = unchecked((short)(lanes[i] + values[i]));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]   // called a few times a round: the first call must be fast
    private static void AddWide(Span<int> lanes, ReadOnlySpan<int> values)
    {
        ref int to = ref MemoryMarshal.GetReference(lanes);
        ref int from = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i <= lanes.Length - 16; i += 16) (Vector512.LoadUnsafe(ref to, (nuint)i) + Vector512.LoadUnsafe(ref from, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        for (; i < lanes.Length; i++) lanes[i] = unchecked(lanes[i] + values[i]);
    }

    private static void ThrowUnlessInside(ModularVector vector, int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, vector.Length - count);
    }
}
