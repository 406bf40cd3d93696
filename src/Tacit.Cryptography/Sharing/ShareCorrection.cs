namespace Tacit.Cryptography.Sharing;

/// <summary>Finds wrong shares: unique decoding of Reed–Solomon codes by the extended Euclidean algorithm, stopped half-way (Gao 2003). O(n²).</summary>
internal static class ShareCorrection
{
    /// <summary>Corrects up to e = ⌊(n − t) / 2⌋ wrong shares in each of the five polynomials.</summary>
    /// <param name="threshold">t.</param>
    /// <param name="points">n distinct x coordinates.</param>
    /// <param name="values">Five elements for each point.</param>
    /// <param name="secret">Five elements, overwritten on success.</param>
    /// <param name="wrong">The x coordinates of the shares that were wrong.</param>
    public static bool TryCorrect(int threshold, ReadOnlySpan<uint> points, ReadOnlySpan<ulong> values, Span<ulong> secret, out uint[] wrong)
    {
        SortedSet<uint> culprits = [];
        int n = points.Length, errors = (n - threshold) / 2;
        wrong = [];
        if (errors == 0) return false;
        ulong[] vanishing = Vanishing(points);
        ulong[][] through = Interpolate(points, values, vanishing);
        for (int e = 0; e < SeedSharing.Elements; e++)
        {
            if (!TryDecode(threshold, vanishing, through[e], out ulong[] polynomial)) return false;

            secret[e] = polynomial[0];
            for (int i = 0; i < n; i++)
            {
                if (Evaluate(polynomial, points[i]) != values[(i * SeedSharing.Elements) + e]) culprits.Add(points[i]);
            }
        }

        wrong = [.. culprits];
        return wrong.Length <= errors;
    }

    // g₀ = ∏ (x − xᵢ), lowest coefficient first.
    private static ulong[] Vanishing(ReadOnlySpan<uint> points)
    {
        var product = new ulong[points.Length + 1];
        product[0] = 1;
        for (int i = 0; i < points.Length; i++)
        {
            for (int j = i + 1; j > 0; j--) product[j] = Mersenne61.Subtract(product[j - 1], Mersenne61.Multiply(product[j], points[i]));
            product[0] = Mersenne61.Subtract(0, Mersenne61.Multiply(product[0], points[i]));
        }

        return product;
    }

    // g₁ of degree below n with g₁(xᵢ) = yᵢ, for all elements at once: Σ yᵢ · g₀ / (x − xᵢ) / ∏ (xᵢ − xⱼ).
    private static ulong[][] Interpolate(ReadOnlySpan<uint> points, ReadOnlySpan<ulong> values, ulong[] vanishing)
    {
        int n = points.Length;
        var weights = new ulong[n];
        LagrangeWeights.Dual(points, weights);   // with xⱼ − xᵢ: the sign is that of n − 1 factors
        var through = new ulong[SeedSharing.Elements][];
        for (int e = 0; e < through.Length; e++) through[e] = new ulong[n + 1];
        Span<ulong> factors = stackalloc ulong[SeedSharing.Elements];
        for (int i = 0; i < n; i++)
        {
            ulong weight = n % 2 == 1 ? weights[i] : Mersenne61.Subtract(0, weights[i]);
            for (int e = 0; e < factors.Length; e++) factors[e] = Mersenne61.Multiply(values[(i * SeedSharing.Elements) + e], weight);
            ulong quotient = 0;
            for (int j = n; j > 0; j--)
            {
                quotient = Mersenne61.MultiplyAdd(quotient, points[i], vanishing[j]);
                for (int e = 0; e < factors.Length; e++) through[e][j - 1] = Mersenne61.MultiplyAdd(quotient, factors[e], through[e][j - 1]);
            }
        }

        return through;
    }

    // "Apply the extended Euclidean algorithm to g₀ and g₁, stop when the remainder g has degree below (n + k) / 2; divide g by v": f if nothing is left.
    private static bool TryDecode(int threshold, ulong[] vanishing, ulong[] through, out ulong[] polynomial)
    {
        int n = vanishing.Length - 1;
        ulong[] older = [.. vanishing], newer = through, olderFactor = new ulong[n + 1], newerFactor = new ulong[n + 1];
        newerFactor[0] = 1;
        while (2 * Degree(newer) >= n + threshold)
        {
            Reduce(older, newer, olderFactor, newerFactor);
            (older, newer) = (newer, older);
            (olderFactor, newerFactor) = (newerFactor, olderFactor);
        }

        return TryDivide(newer, newerFactor, out polynomial) && polynomial.Length <= threshold;
    }

    // older becomes older mod newer; the same multiples of newer's factor are taken from older's.
    private static void Reduce(ulong[] older, ulong[] newer, ulong[] olderFactor, ulong[] newerFactor)
    {
        int degree = Degree(newer), factorDegree = Degree(newerFactor);
        ulong inverse = Mersenne61.Inverse(newer[degree]);
        for (int shift = Degree(older) - degree; shift >= 0; shift--)
        {
            ulong multiple = Mersenne61.Multiply(older[degree + shift], inverse);
            SubtractMultiple(older.AsSpan(shift, degree + 1), newer, multiple);
            SubtractMultiple(olderFactor.AsSpan(shift, factorDegree + 1), newerFactor, multiple);
        }
    }

    // The remainder must vanish.
    private static bool TryDivide(ulong[] numerator, ulong[] divisor, out ulong[] quotient)
    {
        int degree = Degree(divisor);
        ulong[] rest = [.. numerator];
        ulong inverse = Mersenne61.Inverse(divisor[degree]);
        quotient = new ulong[Math.Max(1, Degree(rest) - degree + 1)];
        for (int i = quotient.Length - 1; i >= 0 && i + degree < rest.Length; i--)
        {
            quotient[i] = Mersenne61.Multiply(rest[i + degree], inverse);
            SubtractMultiple(rest.AsSpan(i, degree + 1), divisor, quotient[i]);
        }

        return Degree(rest) < 0;
    }

    private static void SubtractMultiple(Span<ulong> from, ulong[] polynomial, ulong multiple)
    {
        ulong negative = Mersenne61.Subtract(0, multiple);
        for (int j = 0; j < from.Length; j++) from[j] = Mersenne61.MultiplyAdd(polynomial[j], negative, from[j]);
    }

    // −1 for zero.
    private static int Degree(ulong[] polynomial) => polynomial.AsSpan().LastIndexOfAnyExcept(0UL);

    private static ulong Evaluate(ulong[] polynomial, ulong x)
    {
        ulong y = 0;
        for (int i = polynomial.Length - 1; i >= 0; i--) y = Mersenne61.MultiplyAdd(y, x, polynomial[i]);
        return y;
    }
}
