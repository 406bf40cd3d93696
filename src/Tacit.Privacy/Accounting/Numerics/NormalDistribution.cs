namespace Tacit.Privacy.Accounting.Numerics;

/// <summary>The standard normal law with full relative precision in both tails.</summary>
internal static class NormalDistribution
{
    private const double Step = 0.5;
    private const int Points = 14;           // exp(−(13.5·0.5)²) is below 1e-19
    private const double ResidueEnds = 5.5;  // beyond, the continued fraction takes over

    private static readonly double[] squares = [.. Enumerable.Range(0, Points).Select(k => (k + 0.5) * Step * (k + 0.5) * Step)];
    private static readonly double[] weights = [.. squares.Select(square => Math.Exp(-square))];
    private static readonly double logRootTwoPi = 0.5 * Math.Log(2 * Math.PI);

    /// <summary>e^(x²) erfc(x) for x ≥ 0.</summary>
    /// <remarks>The midpoint rule on Mills' integral with the residue at its pole (Hunter and Regan 1972); then Laplace's continued fraction.</remarks>
    public static double ScaledComplement(double x)
    {
        if (x > ResidueEnds) return ContinuedFraction(x);
        double sum = 0;
        for (int k = 0; k < Points; k++) sum += weights[k] / ((x * x) + squares[k]);

        return (2 * Step * x / Math.PI * sum) + (2 * Math.Exp(x * x) / (1 + Math.Exp(2 * Math.PI * x / Step)));
    }

    /// <summary>(1 − Φ(t))/φ(t) for t ≥ 0: Mills' ratio.</summary>
    public static double Mills(double t) => Math.Sqrt(Math.PI / 2) * ScaledComplement(t / Math.Sqrt(2));

    /// <summary>1 − Φ(t).</summary>
    public static double UpperTail(double t) => t >= 0 ? 0.5 * ScaledComplement(t / Math.Sqrt(2)) * Math.Exp(-t * t / 2) : 1 - UpperTail(-t);

    /// <summary>ln(1 − Φ(t)).</summary>
    public static double LogUpperTail(double t) => t >= 0 ? Math.Log(0.5 * ScaledComplement(t / Math.Sqrt(2))) - (t * t / 2) : LogDomain.Log1p(-UpperTail(-t));

    /// <summary>Φ(b) − Φ(a) for a ≤ b, from the tails on one side: relative precision far out.</summary>
    public static double Between(double a, double b)
    {
        if (a >= 0) return UpperTail(a) - UpperTail(b);
        return b <= 0 ? UpperTail(-b) - UpperTail(-a) : 1 - UpperTail(b) - UpperTail(-a);
    }

    /// <summary>ln φ(t).</summary>
    public static double LogDensity(double t) => (-t * t / 2) - logRootTwoPi;

    /// <summary>The t ≥ 0 with 1 − Φ(t) at most a given tail below one half.</summary>
    public static double UpperQuantile(double tail)
    {
        double log = Math.Log(tail), low = 0, high = Math.Sqrt(-2 * log) + 1;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (LogUpperTail(middle) > log) low = middle;
            else high = middle;
        }

        return high;
    }

    private static double ContinuedFraction(double x)
    {
        if (x > 1e7) return 1 / (x * Math.Sqrt(Math.PI));
        double fraction = x;
        for (int k = 60; k >= 1; k--) fraction = x + (k / 2.0 / fraction);
        return 1 / (fraction * Math.Sqrt(Math.PI));
    }
}
