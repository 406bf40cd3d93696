using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>Draws the difference of two independent Poisson numbers of equal mean, within 2⁻¹⁰⁰ of statistical distance a draw.</summary>
/// <remarks>
/// Sums of Skellam numbers are Skellam, which is what noise shares of many parties want (Agarwal, Kairouz and Liu 2021).
/// Above a variance of 2²³ the numbers are added from equal parts, at most 512 of them a draw.
/// </remarks>
public sealed class SkellamSampler : IIntegerSampler
{
    private readonly SummedTables sampler;

    private SkellamSampler(Rational variance, SummedTables sampler) => (Variance, this.sampler) = (variance, sampler);

    /// <summary>Twice the mean of either Poisson number.</summary>
    public Rational Variance { get; }

    /// <summary>Prepares a sampler; the table takes milliseconds, so keep it.</summary>
    /// <param name="variance">In (0, 2·<see cref="PoissonSampler.LargestMean"/>].</param>
    /// <exception cref="ArgumentOutOfRangeException">The variance is out of range.</exception>
    public static SkellamSampler Create(Rational variance)
    {
        (AliasTable table, int parts) = PoissonSampler.Split(variance / 2);
        return new SkellamSampler(variance, new SummedTables(table, added: parts, subtracted: parts));
    }

    /// <inheritdoc/>
    public void Fill(IRandomSource random, Span<int> destination)
    {
        using CoinStream coins = CoinStream.From(random);
        sampler.Fill(coins, destination);
    }
}
