using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>Draws one of m shares of discrete Laplace noise: the sum of m has probabilities proportional to exp(−|x|/b). Within 2⁻¹⁰⁰ of statistical distance a draw.</summary>
/// <remarks>
/// A geometric number is a sum of m independent negative binomial ones of parameters 1/m and e^(−1/b), for their generating functions
/// ((1 − α)/(1 − αz))^(1/m) multiply to (1 − α)/(1 − αz); discrete Laplace noise is the difference of two geometric numbers (Ács and Castelluccia 2011;
/// Goryczka and Xiong 2015). More than m shares are that noise and independent noise besides, and as private. Fewer are not: one share is zero more often than not.
/// The distance is argued for in docs/decisions/0007-exact-sampling.md.
/// </remarks>
public sealed class DiscreteLaplaceShareSampler : IIntegerSampler
{
    /// <summary>The largest scale b: a table of some 636,000 values.</summary>
    public const int LargestScale = 1 << 13;

    /// <summary>The most shares m.</summary>
    public const int MostShares = 1 << 20;

    private readonly SummedTables sampler;

    private DiscreteLaplaceShareSampler(Rational scale, int shares, SummedTables sampler) => (Scale, Shares, this.sampler) = (scale, shares, sampler);

    /// <summary>b of the sum of all shares.</summary>
    public Rational Scale { get; }

    /// <summary>m.</summary>
    public int Shares { get; }

    /// <summary>Prepares a sampler; the table takes half a second at b = 4096, so keep it.</summary>
    /// <param name="scale">b, in (0, <see cref="LargestScale"/>]; ε-differential privacy at sensitivity Δ takes b = Δ/ε.</param>
    /// <param name="shares">m, from 1, which is the noise itself, to <see cref="MostShares"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public static DiscreteLaplaceShareSampler Create(Rational scale, int shares)
    {
        if (scale.Sign <= 0 || scale > LargestScale) throw new ArgumentOutOfRangeException(nameof(scale), scale, $"The scale is positive and at most {LargestScale}.");
        if (shares is < 1 or > MostShares) throw new ArgumentOutOfRangeException(nameof(shares), shares, $"The number of shares is between 1 and {MostShares}.");
        AliasTable table = new(TableWeights.Normalise(TableWeights.GeometricShare(scale, shares)), 0);
        return new DiscreteLaplaceShareSampler(scale, shares, new SummedTables(table, added: 1, subtracted: 1));
    }

    /// <inheritdoc/>
    public void Fill(IRandomSource random, Span<int> destination)
    {
        using CoinStream coins = CoinStream.From(random);
        sampler.Fill(coins, destination);
    }
}
