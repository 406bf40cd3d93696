using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tacit.Cryptography.Randomness;

/// <summary>Uniform numbers from uniform bytes.</summary>
public static class RandomSourceExtensions
{
    /// <summary>A uniform 64-bit integer.</summary>
    /// <param name="random">Where the bytes come from.</param>
    public static ulong NextUInt64(this IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[8];
        random.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A uniform integer in [0, <paramref name="exclusiveBound"/>), without modulo bias.</summary>
    /// <param name="random">Where the bytes come from.</param>
    /// <param name="exclusiveBound">Positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is zero.</exception>
    /// <remarks>Lemire 2019, Algorithm 5: multiply, keep the high word, reject the short first interval.</remarks>
    public static ulong NextBelow(this IRandomSource random, ulong exclusiveBound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(exclusiveBound);
        ulong high = Math.BigMul(random.NextUInt64(), exclusiveBound, out ulong low);
        if (low >= exclusiveBound) return high;

        ulong threshold = unchecked(0UL - exclusiveBound) % exclusiveBound;
        while (low < threshold) high = Math.BigMul(random.NextUInt64(), exclusiveBound, out low);
        return high;
    }

    /// <summary>A uniform index in [0, <paramref name="exclusiveBound"/>).</summary>
    /// <param name="random">Where the bytes come from.</param>
    /// <param name="exclusiveBound">Positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public static int NextIndex(this IRandomSource random, int exclusiveBound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveBound);
        return (int)random.NextBelow((ulong)exclusiveBound);
    }

    /// <summary>A uniform multiple of 2⁻⁵³ in [0, 1). For training and simulation, not for privacy noise.</summary>
    /// <param name="random">Where the bytes come from.</param>
    public static double NextDouble(this IRandomSource random) => (random.NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A standard normal number. For training and simulation, never for privacy noise: floating point leaks (Mironov 2012).</summary>
    /// <param name="random">Where the bytes come from.</param>
    /// <remarks>Box and Muller 1958; the second number of the pair is thrown away so that one call has one meaning.</remarks>
    public static double NextNormal(this IRandomSource random)
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
        return radius * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>Permutes the items uniformly, in place.</summary>
    /// <typeparam name="TItem">Anything.</typeparam>
    /// <param name="random">Where the bytes come from.</param>
    /// <param name="items">Overwritten with a uniform permutation of itself.</param>
    /// <remarks>Fisher and Yates, as in Knuth, TAOCP 2, Algorithm 3.4.2P.</remarks>
    public static void Shuffle<TItem>(this IRandomSource random, Span<TItem> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = random.NextIndex(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>Overwrites the buffer with uniform 64-bit words in one call to the source.</summary>
    /// <param name="random">Where the bytes come from.</param>
    /// <param name="destination">Filled completely.</param>
    public static void Fill(this IRandomSource random, Span<ulong> destination) => random.Fill(MemoryMarshal.AsBytes(destination));
}
