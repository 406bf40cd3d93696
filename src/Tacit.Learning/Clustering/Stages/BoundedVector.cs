namespace Tacit.Learning.Clustering.Stages;

/// <summary>A record's vector as whole steps whose norm keeps a bound, whatever the record is.</summary>
internal static class BoundedVector
{
    /// <summary>Adds v·min(1, r/‖v‖₂)/r·G to a sum, each coordinate rounded towards zero, so that the L2 norm is at most G steps.</summary>
    /// <param name="point">x.</param>
    /// <param name="origin">v = x − origin.</param>
    /// <param name="radius">r, positive.</param>
    /// <param name="steps">G.</param>
    /// <param name="sums">d; added to.</param>
    public static void AddEuclidean(ReadOnlySpan<float> point, ReadOnlySpan<double> origin, double radius, long steps, Span<long> sums)
    {
        double squares = 0;
        for (int a = 0; a < point.Length; a++)
        {
            double v = point[a] - origin[a];
            squares += v * v;
        }

        Add(point, origin, Factor(Math.Sqrt(squares), radius, steps), sums);
    }

    /// <summary>The same with the L1 norm.</summary>
    public static void AddManhattan(ReadOnlySpan<float> point, ReadOnlySpan<double> origin, double radius, long steps, Span<long> sums)
    {
        double norm = 0;
        for (int a = 0; a < point.Length; a++) norm += Math.Abs(point[a] - origin[a]);
        Add(point, origin, Factor(norm, radius, steps), sums);
    }

    // A little less than exact, so that the rounding of doubles never exceeds the bound.
    private static double Factor(double norm, double radius, long steps) => steps / Math.Max(radius, norm) * (1 - 1e-12);

    private static void Add(ReadOnlySpan<float> point, ReadOnlySpan<double> origin, double factor, Span<long> sums)
    {
        for (int a = 0; a < point.Length; a++) sums[a] += (long)((point[a] - origin[a]) * factor);
    }
}
