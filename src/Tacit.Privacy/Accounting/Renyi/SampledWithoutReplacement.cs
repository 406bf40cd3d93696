using Tacit.Privacy.Accounting.Numerics;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Accounting.Renyi;

/// <summary>The Gaussian mechanism on batches of fixed size drawn without replacement; replace-one.</summary>
/// <remarks>Wang, Balle and Kasiviswanathan 2019, Theorem 27, with the moments about one, E[(P/Q − 1)^l] at even l, by quadrature. Pure; thread-safe.</remarks>
public static class SampledWithoutReplacement
{
    private const int LargestExact = 256;

    /// <summary>D_α of one step, at most.</summary>
    /// <param name="rate">γ = batch/population in (0, 1].</param>
    /// <param name="noiseMultiplier">σ over the L2 sensitivity under replace-one, which is 2C for vectors clipped to C.</param>
    /// <param name="order">α > 1; between integers the chord of the convex (α − 1)D_α.</param>
    /// <returns>In nats.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Renyi(double rate, double noiseMultiplier, double order)
    {
        Require.Rate(rate);
        Require.Positive(noiseMultiplier, nameof(noiseMultiplier));
        Require.Order(order);
        double whole = order / (2 * noiseMultiplier * noiseMultiplier);
        if (rate == 1) return whole;
        int below = (int)Math.Floor(order);
        double part = order - below, log = (1 - part) * LogMoment(rate, noiseMultiplier, below);
        if (part > 0) log += part * LogMoment(rate, noiseMultiplier, below + 1);
        return Math.Min(whole, log / (order - 1));
    }

    // (α − 1) D_α at an integer α.
    private static double LogMoment(double rate, double sigma, int order)
    {
        if (order == 1) return 0;
        double half = 0.5 / (sigma * sigma), second = 2 * half;
        Dictionary<int, double> central = [];
        double Central(int even) => central.TryGetValue(even, out double known) ? known : central[even] = LogCentralMoment(sigma, even);
        double[] terms = new double[order];
        terms[0] = 0;
        terms[1] = (2 * Math.Log(rate)) + LogDomain.LogBinomial(order, 2) + Math.Min(Math.Log(4) + LogDomain.LogExpm1(second), second + Math.Log(2));
        for (int l = 3; l <= order; l++)
        {
            double term = Math.Log(2) + ((l - 1) * l * half);
            if (order <= LargestExact) term = Math.Min(term, Math.Log(4) + (0.5 * (Central(2 * (l / 2)) + Central(2 * ((l + 1) / 2)))));
            terms[l - 1] = term + (l * Math.Log(rate)) + LogDomain.LogBinomial(order, l);
        }

        return LogDomain.Sum(terms);
    }

    // ln E_Q[(P/Q − 1)^l] for even l: an entire integrand, for which the trapezoidal rule is exact to rounding.
    private static double LogCentralMoment(double sigma, int even)
    {
        double step = 0.25 * sigma, from = -14 * sigma, to = even + (14 * sigma);
        double[] terms = new double[(int)((to - from) / step) + 1];
        for (int k = 0; k < terms.Length; k++)
        {
            double x = from + (k * step), exponent = ((2 * x) - 1) / (2 * sigma * sigma);
            double distance = exponent > 0 ? LogDomain.LogExpm1(exponent) : Math.Log(-LogDomain.Expm1(exponent));
            terms[k] = NormalDistribution.LogDensity(x / sigma) + (even * distance);
        }

        return LogDomain.Sum(terms) + Math.Log(step / sigma);
    }
}
