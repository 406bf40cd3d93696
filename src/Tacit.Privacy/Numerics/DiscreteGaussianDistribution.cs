namespace Tacit.Privacy.Numerics;

/// <summary>Probabilities of the discrete Gaussian, P(x) proportional to exp(−x²/2σ²).</summary>
/// <param name="Scale">σ, positive.</param>
public readonly record struct DiscreteGaussianDistribution(double Scale)
{
    // From here on the normaliser is σ√2π and the variance σ², to e⁻¹⁷⁷ (Poisson summation).
    private const double Continuous = 3;

    /// <summary>The sum of exp(−x²/2σ²) over all integers.</summary>
    public double Normaliser => Scale >= Continuous ? Scale * Math.Sqrt(2 * Math.PI) : 1 + 2 * Sum(1, _ => 1);

    /// <summary>Below σ² where σ is below about 1.</summary>
    public double Variance => Scale >= Continuous ? Scale * Scale : 2 * Sum(1, x => x * x) / Normaliser;

    /// <summary>P(x).</summary>
    /// <param name="x">Any integer.</param>
    public double Pmf(long x) => Math.Exp(Exponent(x)) / Normaliser;

    /// <summary>ln P(x).</summary>
    /// <param name="x">Any integer.</param>
    public double LogPmf(long x) => Exponent(x) - Math.Log(Normaliser);

    /// <summary>P(X ≥ x), in steps of the order of σ.</summary>
    /// <param name="x">Any integer.</param>
    public double Tail(long x) => x <= 0 ? 1 - Tail(1 - x) : Sum(x, _ => 1) / Normaliser;

    private double Exponent(double x) => -x * x / (2 * Scale * Scale);

    private double Sum(long from, Func<double, double> factor)
    {
        double sum = 0, last = Math.Sqrt((double)from * from + 80 * Scale * Scale) + 1;   // beyond: e⁻⁴⁰ of the first term
        for (double x = from; x <= last; x++) sum += factor(x) * Math.Exp(Exponent(x));
        return sum;
    }
}
