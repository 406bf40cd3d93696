namespace Tacit.Privacy.Numerics;

/// <summary>Probabilities of the discrete Laplace distribution, P(x) proportional to exp(−|x|/b).</summary>
/// <param name="Scale">b, positive.</param>
public readonly record struct DiscreteLaplaceDistribution(double Scale)
{
    /// <summary>Twice e⁻¹ᐟᵇ/(1 − e⁻¹ᐟᵇ)².</summary>
    public double Variance => 1 / (2 * Math.Sinh(0.5 / Scale) * Math.Sinh(0.5 / Scale));

    /// <summary>P(x).</summary>
    /// <param name="x">Any integer.</param>
    public double Pmf(long x) => Math.Tanh(0.5 / Scale) * Math.Exp(-Math.Abs((double)x) / Scale);

    /// <summary>P(X ≤ x).</summary>
    /// <param name="x">Any integer.</param>
    public double Cdf(long x) => x < 0 ? Math.Exp(x / Scale) / (1 + Math.Exp(-1 / Scale)) : 1 - Cdf(-x - 1);
}
