using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tacit.Cryptography.Randomness;

namespace Tacit.Aggregation.Encodings.Rotations;

/// <summary>The public vector ξ of signs that all participants of a round share: D independent ±1 from a seed.</summary>
/// <remarks>Public and the same for everybody, so it hides nothing; it makes the rotation spread any one input evenly.</remarks>
public sealed class RandomSigns
{
    private readonly byte[] bits;

    /// <summary>Expands a seed.</summary>
    /// <param name="seed">32 public bytes, drawn anew for each round.</param>
    /// <param name="length">D.</param>
    public RandomSigns(ReadOnlySpan<byte> seed, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        bits = new byte[(length + 15) / 16 * 2];
        new PublicCoins(seed).Fill(bits);
    }

    private RandomSigns(byte[] bits, int length) => (this.bits, Length) = (bits, length);

    /// <summary>D.</summary>
    public int Length { get; }

    /// <summary>−1 or 1.</summary>
    /// <param name="index">In [0, D).</param>
    public int this[int index] => (bits[index / 8] >> (index % 8) & 1) == 0 ? 1 : -1;

    /// <summary>Given signs, for known-answer tests.</summary>
    /// <param name="signs">Each −1 or 1.</param>
    public static RandomSigns From(ReadOnlySpan<int> signs)
    {
        byte[] bits = new byte[(signs.Length + 15) / 16 * 2];
        for (int i = 0; i < signs.Length; i++) bits[i / 8] |= (byte)((signs[i] < 0 ? 1 : 0) << (i % 8));
        return new RandomSigns(bits, signs.Length);
    }

    /// <summary>destination = factor · ξ ⊙ source.</summary>
    /// <param name="source">At most D values.</param>
    /// <param name="destination">The same length; may be the source itself.</param>
    /// <param name="factor">Any finite number.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]   // called a few times a round: the first call must be fast
    public void Apply(ReadOnlySpan<float> source, Span<float> destination, float factor)
    {
        ThrowUnlessFits(source.Length, destination.Length);
        ReadOnlySpan<ushort> masks = MemoryMarshal.Cast<byte, ushort>(bits);
        Vector512<int> lanes = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        Vector512<int> zero = Vector512<int>.Zero, sign = Vector512.Create(int.MinValue);
        ref float from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        for (; i <= source.Length - 16; i += 16)
        {
            Vector512<int> flip = Vector512.AndNot(sign, Vector512.Equals(Vector512.Create((int)masks[i / 16]) & lanes, zero));
            ((Vector512.LoadUnsafe(ref from, (nuint)i) * factor).AsInt32() ^ flip).AsSingle().StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < source.Length; i++) destination[i] = source[i] * factor * this[i];
    }

    /// <summary>destination = factor · ξ ⊙ source.</summary>
    /// <param name="source">At most D values.</param>
    /// <param name="destination">The same length; may be the source itself.</param>
    /// <param name="factor">Any finite number.</param>
    public void Apply(ReadOnlySpan<double> source, Span<double> destination, double factor)
    {
        ThrowUnlessFits(source.Length, destination.Length);
        for (int i = 0; i < source.Length; i++) destination[i] = source[i] * factor * this[i];
    }

    private void ThrowUnlessFits(int source, int destination)
    {
        if (source > Length || destination != source) throw new ArgumentException($"Got {source} values for {Length} signs and room for {destination}.");
    }
}
