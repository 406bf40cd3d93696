namespace Tacit.Learning.Clustering.Bounds;

/// <summary>All numbers in bins by sign and binary exponent, in order: from −2⁴⁸ over one bin around zero to 2⁴⁸.</summary>
internal static class MagnitudeBins
{
    /// <summary>Bins.</summary>
    public const int Count = (2 * Exponents) + 1;

    /// <summary>The bin of |x| &lt; 2⁻¹⁶.</summary>
    public const int Zero = Exponents;

    private const int Least = -16;
    private const int Most = 47;
    private const int Exponents = Most - Least + 1;

    /// <summary>The one bin of a number; larger magnitudes are in the outermost, and what is not a number counts as zero.</summary>
    public static int Of(float value)
    {
        float magnitude = MathF.Abs(value);
        if (!(magnitude >= 1f / 65536)) return Zero;
        int exponent = Math.Min(Most, float.IsInfinity(value) ? Most : MathF.ILogB(magnitude)) - Least;
        return value > 0 ? Zero + 1 + exponent : Zero - 1 - exponent;
    }

    /// <summary>The ends of a bin.</summary>
    public static (double Low, double High) Ends(int bin) => (Edge(bin - Zero), Edge(bin - Zero + 1));

    // Edges have the numbers from −Exponents to Exponents + 1, and those of the bin around zero are 0 and 1.
    private static double Edge(int number) => number > 0 ? Math.ScaleB(1, Least + number - 1) : -Math.ScaleB(1, Least - number);
}
