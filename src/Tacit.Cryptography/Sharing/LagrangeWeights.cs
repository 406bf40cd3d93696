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

    // Points are public 32-bit numbers: their distances are small factors, and the sign is a count. Two products hide the latency.
    private static ulong Differences(ReadOnlySpan<uint> points, int i)
    {
        unchecked
        {
            ulong even = 1, odd = 1;
            uint x = points[i], negative = 0;
            int j = 0;
            for (; j + 1 < points.Length; j += 2)
            {
                even = Mersenne61.MultiplyAddLazy(even, Distance(points[j], x, ref negative), 0);
                odd = Mersenne61.MultiplyAddLazy(odd, Distance(points[j + 1], x, ref negative), 0);
            }

            if (j < points.Length) even = Mersenne61.MultiplyAddLazy(even, Distance(points[j], x, ref negative), 0);
            ulong product = Mersenne61.Multiply(Mersenne61.Canonical(even), Mersenne61.Canonical(odd));
            return (negative & 1) == 0 ? product : Mersenne61.Subtract(0, product);
        }
    }

    // |to − from|, or 1 for the point itself, so that it drops out of the product.
    private static uint Distance(uint to, uint from, ref uint negative)
    {
        unchecked
        {
            negative += to < from ? 1u : 0u;
            return to == from ? 1 : to < from ? from - to : to - from;
        }
    }
}
