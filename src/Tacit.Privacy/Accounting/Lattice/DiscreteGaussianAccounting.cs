using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.Lattice;

/// <summary>The discrete Gaussian N_Z(0, σ²), P(x) ∝ e^(−x²/2σ²), on one integer.</summary>
/// <remarks>Canonne, Kamath and Steinke 2020. Pure functions; thread-safe.</remarks>
public static class DiscreteGaussianAccounting
{
    private const double DualFrom = 1;   // from here the dual sum, below it the direct one: both converge at once

    /// <summary>ln Σ e^(−x²/2σ²).</summary>
    /// <param name="scale">σ > 0; not the standard deviation, which is smaller below about one.</param>
    public static double LogNormalizer(double scale)
    {
        Require.Positive(scale, nameof(scale));
        if (scale < DualFrom) return LogDomain.Log1p(2 * Series(k => Math.Exp(-(double)k * k / (2 * scale * scale))));
        return Math.Log(scale) + (0.5 * Math.Log(2 * Math.PI)) + LogDomain.Log1p(2 * Series(k => Dual(scale, k)));
    }

    /// <summary>ln P(x).</summary>
    /// <param name="scale">σ > 0.</param>
    /// <param name="x">Any integer.</param>
    public static double LogProbability(double scale, long x) => -(double)x * x / (2 * scale * scale) - LogNormalizer(scale);

    /// <summary>The variance: at most σ², and far below it for small σ.</summary>
    /// <param name="scale">σ > 0.</param>
    public static double Variance(double scale)
    {
        Require.Positive(scale, nameof(scale));
        double square = scale * scale;
        if (scale < DualFrom) return 2 * Series(k => (double)k * k * Math.Exp(-(double)k * k / (2 * square))) / Math.Exp(LogNormalizer(scale));
        return square - (8 * Math.PI * Math.PI * square * square * Series(k => (double)k * k * Dual(scale, k)) / (1 + (2 * Series(k => Dual(scale, k)))));
    }

    /// <summary>ln P(X ≥ x).</summary>
    /// <param name="scale">σ > 0.</param>
    /// <param name="x">At least 1.</param>
    public static double LogUpperTail(double scale, long x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(x);
        double first = LogProbability(scale, x), sum = 0;
        for (long y = x; ; y++)
        {
            double term = Math.Exp(((double)(x - y) * (x + y)) / (2 * scale * scale));
            sum += term;
            if (term < 1e-19 * sum) return first + Math.Log(sum);
        }
    }

    /// <summary>ln δ of the mechanism at ε, exactly.</summary>
    /// <param name="scale">σ > 0.</param>
    /// <param name="sensitivity">Δ ≥ 1: how far one participant moves the integer.</param>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <returns>Of Σ P(y)(1 − e^(ε − L(y))) over the y whose loss L(y) = Δ(Δ + 2y)/2σ² is above ε: no term is negative.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <remarks>Canonne, Kamath and Steinke 2020, Theorem 7, as one sum.</remarks>
    public static double LogDelta(double scale, int sensitivity, double epsilon)
    {
        Require.Positive(scale, nameof(scale));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sensitivity);
        Require.NotNegative(epsilon, nameof(epsilon));
        double square = scale * scale, threshold = (epsilon * square / sensitivity) - (sensitivity / 2.0);
        double first = Math.Max(Math.Floor(threshold) + 1, -Math.Ceiling(40 * scale) - 1), anchor = first > 0 ? first : 0, sum = 0;
        for (double y = first; ; y++)
        {
            double loss = sensitivity * (sensitivity + (2 * y)) / (2 * square);
            if (loss <= epsilon) continue;
            double weight = Math.Exp((anchor - y) * (anchor + y) / (2 * square));
            sum -= weight * LogDomain.Expm1(epsilon - loss);
            if (y > anchor && weight < 1e-19 * sum) return Math.Min(0, Math.Log(sum) - (anchor * anchor / (2 * square)) - LogNormalizer(scale));
            if (weight == 0 && y > anchor) return double.NegativeInfinity;
        }
    }

    private static double Dual(double scale, int k) => Math.Exp(-2 * Math.PI * Math.PI * scale * scale * k * k);

    private static double Series(Func<int, double> term)
    {
        double sum = 0;
        for (int k = 1; ; k++)
        {
            double next = term(k);
            sum += next;
            if (next <= 1e-19 * sum) return sum;
        }
    }
}
