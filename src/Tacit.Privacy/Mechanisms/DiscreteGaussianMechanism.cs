using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Sampling;

namespace Tacit.Privacy.Mechanisms;

/// <summary>Discrete Gaussian noise on integer answers.</summary>
/// <remarks>
/// Δ₂²/2σ² of zero-concentrated differential privacy in any dimension: Canonne, Kamath and Steinke 2020, Theorem 4, for each coordinate; Rényi divergences of
/// independent coordinates add.
/// </remarks>
public sealed class DiscreteGaussianMechanism
{
    private readonly DiscreteGaussianSampler sampler;

    private DiscreteGaussianMechanism(L2Sensitivity sensitivity, DiscreteGaussianSampler sampler) => (Sensitivity, this.sampler) = (sensitivity, sampler);

    /// <summary>Δ₂ of the integer answer.</summary>
    public L2Sensitivity Sensitivity { get; }

    /// <summary>σ, in units of the answer.</summary>
    public double NoiseScale => sampler.Scale;

    /// <summary>ρ of one release; Rényi differential privacy of order α is αρ.</summary>
    public double ZeroConcentratedRho => Sensitivity.Value / NoiseScale * (Sensitivity.Value / NoiseScale) / 2;

    /// <summary>Prepares releases.</summary>
    /// <param name="sensitivity">Δ₂.</param>
    /// <param name="scale">σ, in (0, 2²⁶].</param>
    /// <param name="mode">How noise is drawn.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public static DiscreteGaussianMechanism Create(L2Sensitivity sensitivity, double scale, SamplerMode mode = SamplerMode.Fast)
    {
        PositiveNumber.Checked(sensitivity.Value, nameof(sensitivity));
        return new DiscreteGaussianMechanism(sensitivity, DiscreteGaussianSampler.Create(scale, mode));
    }

    /// <summary>Adds noise to one answer, in place.</summary>
    /// <param name="answer">Any number of integers.</param>
    /// <param name="random">Where the noise comes from.</param>
    /// <exception cref="OverflowException">A sum leaves 64 bits.</exception>
    public void AddNoise(Span<long> answer, IRandomSource random) => GridNoise.AddTo(answer, sampler, random);
}
