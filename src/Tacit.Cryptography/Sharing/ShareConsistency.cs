namespace Tacit.Cryptography.Sharing;

/// <summary>Whether more than t shares lie on one polynomial of degree below t.</summary>
internal static class ShareConsistency
{
    /// <summary>Checks all parity equations Σ vᵢ xᵢʲ yᵢ = 0, j in [0, n − t), of the Reed–Solomon code that shares are words of.</summary>
    /// <remarks>McEliece and Sarwate 1981. With exactly t shares there is nothing to check.</remarks>
    public static bool Holds(int threshold, ReadOnlySpan<uint> points, ReadOnlySpan<ulong> values)
    {
        int checks = points.Length - threshold;
        if (checks == 0) return true;

        Span<ulong> rows = points.Length <= 256 ? stackalloc ulong[points.Length] : new ulong[points.Length];
        LagrangeWeights.Dual(points, rows);
        Span<ulong> sums = stackalloc ulong[SeedSharing.Elements];
        for (int j = 0; j < checks; j++)
        {
            sums.Clear();
            for (int i = 0; i < points.Length; i++)
            {
                for (int e = 0; e < sums.Length; e++) sums[e] = Mersenne61.MultiplyAdd(rows[i], values[i * sums.Length + e], sums[e]);
                rows[i] = Mersenne61.Multiply(rows[i], points[i]);
            }

            if (sums.ContainsAnyExcept(0UL)) return false;
        }

        return true;
    }
}
