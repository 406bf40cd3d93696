using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;
using Tacit.Privacy.Sampling;

namespace Tacit.Privacy.Mechanisms;

/// <summary>Discrete Laplace noise of pure ε-differential privacy on integer answers.</summary>
/// <remarks>Ghosh, Roughgarden and Sundararajan 2009, the geometric mechanism. The scale Δ₁/ε is an exact fraction.</remarks>
public sealed class DiscreteLaplaceMechanism
{
    private readonly DiscreteLaplaceSampler sampler;

    private DiscreteLaplaceMechanism(double epsilon, DiscreteLaplaceSampler sampler) => (Epsilon, this.sampler) = (epsilon, sampler);

    /// <summary>ε of one release.</summary>
    public double Epsilon { get; }

    /// <summary>b = Δ₁/ε.</summary>
    public Rational NoiseScale => sampler.Scale;

    /// <summary>Prepares releases.</summary>
    /// <param name="sensitivity">Δ₁ of the integer answer.</param>
    /// <param name="epsilon">ε, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range, or the scale is above 2²².</exception>
    public static DiscreteLaplaceMechanism Create(L1Sensitivity sensitivity, double epsilon)
    {
        Rational scale = Rational.FromDouble(PositiveNumber.Checked(sensitivity.Value, nameof(sensitivity)))
            / Rational.FromDouble(PositiveNumber.Checked(epsilon, nameof(epsilon)));
        return new DiscreteLaplaceMechanism(epsilon, DiscreteLaplaceSampler.Create(scale));
    }

    /// <summary>Adds noise to one answer, in place.</summary>
    /// <param name="answer">Any number of integers.</param>
    /// <param name="random">Where the noise comes from.</param>
    /// <exception cref="OverflowException">A sum leaves 64 bits.</exception>
    public void AddNoise(Span<long> answer, IRandomSource random) => GridNoise.AddTo(answer, sampler, random);
}
