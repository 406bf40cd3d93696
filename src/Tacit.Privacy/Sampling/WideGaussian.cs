using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>The discrete Gaussian for a large σ: a small one of scale σ/k gives the high part, uniform bits the low part, and a coin corrects.</summary>
/// <remarks>
/// Ducas, Durmus, Lepoint and Lyubashevsky 2013, Section 6: with Z ≥ 0 of weight exp(−Z²/2(σ/k)²) and Y uniform in [0, k), X = kZ + Y accepted with
/// probability exp(−γ), γ = Y(Y + 2kZ)/2σ², has weight exp(−X²/2σ²); a random sign, and −0 refused. Here k is a power of two with 1024 &lt; σ/k ≤ 2048, so γ &lt; 1/64
/// and fewer than one candidate in 2500 is refused. The coin is that of Canonne, Kamath and Steinke 2020, Algorithm 1: its first step, Bernoulli(γ), is
/// settled for almost all candidates by the b bits n that sign and low part leave of a word, V ∈ [n, n+1)·2⁻ᵇ uniform: where n ≥ c·γ, c just above 2ᵇ,
/// V ≥ γ is certain and the candidate is accepted. The doubles of this comparison are exact up to its one product, whose rounding the margin of c covers. Every
/// other candidate is decided by 64 more bits of the same V in doubles, with margins on both sides, and by big integers where they do not tell.
/// </remarks>
internal sealed class WideGaussian : ICoinSampler
{
    private const int BatchDraws = 1024;
    private const int Lanes = 16;
    private const double DefaultTableScale = 2048;
    private const double Margin = 1 + 1.0 / (1L << 40);
    private const double Below = 1 - 1.0 / (1L << 38);

    private readonly AliasTable high;
    private readonly bool isVectorised;
    private readonly int lowBits;
    private readonly int coinBits;
    private readonly double limit;
    private readonly BigInteger numerator;
    private readonly BigInteger denominator;

    /// <summary>Prepares the table of the high part.</summary>
    /// <param name="sigma">σ.</param>
    /// <param name="vectorised">Whether batches go through vectors; the draws are the same.</param>
    /// <param name="largestTableScale">σ/k is at most this and more than half of it; at least 32, so that γ stays below 1.</param>
    public WideGaussian(Rational sigma, bool vectorised, double largestTableScale = DefaultTableScale)
    {
        while (sigma.ToDouble() / (1L << lowBits) > largestTableScale) lowBits++;
        high = new AliasTable(TableWeights.Normalise(TableWeights.HalfGaussian(sigma / (1L << lowBits))), 0) { IsVectorised = vectorised };
        isVectorised = vectorised;
        numerator = sigma.Denominator * sigma.Denominator;
        denominator = 2 * sigma.Numerator * sigma.Numerator;
        coinBits = 31 - lowBits;
        limit = new Rational(numerator << coinBits, denominator).ToDouble() * Margin;
    }

    /// <inheritdoc/>
    public void Fill(CoinStream coins, Span<int> destination)
    {
        int batch = Math.Min(BatchDraws, destination.Length);
        Span<uint> words = stackalloc uint[2 * batch];
        for (; destination.Length > 0; destination = destination[batch..])
        {
            batch = Math.Min(batch, destination.Length);
            coins.Fill(words[..(2 * batch)]);
            high.Draw(words[..batch], coins, destination[..batch]);
            Combine(coins, words.Slice(batch, batch), destination[..batch]);
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words));
    }

    // Leaves a candidate in every place and resolves those that the short comparison left open, in order.
    private void Combine(CoinStream coins, ReadOnlySpan<uint> lows, Span<int> destination)
    {
        Span<ushort> open = stackalloc ushort[BatchDraws / Lanes];
        int done = isVectorised ? CombineVectors(lows, destination, open) : 0;
        for (int i = done; i < destination.Length; i++)
        {
            int sign = unchecked((int)lows[i]) >> 31, low = Low(lows[i]), x = (destination[i] << lowBits) + low;
            if (i % Lanes == 0) open[i / Lanes] = 0;
            if (IsOpen(x, low, sign, Coin(lows[i]))) open[i / Lanes] |= (ushort)(1 << (i % Lanes));
            destination[i] = (x ^ sign) - sign;
        }

        for (int i = 0; i < destination.Length; i += Lanes)
        {
            for (int left = open[i / Lanes]; left != 0; left &= left - 1)
            {
                ref int x = ref destination[i + BitOperations.TrailingZeroCount(left)];
                uint low = lows[i + BitOperations.TrailingZeroCount(left)];
                if (!IsAccepted(coins, Math.Abs(x), Low(low), unchecked((int)low) >> 31, Coin(low))) x = Redraw(coins);
            }
        }
    }

    private int CombineVectors(ReadOnlySpan<uint> lows, Span<int> destination, Span<ushort> open)
    {
        ref uint l = ref MemoryMarshal.GetReference(lows);
        ref int d = ref MemoryMarshal.GetReference(destination);
        Vector512<int> mask = Vector512.Create((1 << lowBits) - 1);
        int i = 0;
        for (; i + Lanes <= destination.Length; i += Lanes)
        {
            Vector512<int> word = Vector512.LoadUnsafe(ref l, (nuint)i).AsInt32(), sign = word >> 31, low = word & mask;
            Vector512<int> x = (Vector512.LoadUnsafe(ref d, (nuint)i) << lowBits) + low;
            Vector512<uint> test = (word << 1).AsUInt32() >>> (lowBits + 1);
            ulong lower = IsOpen(Vector512.WidenLower(x), Vector512.WidenLower(low), Vector512.WidenLower(test));
            ulong upper = IsOpen(Vector512.WidenUpper(x), Vector512.WidenUpper(low), Vector512.WidenUpper(test));
            ulong minusZero = Vector512.Equals(x | ~sign, Vector512<int>.Zero).ExtractMostSignificantBits();
            open[i / Lanes] = (ushort)(lower | (upper << (Lanes / 2)) | minusZero);
            ((x ^ sign) - sign).StoreUnsafe(ref d, (nuint)i);
        }

        return i;
    }

    private ulong IsOpen(Vector512<long> x, Vector512<long> low, Vector512<ulong> test)
    {
        Vector512<double> y = Vector512.ConvertToDouble(low), twice = Vector512.ConvertToDouble(x + x);
        return Vector512.LessThan(Vector512.ConvertToDouble(test), y * (twice - y) * limit).ExtractMostSignificantBits();
    }

    private bool IsOpen(int x, int low, int sign, uint test) => test < low * (2.0 * x - low) * limit || (x | ~sign) == 0;

    private uint Coin(uint word) => unchecked(word << 1) >> (lowBits + 1);

    private int Low(uint word) => (int)(word & ((1u << lowBits) - 1));

    // The whole coin of exp(−γ), whose first bits are given; Y(Y + 2kZ) = Y(2X − Y). Doubles decide all but one in 2³⁸ comparisons.
    private bool IsAccepted(CoinStream coins, int x, int low, int sign, uint test)
    {
        if ((x | ~sign) == 0) return false;
        double bound = low * (2.0 * x - low) * limit;
        ulong more = coins.NextUInt64();
        double v = test + Math.ScaleB(more, -64);
        if (v >= bound) return true;

        bool isBelow = v < bound * Below || ExactCoins.IsBelow(coins, (BigInteger)test << 64 | more, coinBits + 64, Scaled(x, low), denominator);
        if (!isBelow) return true;

        // K is at least 1; for K = 2 the fraction is γ/2.
        more = coins.NextUInt64();
        v = Math.ScaleB(more, coinBits - 64);
        if (v >= bound / 2) return false;
        BigInteger over = 2 * denominator;
        isBelow = v < bound / 2 * Below || ExactCoins.IsBelow(coins, more, 64, Scaled(x, low), over);
        if (!isBelow) return false;

        bool odd = true;
        for (over += denominator; ExactCoins.UniformBelow(coins, over) < Scaled(x, low); over += denominator) odd = !odd;   // K = 3, 4, …
        return odd;
    }

    private BigInteger Scaled(int x, int low) => low * (2L * x - low) * numerator;

    private int Redraw(CoinStream coins)
    {
        while (true)
        {
            uint lows = (uint)(coins.NextUInt64() >> 32), test = Coin(lows);
            int low = Low(lows), sign = unchecked((int)lows) >> 31, x = (high.Draw(coins) << lowBits) + low;
            if (!IsOpen(x, low, sign, test) || IsAccepted(coins, x, low, sign, test)) return (x ^ sign) - sign;
        }
    }
}
