using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tacit.Privacy.Clipping;

/// <summary>Bounds what one participant can add to a sum.</summary>
public static class NormClipping
{
    /// <summary>‖x‖₂, summed in double precision.</summary>
    /// <param name="vector">Length d.</param>
    /// <returns>NaN or infinity if an element is. Sensitive: never log or send it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]   // called a few times a round: the first call must be fast
    public static double Norm(ReadOnlySpan<float> vector)
    {
        Vector512<double> first = Vector512<double>.Zero, second = Vector512<double>.Zero;   // double: d float squares lose the small ones
        ref float from = ref MemoryMarshal.GetReference(vector);
        int i = 0;
        for (; i <= vector.Length - 16; i += 16)
        {
            (Vector512<double> low, Vector512<double> high) = Vector512.Widen(Vector512.LoadUnsafe(ref from, (nuint)i));
            first += low * low;
            second += high * high;
        }

        double squares = Vector512.Sum(first + second);
        for (; i < vector.Length; i++) squares += (double)vector[i] * vector[i];
        return Math.Sqrt(squares);
    }

    /// <summary>Scales a vector down to an L2 norm of at most <paramref name="bound"/>; shorter vectors are unchanged.</summary>
    /// <param name="vector">Length d; overwritten. Must be finite.</param>
    /// <param name="bound">C in the literature; positive, in the units of <paramref name="vector"/>.</param>
    /// <returns>The norm before clipping, for adaptive clipping. Sensitive: never log or send it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is not positive.</exception>
    /// <remarks>Abadi et al. 2016, Algorithm 1. Rounding can leave the norm a few ulps over the bound.</remarks>
    public static double ClipToNorm(Span<float> vector, double bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);

        double norm = Norm(vector);
        if (norm <= bound) return norm;

        float scale = (float)(bound / norm);
        foreach (ref float x in vector) x *= scale;
        return norm;
    }
}
