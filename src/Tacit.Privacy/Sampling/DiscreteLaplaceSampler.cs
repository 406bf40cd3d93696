using System.Numerics;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>Draws integers with probability proportional to exp(−|x|/b), exactly, for a rational scale b.</summary>
/// <remarks>
/// Canonne, Kamath and Steinke 2020, Algorithm 2, on integers alone. Its time follows the values: draw in batches, ahead of need.
/// Magnitudes from 500b on have probability below e⁻⁵⁰⁰ and are drawn again, so that every value fits an int.
/// </remarks>
public sealed class DiscreteLaplaceSampler : IIntegerSampler
{
    /// <summary>The largest scale b.</summary>
    public const int LargestScale = 1 << 22;

    private const int Multiples = 500;
    private const int SpareBits = 10;   // multiples of the numerator, and the divisors of its coins

    private readonly ICoinSampler sampler;

    private DiscreteLaplaceSampler(Rational scale, ICoinSampler sampler) => (Scale, this.sampler) = (scale, sampler);

    /// <summary>b.</summary>
    public Rational Scale { get; }

    /// <summary>Prepares a sampler.</summary>
    /// <param name="scale">b, in (0, <see cref="LargestScale"/>]; ε-differential privacy at sensitivity Δ takes b = Δ/ε.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is out of range.</exception>
    public static DiscreteLaplaceSampler Create(Rational scale)
    {
        if (scale.Sign <= 0 || scale > LargestScale) throw new ArgumentOutOfRangeException(nameof(scale), scale, $"The scale is positive and at most {LargestScale}.");
        BigInteger t = scale.Numerator, s = scale.Denominator;
        long bits = BigInteger.Max(t, s).GetBitLength() + SpareBits;
        if (bits <= 64) return new DiscreteLaplaceSampler(scale, new Laplace<ulong>((ulong)t, (ulong)s));
        if (bits <= 128) return new DiscreteLaplaceSampler(scale, new Laplace<UInt128>((UInt128)t, (UInt128)s));
        return new DiscreteLaplaceSampler(scale, new Laplace<BigInteger>(t, s));
    }

    /// <inheritdoc/>
    public void Fill(IRandomSource random, Span<int> destination)
    {
        using CoinStream coins = CoinStream.From(random);
        sampler.Fill(coins, destination);
    }

    // t and s as in the paper: the scale is t/s.
    private sealed class Laplace<TInteger>(TInteger t, TInteger s) : ICoinSampler where TInteger : struct, IBinaryInteger<TInteger>
    {
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
                if (v >= Multiples) continue;
                int magnitude = int.CreateChecked((u + t * TInteger.CreateChecked(v)) / s);
                if (!negative || magnitude != 0) return negative ? -magnitude : magnitude;
            }
        }
    }
}
