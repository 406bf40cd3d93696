using System.Numerics;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>The discrete Gaussian by rejection from the discrete Laplace distribution (Canonne, Kamath and Steinke 2020, Algorithms 1 to 3).</summary>
/// <typeparam name="TInteger">As wide as <see cref="PublishedGaussian.Create"/> finds necessary.</typeparam>
/// <remarks>
/// σ = a/b, t = ⌊σ⌋ + 1. The proposal Y has scale t and is accepted with exp(−(|Y| − σ²/t)²/2σ²), which on integers is
/// exp(−(|Y|·t·b² − a²)²/(2a²b²t²)). Proposals of 31t and more are drawn again: they have less than 2⁻⁶⁹⁰ of the mass, and the rest fits an int.
/// </remarks>
internal sealed class PublishedGaussian<TInteger>(TInteger t, TInteger step, TInteger centre, TInteger denominator) : ICoinSampler
    where TInteger : struct, IBinaryInteger<TInteger>
{
    /// <inheritdoc/>
    public void Fill(CoinStream coins, Span<int> destination)
    {
        foreach (ref int x in destination) x = Draw(coins);
    }

    private int Draw(CoinStream coins)
    {
        while (true)
        {
            TInteger u = ExactCoins.UniformBelow(coins, t);
            if (!ExactCoins.BernoulliExp(coins, u, t)) continue;

            int v = 0;
            while (ExactCoins.BernoulliExpOfOne(coins)) v++;
            bool negative = coins.NextBit();
            if (v >= PublishedGaussian.Multiples) continue;

            TInteger magnitude = u + t * TInteger.CreateTruncating(v);
            if (negative && TInteger.IsZero(magnitude)) continue;

            TInteger scaled = magnitude * step;
            TInteger distance = scaled > centre ? scaled - centre : centre - scaled;
            if (!ExactCoins.BernoulliExp(coins, distance * distance, denominator)) continue;

            int x = int.CreateTruncating(magnitude);
            return negative ? -x : x;
        }
    }
}

/// <summary>Chooses the integers of <see cref="PublishedGaussian{TInteger}"/>.</summary>
internal static class PublishedGaussian
{
    /// <summary>Proposals stay below this many t.</summary>
    public const int Multiples = 31;

    /// <summary>The narrowest integers that hold every intermediate value.</summary>
    public static ICoinSampler Create(Rational sigma)
    {
        BigInteger a = sigma.Numerator, b = sigma.Denominator, t = sigma.Floor + 1;
        BigInteger step = t * b * b, centre = a * a, denominator = 2 * a * a * b * b * t * t;
        BigInteger farthest = BigInteger.Max(Multiples * t * step, centre);
        long bits = Math.Max((farthest * farthest).GetBitLength(), denominator.GetBitLength() + 8);
        if (bits <= 64) return new PublishedGaussian<ulong>((ulong)t, (ulong)step, (ulong)centre, (ulong)denominator);
        if (bits <= 128) return new PublishedGaussian<UInt128>((UInt128)t, (UInt128)step, (UInt128)centre, (UInt128)denominator);
        return new PublishedGaussian<BigInteger>(t, step, centre, denominator);
    }
}
