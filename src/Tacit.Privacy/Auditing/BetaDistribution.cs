using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Auditing;

/// <summary>The beta law, whose quantiles bound the chance behind a count.</summary>
internal static class BetaDistribution
{
    private const int MostTerms = 100_000;
    private const double Tiny = 1e-300;

    /// <summary>I_x(a, b): the regularised incomplete beta function, and 1 − I_x(a, b); the smaller of the two to full relative accuracy.</summary>
    /// <param name="x">In [0, 1].</param>
    /// <param name="a">Positive, not only whole.</param>
    /// <param name="b">Positive, not only whole.</param>
    /// <remarks>The continued fraction of DLMF 8.17.22, on the side of the mean where it converges in O(√max(a, b)) terms.</remarks>
    public static (double Below, double Above) Tails(double x, double a, double b)
    {
        if (x <= 0) return (0, 1);
        if (x >= 1) return (1, 0);
        double front = Math.Exp((a * Math.Log(x)) + (b * LogDomain.Log1p(-x)) + LogGamma(a + b) - LogGamma(a) - LogGamma(b));
        if (x < (a + 1) / (a + b + 2))
        {
            double below = front * Fraction(x, a, b) / a;
            return (below, 1 - below);
        }

        double above = front * Fraction(1 - x, b, a) / b;
        return (1 - above, above);
    }

    /// <summary>The least x, up to its last bits, with at most so much of the law above it.</summary>
    public static double UpperQuantile(double tail, double a, double b) => Search.Boundary(x => Tails(x, a, b).Above <= tail, 0, 1);

    /// <summary>The least x, up to its last bits, with at least so much of the law below it.</summary>
    public static double LowerQuantile(double tail, double a, double b) => Search.Boundary(x => Tails(x, a, b).Below >= tail, 0, 1);

    /// <summary>ln Γ(x) for x > 0: Stirling's series, reached by Γ(x + 1) = x Γ(x).</summary>
    public static double LogGamma(double x)
    {
        double shift = 0;
        while (x < 15)
        {
            shift -= Math.Log(x);
            x++;
        }

        double square = 1 / (x * x);
        double series = (1.0 / 12 - (square * (1.0 / 360 - (square * (1.0 / 1260 - (square * (1.0 / 1680 - (square / 1188)))))))) / x;
        return shift + ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + series;
    }

    // Lentz's evaluation (1976): numerator and denominator are kept as ratios, so that neither overflows.
    private static double Fraction(double x, double a, double b)
    {
        double c = 1, d = Inverse(1 - ((a + b) * x / (a + 1))), value = d;
        for (int m = 1; m <= MostTerms; m++)
        {
            double even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            double odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = Inverse(1 + (even * d));
            c = NotZero(1 + (even / c));
            value *= d * c;
            d = Inverse(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            value *= d * c;
            if (Math.Abs((d * c) - 1) < 1e-15) break;
        }

        return value;
    }

    private static double Inverse(double x) => 1 / NotZero(x);

    private static double NotZero(double x) => Math.Abs(x) < Tiny ? Tiny : x;
}
