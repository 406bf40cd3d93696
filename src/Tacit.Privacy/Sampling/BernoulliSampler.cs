using System.Numerics;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>Coins of an exact probability: 1 or 0, for a fraction p or for exp(−γ) of a fraction γ.</summary>
/// <remarks>
/// A fraction is compared with a uniform integer below its denominator; exp(−γ) is Canonne, Kamath and Steinke 2020, Algorithm 1. Exact: no distance at all.
/// The time of exp(−γ) follows the outcome.
/// </remarks>
public sealed class BernoulliSampler : IIntegerSampler
{
    private const int SpareBits = 8;

    private readonly BigInteger numerator;
    private readonly BigInteger denominator;
    private readonly bool exponential;

    private BernoulliSampler(Rational parameter, bool exponential) =>
        (numerator, denominator, this.exponential) = (parameter.Numerator, parameter.Denominator, exponential);

    /// <summary>1 with probability p.</summary>
    /// <param name="probability">p, in [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not a probability.</exception>
    public static BernoulliSampler Of(Rational probability)
    {
        if (probability.Sign < 0 || probability > 1) throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability lies in [0, 1].");
        return new BernoulliSampler(probability, exponential: false);
    }

    /// <summary>1 with probability exp(−γ).</summary>
    /// <param name="gamma">γ ≥ 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">γ is negative.</exception>
    public static BernoulliSampler ExpOfMinus(Rational gamma)
    {
        if (gamma.Sign < 0) throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "The exponent is at least 0.");
        return new BernoulliSampler(gamma, exponential: true);
    }

    /// <inheritdoc/>
    public void Fill(IRandomSource random, Span<int> destination)
    {
        using CoinStream coins = CoinStream.From(random);
        foreach (ref int x in destination) x = Draw(coins) ? 1 : 0;
    }

    /// <summary>One coin.</summary>
    internal bool Draw(CoinStream coins) => BigInteger.Max(numerator, denominator).GetBitLength() + SpareBits <= 64
        ? Draw(coins, (ulong)numerator, (ulong)denominator)
        : Draw(coins, numerator, denominator);

    private bool Draw<TInteger>(CoinStream coins, TInteger n, TInteger d) where TInteger : struct, IBinaryInteger<TInteger> =>
        exponential ? ExactCoins.BernoulliExp(coins, n, d) : ExactCoins.Bernoulli(coins, n, d);
}
