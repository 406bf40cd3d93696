namespace Tacit.Privacy.Clipping;

/// <summary>Bounds what one participant can add to a sum.</summary>
public static class NormClipping
{
    /// <summary>Scales a vector down to an L2 norm of at most <paramref name="bound"/>; shorter vectors are unchanged.</summary>
    /// <param name="vector">Length d; overwritten. Must be finite.</param>
    /// <param name="bound">C in the literature; positive, in the units of <paramref name="vector"/>.</param>
    /// <returns>The norm before clipping, for adaptive clipping. Sensitive: never log or send it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is not positive.</exception>
    /// <remarks>Abadi et al. 2016, Algorithm 1. Rounding can leave the norm a few ulps over the bound.</remarks>
    public static double ClipToNorm(Span<float> vector, double bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);

        double squares = 0;
        foreach (float x in vector) squares += (double)x * x;   // double: d float squares lose the small ones

        double norm = Math.Sqrt(squares);
        if (norm <= bound) return norm;

        float scale = (float)(bound / norm);
        foreach (ref float x in vector) x *= scale;
        return norm;
    }
}
