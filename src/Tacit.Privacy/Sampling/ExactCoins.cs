using System.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>Biased coins from fair ones, on integers alone; the integer type is as wide as the parameters ask for.</summary>
/// <remarks>
/// <c>TInteger</c> is <see cref="ulong"/>, <see cref="UInt128"/> or <see cref="BigInteger"/>. Source: Canonne, Kamath and Steinke 2020, Algorithm 1.
/// In fixed widths a denominator must leave 8 bits free: a coin of exp(−γ) divides γ by K, and K = 256 has probability 1/255!.
/// </remarks>
internal static class ExactCoins
{
    private const ulong Factorial20 = 2432902008176640000;

    /// <summary>20! times the sum of 1/(K−1)! − 1/K! over K = 3, 5, …, 19.</summary>
    private const ulong AcceptedOf20Factorial = 895014631192902120;

    /// <summary>A uniform integer in [0, <paramref name="bound"/>).</summary>
    public static TInteger UniformBelow<TInteger>(CoinStream coins, TInteger bound) where TInteger : struct, IBinaryInteger<TInteger>
    {
        if (typeof(TInteger) == typeof(ulong)) return TInteger.CreateTruncating(coins.NextBelow(ulong.CreateTruncating(bound)));
        if (typeof(TInteger) == typeof(UInt128)) return TInteger.CreateTruncating(UniformBelow(coins, UInt128.CreateTruncating(bound)));
        return TInteger.CreateTruncating(UniformBelow(coins, BigInteger.CreateTruncating(bound)));
    }

    /// <summary>True with probability <paramref name="numerator"/>/<paramref name="denominator"/>.</summary>
    public static bool Bernoulli<TInteger>(CoinStream coins, TInteger numerator, TInteger denominator) where TInteger : struct, IBinaryInteger<TInteger> =>
        UniformBelow(coins, denominator) < numerator;

    /// <summary>True with probability exp(−<paramref name="numerator"/>/<paramref name="denominator"/>), for any numerator ≥ 0.</summary>
    public static bool BernoulliExp<TInteger>(CoinStream coins, TInteger numerator, TInteger denominator) where TInteger : struct, IBinaryInteger<TInteger>
    {
        for (; numerator >= denominator; numerator -= denominator)
        {
            if (!BernoulliExpOfOne(coins)) return false;
        }

        TInteger scaled = denominator;
        bool odd = true;
        for (; UniformBelow(coins, scaled) < numerator; scaled += denominator) odd = !odd;   // Bernoulli(γ/K), K = 1, 2, …
        return odd;
    }

    /// <summary>True with probability exp(−1).</summary>
    /// <remarks>
    /// The coins Bernoulli(1/2), Bernoulli(1/3), … are nested events of one number below 20!: K goes beyond k on 20!/k! of its values. These are renamed so
    /// that 0 stands for all coins up to K = 20, and 1 … <see cref="AcceptedOf20Factorial"/> for an odd end before.
    /// </remarks>
    public static bool BernoulliExpOfOne(CoinStream coins)
    {
        ulong draw = coins.NextBelow(Factorial20);
        if (draw != 0) return draw <= AcceptedOf20Factorial;

        ulong k = 21;
        while (coins.NextBelow(k) == 0) k++;
        return (k & 1) != 0;
    }

    /// <summary>
    /// Whether a uniform number V in [0, 1) whose first <paramref name="bits"/> bits are <paramref name="prefix"/> lies below a fraction;
    /// draws further bits only where they decide.
    /// </summary>
    public static bool IsBelow(CoinStream coins, BigInteger prefix, int bits, BigInteger numerator, BigInteger denominator)
    {
        while (true)
        {
            BigInteger scaled = numerator << bits, low = prefix * denominator;
            if (low + denominator <= scaled) return true;
            if (low >= scaled) return false;
            prefix = (prefix << 64) | coins.NextUInt64();
            bits += 64;
        }
    }

    private static UInt128 UniformBelow(CoinStream coins, UInt128 bound)
    {
        UInt128 mask = UInt128.MaxValue >> (int)UInt128.LeadingZeroCount(bound - 1 | 1);
        UInt128 draw;
        do draw = coins.NextUInt128() & mask;
        while (draw >= bound);
        return draw;
    }

    private static BigInteger UniformBelow(CoinStream coins, BigInteger bound)
    {
        int bits = (int)(bound - 1).GetBitLength();
        while (true)
        {
            BigInteger draw = BigInteger.Zero;
            for (int drawn = 0; drawn < bits; drawn += 64) draw = (draw << 64) | coins.NextUInt64();
            draw &= (BigInteger.One << bits) - 1;
            if (draw < bound) return draw;
        }
    }
}
