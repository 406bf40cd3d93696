using Tacit.Privacy.Accounting.Numerics;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Accounting.Renyi;

/// <summary>The Gaussian mechanism on a Poisson sample: Rényi divergence of the worse direction, exactly.</summary>
/// <remarks>
/// Mironov, Talwar and Zhang 2019: D_α((1−q)N(0, σ²) + qN(1, σ²) ‖ N(0, σ²)); the other direction is never larger (Theorem 5).
/// Add-or-remove-one. Pure functions; thread-safe.
/// </remarks>
public static class SampledGaussian
{
    /// <summary>D_α of one step.</summary>
    /// <param name="rate">q in (0, 1].</param>
    /// <param name="noiseMultiplier">σ/Δ₂ > 0.</param>
    /// <param name="order">α > 1; integers by the binomial sum, others by quadrature, both to about 1e-12.</param>
    /// <returns>In nats.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Renyi(double rate, double noiseMultiplier, double order)
    {
        Require.Rate(rate);
        Require.Positive(noiseMultiplier, nameof(noiseMultiplier));
        Require.Order(order);
        double half = 0.5 / (noiseMultiplier * noiseMultiplier);
        if (rate == 1) return order * half;
        return order == Math.Floor(order) && order <= 1 << 16
            ? PoissonAmplification.Symmetric(l => l * half, (int)order, rate)
            : Math.Min(order * half, LogDomain.Softplus(LogExcess(rate, noiseMultiplier, order)) / (order - 1));
    }

    // ln E[(1+u)^a − 1 − au] for u = q(e^((2x−1)/2σ²) − 1), x ~ N(0, σ²): E[u] = 0, so nothing cancels.
    // The trapezoidal rule converges geometrically: the nearest singularity, 1 + u = 0, is πσ² off the real line.
    private static double LogExcess(double rate, double sigma, double order)
    {
        double step = Math.Min(0.55 * sigma * sigma, 0.45 * sigma), reach = 14 * sigma;
        List<double> terms = [];
        void AddRange(double from, double to)
        {
            for (double k = Math.Ceiling(from / step); k <= to / step; k++) terms.Add(LogTerm(rate, sigma, order, k * step));
        }

        if (order <= 2 * reach) AddRange(-reach, order + reach);
        else
        {
            AddRange(-reach, reach);          // where the sample is without the one record
            AddRange(order - reach, order + reach);   // where the power shifts the record's share to
        }

        return LogDomain.Sum(terms.ToArray()) + Math.Log(step / sigma);
    }

    private static double LogTerm(double rate, double sigma, double order, double x)
    {
        double exponent = ((2 * x) - 1) / (2 * sigma * sigma), logDensity = NormalDistribution.LogDensity(x / sigma);
        double logGrowth = exponent < 0.5 ? LogDomain.Log1p(rate * LogDomain.Expm1(exponent)) : LogDomain.Add(LogDomain.Log1p(-rate), Math.Log(rate) + exponent);
        if (exponent < 500)
        {
            double u = rate * LogDomain.Expm1(exponent);
            if (Math.Abs(order * u) < 0.1) return logDensity + Math.Log(SmallExcess(order, u));
            double power = order * logGrowth;
            if (power < 40) return logDensity + Math.Log(Math.Max(0, LogDomain.Expm1(power) - (order * u)));
            return logDensity + power + LogDomain.Log1p(-(1 + (order * u)) * Math.Exp(-power));
        }

        return logDensity + (order * logGrowth);
    }

    // (1+u)^a − 1 − au as a series.
    private static double SmallExcess(double order, double u)
    {
        double term = order * u, sum = 0;
        for (int k = 2; k < 40; k++)
        {
            term *= (order - k + 1) / k * u;
            sum += term;
            if (Math.Abs(term) < 1e-18 * Math.Abs(sum)) break;
        }

        return Math.Max(0, sum);
    }
}
