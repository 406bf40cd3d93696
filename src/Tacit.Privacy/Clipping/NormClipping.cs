namespace Tacit.Privacy.Clipping;

/// <summary>Bounds what one participant can add to a sum.</summary>
public static class NormClipping
{
    /// <summary>‖x‖₂, summed in double precision.</summary>
    /// <param name="vector">Length d.</param>
    /// <returns>NaN or infinity if an element is. Sensitive: never log or send it.</returns>
    public static double Norm(ReadOnlySpan<float> vector)
    {
        double a = 0, b = 0, c = 0, e = 0;   // four chains, so that additions overlap
        int i = 0;
        for (; i <= vector.Length - 4; i += 4)
        {
            a += (double)vector[i] * vector[i];
            b += (double)vector[i + 1] * vector[i + 1];
            c += (double)vector[i + 2] * vector[i + 2];
            e += (double)vector[i + 3] * vector[i + 3];
        }

        for (; i < vector.Length; i++) a += (double)vector[i] * vector[i];
        return Math.Sqrt(a + b + c + e);
    }

    /// <summary>Scales a vector down to an L2 norm of at most <paramref name="bound"/>; shorter vectors are unchanged.</summary>
    /// <param name="vector">Length d; overwritten. Must be finite.</param>
    /// <param name="bound">C in the literature; positive, in the units of <paramref name="vector"/>.</param>
    /// <returns>The norm before clipping, for adaptive clipping. Sensitive: never log or send it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is not positive.</exception>
    /// <remarks>Abadi et al. 2016, Algorithm 1. Rounding can leave the norm a few ulps over the bound.</remarks>
    public static double ClipToNorm(Span<float> vector, double bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);

        double norm = Norm(vector);
        if (norm <= bound) return norm;

        float scale = (float)(bound / norm);
        foreach (ref float x in vector) x *= scale;
        return norm;
    }
}
