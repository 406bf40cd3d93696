using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tacit.Aggregation.Encodings.Rotations;

/// <summary>The fast Walsh–Hadamard transform: in place, n log₂ n additions.</summary>
/// <remarks>
/// The matrix is H with entries (−1)^⟨j,k⟩ and <b>without</b> the factor 1/√n: H · H = n · I. Both paths do the same additions in the same
/// order, strides from n/2 down to 1, so they agree bit for bit.
/// </remarks>
public static class WalshHadamard
{
    // Below this a portable block stays in the first-level cache; above it the transform recurses.
    private const int Resident = 8192;

    /// <summary>Transforms single-precision values in place.</summary>
    /// <param name="values">Length n, a power of two.</param>
    /// <exception cref="ArgumentException">The length is not a power of two.</exception>
    public static void Transform(Span<float> values)
    {
        ThrowUnlessPowerOfTwo(values.Length);
        if (WideWalshHadamard.IsSupported && values.Length >= WideWalshHadamard.Least) WideWalshHadamard.Transform(values);
        else Portable(values);
    }

    /// <summary>Transforms double-precision values in place.</summary>
    /// <param name="values">Length n, a power of two.</param>
    /// <exception cref="ArgumentException">The length is not a power of two.</exception>
    public static void Transform(Span<double> values)
    {
        ThrowUnlessPowerOfTwo(values.Length);
        Portable(values);
    }

    /// <summary>The path for processors without 512-bit vectors.</summary>
    internal static void Portable<TNumber>(Span<TNumber> values) where TNumber : unmanaged, INumber<TNumber>
    {
        int half = values.Length / 2;
        if (half == 0) return;
        Butterflies(values[..half], values[half..]);
        if (values.Length > Resident)
        {
            Portable(values[..half]);
            Portable(values[half..]);
            return;
        }

        for (int stride = half / 2; stride >= 1; stride /= 2)
        {
            for (int start = 0; start < values.Length; start += 2 * stride) Butterflies(values.Slice(start, stride), values.Slice(start + stride, stride));
        }
    }

    private static void Butterflies<TNumber>(Span<TNumber> low, Span<TNumber> high) where TNumber : unmanaged, INumber<TNumber>
    {
        ref TNumber a = ref MemoryMarshal.GetReference(low);
        ref TNumber b = ref MemoryMarshal.GetReference(high);
        int i = 0;
        for (; i <= low.Length - Vector<TNumber>.Count; i += Vector<TNumber>.Count)
        {
            Vector<TNumber> x = Vector.LoadUnsafe(ref a, (nuint)i), y = Vector.LoadUnsafe(ref b, (nuint)i);
            (x + y).StoreUnsafe(ref a, (nuint)i);
            (x - y).StoreUnsafe(ref b, (nuint)i);
        }

        for (; i < low.Length; i++) (low[i], high[i]) = (low[i] + high[i], low[i] - high[i]);
    }

    private static void ThrowUnlessPowerOfTwo(int length, [CallerArgumentExpression(nameof(length))] string? name = null)
    {
        if (!BitOperations.IsPow2(length)) throw new ArgumentException($"The length is {length}; it must be a power of two: pad with zeros.", name);
    }
}
