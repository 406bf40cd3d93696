using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Sampling;

namespace Tacit.Privacy.Mechanisms;

/// <summary>Gaussian noise of (ε, δ)-differential privacy on real answers, calibrated exactly and drawn on a <see cref="Mechanisms.Grid"/>.</summary>
/// <remarks>
/// Balle and Wang 2018. On the grid, Gaussian noise rounded to whole steps would be as private as the continuous kind, for rounding is post-processing. The
/// discrete Gaussian that is drawn differs from it by at most 1/(12σ²) of statistical distance a coordinate, σ in steps; d coordinates cost
/// <see cref="DiscretisationDelta"/> = (1 + e^ε)·d/(12σ²) of δ, which calibration sets aside. Independently of this it satisfies
/// <see cref="ZeroConcentratedRho"/> (Canonne, Kamath and Steinke 2020, Theorem 4, for each coordinate), which needs no such part of δ.
/// </remarks>
public sealed class GaussianMechanism
{
    private const int DefaultBits = 24;

    private readonly DiscreteGaussianSampler sampler;

    private GaussianMechanism(double epsilon, double delta, int dimension, Grid grid, double steps, DiscreteGaussianSampler sampler)
    {
        (Epsilon, Delta, Dimension, Grid, this.sampler) = (epsilon, delta, dimension, grid, sampler);
        ZeroConcentratedRho = steps / sampler.Scale * (steps / sampler.Scale) / 2;
    }

    /// <summary>ε of one release.</summary>
    public double Epsilon { get; }

    /// <summary>δ of one release, the discretisation included.</summary>
    public double Delta { get; }

    /// <summary>Numbers in one answer.</summary>
    public int Dimension { get; }

    /// <summary>What the released numbers are multiples of.</summary>
    public Grid Grid { get; }

    /// <summary>σ of the noise that is drawn, in the units of the answer.</summary>
    public double NoiseScale => sampler.Scale * Grid.Spacing;

    /// <summary>The part of δ that pays for drawing whole steps.</summary>
    public double DiscretisationDelta => Discretisation(Epsilon, sampler.Scale, Dimension);

    /// <summary>ρ of zero-concentrated differential privacy: Δ²/2σ² in steps.</summary>
    public double ZeroConcentratedRho { get; }

    /// <summary>Prepares releases.</summary>
    /// <param name="sensitivity">Δ₂ of the whole answer.</param>
    /// <param name="epsilon">ε of one release, positive.</param>
    /// <param name="delta">δ of one release, in (0, 1).</param>
    /// <param name="dimension">d, numbers in one answer.</param>
    /// <param name="grid">By default, 2²⁴ to 2²⁵ steps in σ. It must not depend on the data.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range, the noise has more than 2²⁶ steps, or the grid is so coarse that discretisation takes half of δ.</exception>
    public static GaussianMechanism Create(L2Sensitivity sensitivity, double epsilon, double delta, int dimension = 1, Grid? grid = null)
    {
        PositiveNumber.Checked(epsilon, nameof(epsilon));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        double continuous = GaussianCalibration.Sigma(epsilon, delta, sensitivity);
        Grid chosen = grid ?? Grid.For(continuous, DefaultBits);
        double steps = (sensitivity.Value / chosen.Spacing + Math.Sqrt(dimension)) * (1 + 1e-15);
        double discretisation = Discretisation(epsilon, continuous / chosen.Spacing, dimension);   // the noise becomes larger, so this is enough
        if (!(discretisation <= delta / 2))
        {
            throw new ArgumentOutOfRangeException(nameof(grid), $"Whole steps would cost {discretisation} of delta: take a finer grid, or account for the discrete Gaussian itself.");
        }

        double sigma = GaussianCalibration.Sigma(epsilon, delta - discretisation, new L2Sensitivity(steps));
        return new GaussianMechanism(epsilon, delta, dimension, chosen, steps, DiscreteGaussianSampler.Create(sigma));
    }

    /// <summary>Releases one answer.</summary>
    /// <param name="answers">d finite numbers.</param>
    /// <param name="random">Where the noise comes from.</param>
    /// <param name="released">d numbers, overwritten with multiples of the grid.</param>
    /// <exception cref="ArgumentException">A length is not d.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An answer is infinite or not a number.</exception>
    public void Release(ReadOnlySpan<double> answers, IRandomSource random, Span<double> released)
    {
        if (answers.Length != Dimension) throw new ArgumentException($"An answer has {Dimension} numbers.", nameof(answers));
        GridNoise.Release(Grid, sampler, random, answers, released);
    }

    private static double Discretisation(double epsilon, double sigma, int dimension) => (1 + Math.Exp(epsilon)) * dimension / (12 * sigma * sigma);
}
