using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Sampling;

namespace Tacit.Privacy.Mechanisms;

/// <summary>Noise for one sum of vectors of bounded norm, by its multiplier, on a grid that does not depend on the data.</summary>
/// <remarks>
/// The sum is rounded to the grid, which lets neighbours grow apart by √d steps more; the noise has z times the sensitivity with that. Accounted as a Gaussian
/// event of multiplier z: the discrete Gaussian's Rényi divergences are at most the continuous one's (Canonne, Kamath and Steinke 2020, Theorem 4).
/// </remarks>
public sealed class GaussianSum
{
    private const int GridBits = 20;

    private readonly Grid grid;
    private readonly DiscreteGaussianSampler sampler;

    /// <summary>Prepares the noise.</summary>
    /// <param name="norm">C: the largest L2 norm of one summand; positive.</param>
    /// <param name="noiseMultiplier">z; positive.</param>
    /// <param name="dimension">d.</param>
    public GaussianSum(double norm, double noiseMultiplier, int dimension)
    {
        PositiveNumber.Checked(norm, nameof(norm));
        PositiveNumber.Checked(noiseMultiplier, nameof(noiseMultiplier));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        grid = Grid.For(norm * noiseMultiplier, GridBits);
        sampler = DiscreteGaussianSampler.Create(noiseMultiplier * ((norm / grid.Spacing) + Math.Sqrt(dimension)));
        Dimension = dimension;
    }

    /// <summary>d.</summary>
    public int Dimension { get; }

    /// <summary>Standard deviation of the noise on each coordinate.</summary>
    public double Deviation => sampler.Scale * grid.Spacing;

    /// <summary>Adds noise to a sum.</summary>
    /// <param name="sum">Length d, finite.</param>
    /// <param name="random">A production source, or nothing is private.</param>
    /// <param name="released">Length d, overwritten.</param>
    public void Release(ReadOnlySpan<double> sum, IRandomSource random, Span<double> released) => GridNoise.Release(grid, sampler, random, sum, released);
}
