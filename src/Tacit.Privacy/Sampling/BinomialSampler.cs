using System.Numerics;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>Draws the number of successes in n trials, within 2⁻¹⁰⁰ of statistical distance a draw.</summary>
/// <remarks>A table of the weights relative to the mode, computed in fixed point: see docs/decisions/0007-exact-sampling.md.</remarks>
public sealed class BinomialSampler : IIntegerSampler
{
    private readonly AliasTable sampler;

    private BinomialSampler(int trials, Rational probability, AliasTable sampler) => (Trials, Probability, this.sampler) = (trials, probability, sampler);

    /// <summary>n.</summary>
    public int Trials { get; }

    /// <summary>p.</summary>
    public Rational Probability { get; }

    /// <summary>Prepares a sampler; the table takes milliseconds, so keep it.</summary>
    /// <param name="trials">n, not negative.</param>
    /// <param name="probability">p, in [0, 1], with np(1 − p) at most 2²²: 2²⁴ trials of a fair coin.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter or the variance is out of range.</exception>
    public static BinomialSampler Create(int trials, Rational probability)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trials);
        if (probability.Sign < 0 || probability > 1) throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability lies in [0, 1].");
        Rational other = new(probability.Denominator - probability.Numerator, probability.Denominator);
        if (probability * other * trials > TableWeights.LargestVariance) throw new ArgumentOutOfRangeException(nameof(trials), trials, "The variance is at most 2^22.");
        BigInteger[] weights = TableWeights.Binomial(trials, probability, out int first);
        return new BinomialSampler(trials, probability, new AliasTable(TableWeights.Normalise(weights), first));
    }

    /// <inheritdoc/>
    public void Fill(IRandomSource random, Span<int> destination)
    {
        using CoinStream coins = CoinStream.From(random);
        sampler.Fill(coins, destination);
    }
}
