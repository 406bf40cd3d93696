using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Accounting.Numerics;

/// <summary>What accountants ask of the normal law, with full relative precision in both tails.</summary>
internal static class NormalTails
{
    /// <summary>1 − Φ(t).</summary>
    public static double Upper(double t) => NormalDistribution.Cdf(-t);

    /// <summary>ln(1 − Φ(t)).</summary>
    public static double LogUpper(double t) => NormalDistribution.LogCdf(-t);

    /// <summary>The t ≥ 0 with 1 − Φ(t) at most a given tail below one half.</summary>
    public static double UpperQuantile(double tail)
    {
        double log = Math.Log(tail), low = 0, high = Math.Sqrt(-2 * log) + 1;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (LogUpper(middle) > log) low = middle;
            else high = middle;
        }

        return high;
    }
}
