namespace Tacit.Privacy.Accounting.Distributed;

/// <summary>What randomised conditional rounding adds to the sensitivity; shared by the distributed mechanisms.</summary>
internal static class Rounding
{
    /// <summary>The L2 norm of a rounded vector, unscaled.</summary>
    /// <remarks>Kairouz, Liu and Steinke 2021, Proposition 14: the norm a rounded vector is accepted up to.</remarks>
    public static double L2Sensitivity(double clip, double granularity, int dimension, double beta)
    {
        double root = Math.Sqrt(dimension);
        double always = (clip + (granularity * root)) * (clip + (granularity * root));
        double likely = (clip * clip) + (granularity * granularity * dimension / 4) + (Math.Sqrt(-2 * Math.Log(beta)) * granularity * (clip + (granularity * root / 2)));
        return Math.Sqrt(Math.Min(always, likely));
    }

    /// <summary>The L1 norm of a rounded vector, unscaled: integers have ‖x‖₁ ≤ ‖x‖₂², and any vector ‖x‖₁ ≤ √D ‖x‖₂.</summary>
    public static double L1Sensitivity(double l2, double granularity, int dimension)
    {
        double steps = l2 / granularity;
        return granularity * steps * Math.Min(Math.Sqrt(dimension), steps);
    }

    public static void Validate(double clip, double granularity, int dimension, double beta, double noise, int shares)
    {
        Require.Positive(clip, nameof(clip));
        Require.Positive(granularity, nameof(granularity));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        if (!(beta is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(beta), beta, "beta must be in [0, 1)");
        Require.Positive(noise, nameof(noise));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shares);
    }
}
