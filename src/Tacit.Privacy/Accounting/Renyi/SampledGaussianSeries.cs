using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.Renyi;

/// <summary>The sampled Gaussian by the series of the paper with every term taken as positive: an upper bound that common accountants report.</summary>
/// <remarks>
/// Mironov, Talwar and Zhang 2019, section 3.3. Generalised binomials alternate in sign beyond the order; without the signs the sum is
/// looser between integers, by up to some percent. For comparison; <see cref="SampledGaussian"/> is exact. Pure; thread-safe.
/// </remarks>
public static class SampledGaussianSeries
{
    private const double Negligible = -30;

    /// <summary>At least D_α of one step.</summary>
    /// <param name="rate">q in (0, 1].</param>
    /// <param name="noiseMultiplier">σ/Δ₂ > 0.</param>
    /// <param name="order">α > 1.</param>
    /// <returns>In nats.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Renyi(double rate, double noiseMultiplier, double order)
    {
        if (rate == 1 || order == Math.Floor(order)) return SampledGaussian.Renyi(rate, noiseMultiplier, order);
        Require.Rate(rate);
        Require.Positive(noiseMultiplier, nameof(noiseMultiplier));
        Require.Order(order);
        double logQ = Math.Log(rate), logRest = LogDomain.Log1p(-rate), square = noiseMultiplier * noiseMultiplier;
        double middle = (square * (logRest - logQ)) + 0.5, logBinomial = 0, sum = double.NegativeInfinity;   // where both summands of the mixture are equal
        for (int i = 0; i < 100_000; i++)
        {
            double j = order - i;
            if (i > 0) logBinomial += Math.Log(Math.Abs(j + 1) / i);
            double below = logBinomial + (i * logQ) + (j * logRest) + (((double)i * i) - i) / (2 * square) + NormalTails.LogUpper((i - middle) / noiseMultiplier);
            double above = logBinomial + (j * logQ) + (i * logRest) + ((j * j) - j) / (2 * square) + NormalTails.LogUpper((middle - j) / noiseMultiplier);
            sum = LogDomain.Add(sum, LogDomain.Add(below, above));
            if (Math.Max(below, above) < Negligible) break;
        }

        return sum / (order - 1);
    }
}
