using System.Numerics;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;
using Tacit.Privacy.Sampling;

namespace Tacit.Privacy.Mechanisms;

/// <summary>Laplace noise of pure ε-differential privacy on real answers, drawn as discrete Laplace noise on a <see cref="Mechanisms.Grid"/>.</summary>
/// <remarks>
/// Dwork, McSherry, Nissim and Smith 2006, on integers: Ghosh, Roughgarden and Sundararajan 2009. Answers of d coordinates are rounded to the grid, where their
/// sensitivity is at most Δ₁/g + d steps; the noise has that over ε as its scale. The guarantee is for the released numbers themselves,
/// but for e⁻⁵⁰⁰ a coordinate, the mass that <see cref="DiscreteLaplaceSampler"/> draws again.
/// </remarks>
public sealed class LaplaceMechanism
{
    private const int DefaultBits = 20;

    private readonly DiscreteLaplaceSampler sampler;

    private LaplaceMechanism(double epsilon, int dimension, Grid grid, DiscreteLaplaceSampler sampler) =>
        (Epsilon, Dimension, Grid, this.sampler) = (epsilon, dimension, grid, sampler);

    /// <summary>ε of one release.</summary>
    public double Epsilon { get; }

    /// <summary>Numbers in one answer.</summary>
    public int Dimension { get; }

    /// <summary>What the released numbers are multiples of.</summary>
    public Grid Grid { get; }

    /// <summary>The scale b of the noise that is drawn, a little above Δ₁/ε for the rounding.</summary>
    public double NoiseScale => sampler.Scale.ToDouble() * Grid.Spacing;

    /// <summary>b = Δ₁/ε of the continuous mechanism.</summary>
    /// <param name="sensitivity">Δ₁.</param>
    /// <param name="epsilon">ε, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">ε is not positive and finite.</exception>
    public static double Scale(L1Sensitivity sensitivity, double epsilon) =>
        PositiveNumber.Checked(sensitivity.Value, nameof(sensitivity)) / PositiveNumber.Checked(epsilon, nameof(epsilon));

    /// <summary>Prepares releases.</summary>
    /// <param name="sensitivity">Δ₁ of the whole answer.</param>
    /// <param name="epsilon">ε of one release.</param>
    /// <param name="dimension">d, numbers in one answer.</param>
    /// <param name="grid">By default, 2²⁰ to 2²¹ steps in Δ₁/ε. It must not depend on the data.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive, or the noise has more than 2²² steps.</exception>
    public static LaplaceMechanism Create(L1Sensitivity sensitivity, double epsilon, int dimension = 1, Grid? grid = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        Grid chosen = grid ?? Grid.For(Scale(sensitivity, epsilon), DefaultBits);
        Rational spacing = Rational.FromDouble(chosen.Spacing);
        BigInteger steps = (Rational.FromDouble(sensitivity.Value) / spacing).Floor + dimension;   // a sum of integers: rounded down
        return new LaplaceMechanism(epsilon, dimension, chosen, DiscreteLaplaceSampler.Create(new Rational(steps, 1) / Rational.FromDouble(epsilon)));
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
}
