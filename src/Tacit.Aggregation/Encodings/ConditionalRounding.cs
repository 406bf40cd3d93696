using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Tacit.Cryptography.Randomness;

namespace Tacit.Aggregation.Encodings;

/// <summary>Randomised rounding to integers, repeated until the rounded vector is no longer than the sensitivity says.</summary>
/// <param name="squaredBound">The largest ‖r‖₂² that is let through, in units of the grid squared.</param>
/// <remarks>
/// Kairouz, Liu and Steinke 2021, Algorithm 1. Each coordinate becomes ⌊x⌋ or ⌊x⌋ + 1 with mean x. The norm that is compared is computed on the
/// integers, so no rounding error of what came before can carry a contribution past its sensitivity.
/// </remarks>
public sealed class ConditionalRounding(double squaredBound)
{
    /// <summary>Tries after which the update is refused: a try fails with probability at most β ≤ 0.95, so that many fail with less than 2⁻⁷³.</summary>
    public const int MaximumTries = 1000;

    private const int Tile = 4096;

    // Sums of squares of a tile are exact; adding tiles in doubles errs by far less than this margin.
    private readonly double limit = squaredBound * (1 - 1e-12);

    /// <summary>The largest ‖r‖₂².</summary>
    public double SquaredBound => squaredBound;

    /// <summary>One coordinate, for a given coin.</summary>
    /// <param name="value">Any number within the integers.</param>
    /// <param name="coin">Uniform in [0, 1).</param>
    public static int Round(double value, double coin)
    {
        double floor = Math.Floor(value);
        return (int)floor + (coin < value - floor ? 1 : 0);
    }

    /// <summary>Whether a rounded vector may go on.</summary>
    /// <param name="rounded">Length D.</param>
    public bool Accepts(ReadOnlySpan<int> rounded)
    {
        double squares = 0;
        foreach (int r in rounded) squares += (double)r * r;
        return squares <= limit;
    }

    /// <summary>Rounds a vector.</summary>
    /// <param name="values">Length D, of absolute value below 2³⁰.</param>
    /// <param name="random">Where the coins come from; one 16-byte seed is drawn and expanded.</param>
    /// <param name="rounded">Length D, overwritten. Secret.</param>
    /// <returns>How many tries it took; 0 if none of <see cref="MaximumTries"/> was short enough. Depends on the data: never send it.</returns>
    public int Round(ReadOnlySpan<float> values, IRandomSource random, Span<int> rounded)
    {
        Span<byte> seed = stackalloc byte[16];
        random.Fill(seed);
        using Keystream coins = Keystream.FromKey(seed);
        CryptographicOperations.ZeroMemory(seed);
        ulong position = 0;
        for (int attempt = 1; attempt <= MaximumTries; attempt++)
        {
            if (RoundOnce(values, coins, ref position, rounded) <= limit) return attempt;
        }

        rounded.Clear();
        return 0;
    }

    private static double RoundOnce(ReadOnlySpan<float> values, Keystream coins, ref ulong position, Span<int> rounded)
    {
        Span<uint> words = stackalloc uint[Tile];
        double squares = 0;
        for (int start = 0; start < values.Length; start += Tile)
        {
            int count = Math.Min(Tile, values.Length - start);
            Span<byte> bytes = MemoryMarshal.AsBytes(words[..count]);
            coins.Generate(position, bytes);
            position += (ulong)bytes.Length;
            squares += RoundTile(values.Slice(start, count), words[..count], rounded.Slice(start, count));
        }

        words.Clear();
        return squares;
    }

    // Exact: a coordinate is below 2³⁰ and a tile has 2¹² of them, so a lane stays below 2⁶³ / 16.
    private static Vector512<long> Squares(Vector512<int> r)
    {
        if (Avx512F.IsSupported)
        {
            Vector512<int> odd = (r.AsInt64() >>> 32).AsInt32();
            return Avx512F.Multiply(r, r) + Avx512F.Multiply(odd, odd);
        }

        Vector512<long> low = Vector512.WidenLower(r), high = Vector512.WidenUpper(r);
        return (low * low) + (high * high);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]   // called a few times a round: the first call must be fast
    private static double RoundTile(ReadOnlySpan<float> values, ReadOnlySpan<uint> words, Span<int> rounded)
    {
        const float Unit = 1f / (1 << 24);
        ref float from = ref MemoryMarshal.GetReference(values);
        ref uint word = ref MemoryMarshal.GetReference(words);
        ref int to = ref MemoryMarshal.GetReference(rounded);
        Vector512<long> squares = Vector512<long>.Zero;
        int i = 0;
        for (; i <= values.Length - 16; i += 16)
        {
            Vector512<float> x = Vector512.LoadUnsafe(ref from, (nuint)i), floor = Vector512.Floor(x);
            Vector512<float> coin = Vector512.ConvertToSingle((Vector512.LoadUnsafe(ref word, (nuint)i) >> 8).AsInt32()) * Unit;
            Vector512<int> up = Vector512.LessThan(coin, x - floor).AsInt32();   // −1 where the coin says up
            Vector512<int> r = Vector512.ConvertToInt32Native(floor) - up;
            r.StoreUnsafe(ref to, (nuint)i);
            squares += Squares(r);
        }

        double sum = Vector512.Sum(squares);
        for (; i < values.Length; i++)
        {
            rounded[i] = Round(values[i], (words[i] >> 8) * (double)Unit);
            sum += (double)rounded[i] * rounded[i];
        }

        return sum;
    }
}
