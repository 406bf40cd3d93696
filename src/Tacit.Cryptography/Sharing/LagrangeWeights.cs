namespace Tacit.Cryptography.Sharing;

/// <summary>Barycentric weights over the field of 2⁶¹ − 1.</summary>
internal static class LagrangeWeights
{
    /// <summary>λᵢ = ∏ xⱼ / (xⱼ − xᵢ) over j ≠ i, so that f(0) = Σ λᵢ f(xᵢ).</summary>
    public static void AtZero(ReadOnlySpan<uint> points, Span<ulong> weights)
    {
        // λᵢ = (∏ xⱼ) / (xᵢ ∏ (xⱼ − xᵢ)): one product for all and one inversion for all.
        ulong all = 1;
        for (int i = 0; i < points.Length; i++)
        {
            all = Mersenne61.Multiply(all, points[i]);
            weights[i] = Mersenne61.Multiply(points[i], Differences(points, i));
        }

        Mersenne61.InvertAll(weights);
        foreach (ref ulong weight in weights) weight = Mersenne61.Multiply(weight, all);
    }

    /// <summary>vᵢ = 1 / ∏ (xⱼ − xᵢ): the multipliers of the dual code (MacWilliams and Sloane 1977, Chapter 10, Theorem 4).</summary>
    public static void Dual(ReadOnlySpan<uint> points, Span<ulong> weights)
    {
        for (int i = 0; i < points.Length; i++) weights[i] = Differences(points, i);
        Mersenne61.InvertAll(weights);
    }

    // Two running products hide the latency of the multiplication.
    private static ulong Differences(ReadOnlySpan<uint> points, int i)
    {
        unchecked
        {
            ulong even = 1, odd = 1, x = points[i];
            int j = 0;
            for (; j + 1 < points.Length; j += 2)
            {
                even = Mersenne61.Multiply(even, j == i ? 1 : Mersenne61.Subtract(points[j], x));
                odd = Mersenne61.Multiply(odd, j + 1 == i ? 1 : Mersenne61.Subtract(points[j + 1], x));
            }

            if (j < points.Length && j != i) even = Mersenne61.Multiply(even, Mersenne61.Subtract(points[j], x));
            return Mersenne61.Multiply(even, odd);
        }
    }
}
