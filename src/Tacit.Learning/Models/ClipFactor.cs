namespace Tacit.Learning.Models;

/// <summary>By what one example's gradient is multiplied so that its norm is at most a bound.</summary>
internal static class ClipFactor
{
    /// <summary>min(1, bound / √squaredNorm), rounded down; 0 for a gradient that is not finite.</summary>
    /// <param name="squaredNorm">Of the gradient; NaN or infinite if the gradient is.</param>
    /// <param name="bound">C; positive and finite.</param>
    /// <returns>In [0, 1], and factor · √squaredNorm ≤ C in double precision.</returns>
    /// <remarks>Abadi et al. 2016, Algorithm 1.</remarks>
    public static float Of(double squaredNorm, double bound)
    {
        if (!double.IsFinite(squaredNorm)) return 0;
        double norm = Math.Sqrt(squaredNorm);
        if (norm <= bound) return 1;

        float factor = (float)(bound / norm);
        while (factor * norm > bound) factor = MathF.BitDecrement(factor);
        return factor;
    }
}
