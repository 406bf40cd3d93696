using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>The discrete Gaussian for a large σ: a small one of scale σ/k gives the high part, uniform bits the low part, and a coin corrects.</summary>
/// <remarks>
/// Ducas, Durmus, Lepoint and Lyubashevsky 2013, Section 6.2: with Z ≥ 0 of weight exp(−Z²/2(σ/k)²) and Y uniform in [0, k), X = kZ + Y accepted with
/// probability exp(−γ), γ = Y(Y + 2kZ)/2σ², has weight exp(−X²/2σ²); a random sign, and −0 refused. Here k is a power of two with 256 &lt; σ/k ≤ 512, so γ &lt; 1/16
/// and one candidate in about 700 is refused. The coin is that of Canonne, Kamath and Steinke 2020, Algorithm 1: its first step, Bernoulli(γ), is
/// settled for almost all candidates by 32 bits n of a uniform V ∈ [n, n+1)·2⁻³²: where n ≥ c·γ, c just above 2³², V ≥ γ is certain and the candidate
/// is accepted. The doubles of this comparison are exact up to its one product, whose rounding the margin of c covers. Every other candidate is decided
/// by big integers, continuing the same V.
/// </remarks>
internal sealed class WideGaussian : ICoinSampler
{
    private const int BatchDraws = 1024;
    private const int CoinBits = 32;
    private const double LargestTableScale = 512;
    private const double Margin = 1 + 1.0 / (1L << 40);

    private readonly AliasTable high;
    private readonly int lowBits;
    private readonly double limit;
    private readonly BigInteger numerator;
    private readonly BigInteger denominator;

    /// <summary>Prepares the table of the high part.</summary>
    public WideGaussian(Rational sigma)
    {
        while (sigma.ToDouble() / (1L << lowBits) > LargestTableScale) lowBits++;
        high = new AliasTable(TableWeights.Normalise(TableWeights.HalfGaussian(sigma / (1L << lowBits))), 0);
        numerator = sigma.Denominator * sigma.Denominator;
        denominator = 2 * sigma.Numerator * sigma.Numerator;
        limit = new Rational(numerator << CoinBits, denominator).ToDouble() * Margin;
    }

    /// <inheritdoc/>
    public void Fill(CoinStream coins, Span<int> destination)
    {
        int batch = Math.Min(BatchDraws, destination.Length);
        Span<uint> words = stackalloc uint[3 * batch];
        for (; destination.Length > 0; destination = destination[batch..])
        {
            batch = Math.Min(batch, destination.Length);
            coins.Fill(words[..(3 * batch)]);
            high.Draw(words[..batch], coins, destination[..batch]);
            Combine(coins, words.Slice(batch, batch), words.Slice(2 * batch, batch), destination[..batch]);
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words));
    }

    private void Combine(CoinStream coins, ReadOnlySpan<uint> lows, ReadOnlySpan<uint> tests, Span<int> destination)
    {
        bool open = false;
        uint mask = (1u << lowBits) - 1;
        for (int i = 0; i < destination.Length; i++)
        {
            int high = destination[i] << lowBits, low = (int)(lows[i] & mask), sign = unchecked((int)lows[i]) >> 31, x = high + low;
            open |= tests[i] < low * ((double)low + 2.0 * high) * limit | (x | ~sign) == 0;
            destination[i] = (x ^ sign) - sign;
        }

        if (!open) return;
        for (int i = 0; i < destination.Length; i++)
        {
            int x = Math.Abs(destination[i]), sign = unchecked((int)lows[i]) >> 31, low = (int)(lows[i] & mask);
            if (IsOpen(x, low, sign, tests[i]) && !IsAccepted(coins, x, low, sign, tests[i])) destination[i] = Redraw(coins);
        }
    }

    private bool IsOpen(int x, int low, int sign, uint test) => test < low * (2.0 * x - low) * limit || (x | ~sign) == 0;

    // The whole coin of exp(−γ), whose first bits are given; Y(Y + 2kZ) = Y(2X − Y).
    private bool IsAccepted(CoinStream coins, int x, int low, int sign, uint test)
    {
        if ((x | ~sign) == 0) return false;
        BigInteger scaled = low * (2L * x - low) * numerator, over = denominator;
        if (!ExactCoins.IsBelow(coins, test, CoinBits, scaled, over)) return true;

        bool odd = false;
        for (over += denominator; ExactCoins.UniformBelow(coins, over) < scaled; over += denominator) odd = !odd;   // K = 2, 3, …
        return odd;
    }

    private int Redraw(CoinStream coins)
    {
        while (true)
        {
            ulong word = coins.NextUInt64();
            uint lows = (uint)(word >> 32), test = (uint)(word & uint.MaxValue);
            int low = (int)(lows & ((1u << lowBits) - 1)), sign = unchecked((int)lows) >> 31, x = (high.Draw(coins) << lowBits) + low;
            if (!IsOpen(x, low, sign, test) || IsAccepted(coins, x, low, sign, test)) return (x ^ sign) - sign;
        }
    }
}
