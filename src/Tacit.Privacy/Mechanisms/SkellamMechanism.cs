using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;
using Tacit.Privacy.Sampling;

namespace Tacit.Privacy.Mechanisms;

/// <summary>Skellam noise on integer answers; the sum of independent shares of it is Skellam noise again.</summary>
/// <remarks>Agarwal, Kairouz and Liu 2021, Theorem 3.5, for integer answers.</remarks>
public sealed class SkellamMechanism
{
    private readonly SkellamSampler sampler;

    private SkellamMechanism(L1Sensitivity l1, L2Sensitivity l2, double variance, SkellamSampler sampler) =>
        (AbsoluteSensitivity, EuclideanSensitivity, Variance, this.sampler) = (l1, l2, variance, sampler);

    /// <summary>Δ₁ of the integer answer.</summary>
    public L1Sensitivity AbsoluteSensitivity { get; }

    /// <summary>Δ₂ of the integer answer.</summary>
    public L2Sensitivity EuclideanSensitivity { get; }

    /// <summary>Of the noise on one coordinate.</summary>
    public double Variance { get; }

    /// <summary>Prepares releases.</summary>
    /// <param name="absolute">Δ₁; at most Δ₂² where it is not known, because answers are integers.</param>
    /// <param name="euclidean">Δ₂.</param>
    /// <param name="variance">In (0, 2³¹].</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public static SkellamMechanism Create(L1Sensitivity absolute, L2Sensitivity euclidean, double variance)
    {
        PositiveNumber.Checked(absolute.Value, nameof(absolute));
        PositiveNumber.Checked(euclidean.Value, nameof(euclidean));
        return new SkellamMechanism(absolute, euclidean, variance, SkellamSampler.Create(Rational.FromDouble(PositiveNumber.Checked(variance, nameof(variance)))));
    }

    /// <summary>An upper bound of Rényi differential privacy: αΔ₂²/2μ + min(((2α − 1)Δ₂² + 6Δ₁)/4μ², 3Δ₁/2μ), μ the variance.</summary>
    /// <param name="order">α, above 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The order is not above 1.</exception>
    public double RenyiEpsilon(double order)
    {
        if (!(order > 1 && double.IsFinite(order))) throw new ArgumentOutOfRangeException(nameof(order), order, "The order is above 1.");
        double l1 = AbsoluteSensitivity.Value, square = EuclideanSensitivity.Value * EuclideanSensitivity.Value;
        double correction = Math.Min(((2 * order - 1) * square + 6 * l1) / (4 * Variance * Variance), 3 * l1 / (2 * Variance));
        return order * square / (2 * Variance) + correction;
    }

    /// <summary>Adds noise to one answer, in place.</summary>
    /// <param name="answer">Any number of integers.</param>
    /// <param name="random">Where the noise comes from.</param>
    /// <exception cref="OverflowException">A sum leaves 64 bits.</exception>
    public void AddNoise(Span<long> answer, IRandomSource random) => GridNoise.AddTo(answer, sampler, random);
}
