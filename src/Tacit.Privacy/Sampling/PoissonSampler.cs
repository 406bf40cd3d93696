using System.Numerics;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>Draws from the Poisson distribution, within 2⁻¹⁰⁰ of statistical distance a draw.</summary>
/// <remarks>
/// A table of the weights μᵏ/k! relative to the mode, computed in fixed point. A mean above 2²² is split into up to 256 equal parts, whose draws are
/// added: a sum of independent Poisson numbers is one. See docs/decisions/0007-exact-sampling.md.
/// </remarks>
public sealed class PoissonSampler : IIntegerSampler
{
    /// <summary>The largest mean.</summary>
    public const int LargestMean = 1 << 30;

    private readonly SummedTables sampler;

    private PoissonSampler(Rational mean, SummedTables sampler) => (Mean, this.sampler) = (mean, sampler);

    /// <summary>μ.</summary>
    public Rational Mean { get; }

    /// <summary>Prepares a sampler; the table takes milliseconds, so keep it.</summary>
    /// <param name="mean">μ, in (0, <see cref="LargestMean"/>].</param>
    /// <exception cref="ArgumentOutOfRangeException">The mean is out of range.</exception>
    public static PoissonSampler Create(Rational mean)
    {
        (AliasTable table, int parts) = Split(mean);
        return new PoissonSampler(mean, new SummedTables(table, added: parts, subtracted: 0));
    }

    /// <inheritdoc/>
    public void Fill(IRandomSource random, Span<int> destination)
    {
        using CoinStream coins = CoinStream.From(random);
        sampler.Fill(coins, destination);
    }

    /// <summary>The table of one of equal parts, and their number.</summary>
    internal static (AliasTable Table, int Parts) Split(Rational mean)
    {
        if (mean.Sign <= 0 || mean > LargestMean) throw new ArgumentOutOfRangeException(nameof(mean), mean, $"The mean is positive and at most {LargestMean}.");
        int parts = (int)((mean / TableWeights.LargestVariance).Floor + 1);
        Rational part = mean / parts;
        BigInteger[] weights = TableWeights.Poisson(part, out int first);
        return (new AliasTable(TableWeights.Normalise(weights), first), parts);
    }
}
