using System.Runtime.Intrinsics;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Sampling;

/// <summary>Draws integers with probability proportional to exp(−x²/2σ²), exactly or within a stated distance.</summary>
/// <remarks>
/// <see cref="SamplerMode.Published"/>: Canonne, Kamath and Steinke 2020, Algorithms 1 to 3, on integers alone; its time follows the values.
/// <see cref="SamplerMode.Fast"/>: at most 2⁻¹⁰⁰ of statistical distance a draw, in batches of 1024 whose steps do not depend on the values but for
/// rare refinements; the table is read at secret places, which a neighbour on the same core may see in the cache. The argument is in
/// docs/decisions/0007-exact-sampling.md. The variance is below σ² where σ is below about 1.
/// </remarks>
public sealed class DiscreteGaussianSampler : IIntegerSampler
{
    /// <summary>The largest σ: a draw beyond an int has probability below e⁻⁴⁸⁰ and is drawn again.</summary>
    public const double LargestScale = 1 << 26;

    private readonly ICoinSampler sampler;

    private DiscreteGaussianSampler(double scale, SamplerMode mode, ICoinSampler sampler) => (Scale, Mode, this.sampler) = (scale, mode, sampler);

    /// <summary>σ.</summary>
    public double Scale { get; }

    /// <summary>The algorithm.</summary>
    public SamplerMode Mode { get; }

    /// <summary>Prepares a sampler; the fast one computes its table in milliseconds, so keep it.</summary>
    /// <param name="scale">σ, in (0, <see cref="LargestScale"/>]; taken as the exact fraction that the double is.</param>
    /// <param name="mode">The algorithm.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is out of range, or the mode is unknown.</exception>
    public static DiscreteGaussianSampler Create(double scale, SamplerMode mode = SamplerMode.Fast)
    {
        if (!(scale > 0 && scale <= LargestScale)) throw new ArgumentOutOfRangeException(nameof(scale), scale, $"The scale is positive and at most {LargestScale}.");
        Rational sigma = Rational.FromDouble(scale);
        return new DiscreteGaussianSampler(scale, mode, mode switch
        {
            SamplerMode.Fast => FastGaussian.Create(sigma, Vector512.IsHardwareAccelerated),
            SamplerMode.Published => new PublishedGaussian(sigma),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Unknown mode."),
        });
    }

    /// <inheritdoc/>
    public void Fill(IRandomSource random, Span<int> destination)
    {
        using CoinStream coins = CoinStream.From(random);
        sampler.Fill(coins, destination);
    }
}
