namespace Tacit.Cryptography.Sharing;

/// <summary>Finds wrong shares: unique decoding of Reed–Solomon codes (Berlekamp and Welch 1986).</summary>
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
        var y = new ulong[n];
        wrong = [];
        if (errors == 0) return false;
        for (int e = 0; e < SeedSharing.Elements; e++)
        {
            for (int i = 0; i < n; i++) y[i] = values[i * SeedSharing.Elements + e];
            if (!TryDecode(threshold, errors, points, y, out ulong[] polynomial)) return false;

            secret[e] = polynomial[0];
            for (int i = 0; i < n; i++)
            {
                if (Evaluate(polynomial, points[i]) != y[i]) culprits.Add(points[i]);
            }
        }

        wrong = [.. culprits];
        return wrong.Length <= errors;
    }

    // N(xᵢ) = yᵢ E(xᵢ) with E monic of degree e and N of degree below t + e; then f = N / E.
    private static bool TryDecode(int threshold, int errors, ReadOnlySpan<uint> points, ReadOnlySpan<ulong> y, out ulong[] polynomial)
    {
        polynomial = [];
        int numerator = threshold + errors, unknowns = numerator + errors;
        var system = new ulong[points.Length][];
        for (int i = 0; i < points.Length; i++)
        {
            var row = new ulong[unknowns + 1];
            ulong power = 1;
            for (int j = 0; j < Math.Max(numerator, errors + 1); j++)
            {
                if (j < numerator) row[j] = power;
                if (j < errors) row[numerator + j] = Mersenne61.Subtract(0, Mersenne61.Multiply(y[i], power));
                if (j == errors) row[unknowns] = Mersenne61.Multiply(y[i], power);
                power = Mersenne61.Multiply(power, points[i]);
            }

            system[i] = row;
        }

        if (!LinearSystem.TrySolve(system, unknowns, out ulong[] solution)) return false;
        ulong[] locator = [.. solution.AsSpan(numerator, errors), 1];
        return TryDivide(solution.AsSpan(0, numerator), locator, out polynomial);
    }

    // Division by a monic polynomial; the remainder must vanish.
    private static bool TryDivide(ReadOnlySpan<ulong> numerator, ulong[] divisor, out ulong[] quotient)
    {
        ulong[] rest = numerator.ToArray();
        int degree = divisor.Length - 1;
        quotient = new ulong[Math.Max(1, rest.Length - degree)];
        for (int i = rest.Length - 1; i >= degree; i--)
        {
            ulong lead = quotient[i - degree] = rest[i];
            for (int j = 0; j <= degree; j++) rest[i - degree + j] = Mersenne61.Subtract(rest[i - degree + j], Mersenne61.Multiply(lead, divisor[j]));
        }

        return !rest.AsSpan().ContainsAnyExcept(0UL);
    }

    private static ulong Evaluate(ulong[] polynomial, ulong x)
    {
        ulong y = 0;
        for (int i = polynomial.Length - 1; i >= 0; i--) y = Mersenne61.MultiplyAdd(y, x, polynomial[i]);
        return y;
    }
}
