using System.Numerics;

namespace Tacit.Privacy.Numerics;

/// <summary>The standard normal distribution, with full relative accuracy in both tails. For accounting and calibration; noise is drawn on integers.</summary>
/// <remarks>
/// Everything comes from Mills' ratio R(x) = (1 − Φ(x))/φ(x), for which R′ = xR − 1. Above 8 it is Laplace's continued fraction; in [0, 8] a Taylor series about
/// the next multiple of 1/2 above, all of whose terms are positive because R is completely monotone. The coefficients are computed once, in
/// 256-bit fixed point, from the continued fraction at 8 downwards.
/// </remarks>
public static class NormalDistribution
{
    private const double RootTwoPi = 2.5066282746310005024, LogRootTwoPi = 0.91893853320467274178;
    private const double FractionStart = 8;
    private const int StepsPerUnit = 2, Terms = 28, FractionTerms = 40;

    private static readonly double[][] coefficients = Expand();

    /// <summary>Φ(x), to about 10⁻¹⁵ of its value as long as that is a normal double.</summary>
    /// <param name="x">Any number.</param>
    public static double Cdf(double x) => x <= 0 ? Density(x) * MillsRatio(-x) : 1 - Density(x) * MillsRatio(x);

    /// <summary>ln Φ(x), also where Φ(x) is no double any more.</summary>
    /// <param name="x">Any number.</param>
    public static double LogCdf(double x) => x <= 0 ? LogDensity(x) + Math.Log(MillsRatio(-x)) : Log1P(-Density(x) * MillsRatio(x));

    /// <summary>φ(x).</summary>
    /// <param name="x">Any number.</param>
    public static double Density(double x)
    {
        if (Math.Abs(x) > 40) return 0;   // below the least double
        double square = x * x, rest = Math.FusedMultiplyAdd(x, x, -square);   // exp(−x²/2) needs all of x²
        return Math.Exp(-square / 2) * (1 - rest / 2) / RootTwoPi;
    }

    /// <summary>ln φ(x).</summary>
    /// <param name="x">Any number.</param>
    public static double LogDensity(double x) => -x * x / 2 - LogRootTwoPi;

    /// <summary>R(x) = (1 − Φ(x))/φ(x).</summary>
    internal static double MillsRatio(double x)
    {
        if (x < 0) return RootTwoPi * Math.Exp(x * x / 2) - MillsRatio(-x);
        if (x >= FractionStart) return 1 / (x + FractionTail(x));
        (double[] c, double h) = Series(x);
        double sum = 0;
        for (int n = Terms; n >= 0; n--) sum = sum * h + c[n];
        return sum;
    }

    /// <summary>1 − xR(x) = −R′(x), without the cancellation of the difference.</summary>
    internal static double MillsSlope(double x)
    {
        if (x < 0) return 1 - x * MillsRatio(x);
        if (x >= FractionStart)
        {
            double tail = FractionTail(x);
            return tail / (x + tail);
        }

        (double[] c, double h) = Series(x);
        double sum = 0;
        for (int n = Terms; n >= 1; n--) sum = sum * h + n * c[n];
        return -sum;
    }

    /// <summary>ln(1 + y) for small y too (Kahan's correction).</summary>
    internal static double Log1P(double y)
    {
        double sum = 1 + y;
        return sum == 1 ? y : Math.Log(sum) * (y / (sum - 1));
    }

    // 1/(x + 2/(x + 3/(x + …))): R is 1/(x + this).
    private static double FractionTail(double x)
    {
        double value = x;
        for (int n = FractionTerms; n >= 2; n--) value = x + n / value;
        return 1 / value;
    }

    private static (double[] Coefficients, double Step) Series(double x)
    {
        int anchor = (int)Math.Ceiling(x * StepsPerUnit);
        return (coefficients[anchor], x - (double)anchor / StepsPerUnit);
    }

    private static double[][] Expand()
    {
        const int anchors = (int)FractionStart * StepsPerUnit, exactTerms = 80, exactFractionTerms = 600;
        BigInteger one = FixedPoint.One, value = (int)FractionStart * one;
        for (int n = exactFractionTerms; n >= 1; n--) value = (int)FractionStart * one + n * one * one / value;
        BigInteger ratio = one * one / value;

        double[][] series = new double[anchors + 1][];
        for (int anchor = anchors; anchor >= 0; anchor--)
        {
            // c₀ = R(a), c₁ = a·c₀ − 1, (n + 1)·cₙ₊₁ = a·cₙ + cₙ₋₁
            BigInteger[] c = new BigInteger[exactTerms];
            (c[0], c[1]) = (ratio, ratio * anchor / StepsPerUnit - one);
            for (int n = 1; n + 1 < c.Length; n++) c[n + 1] = (c[n] * anchor / StepsPerUnit + c[n - 1]) / (n + 1);
            series[anchor] = [.. c.Take(Terms + 1).Select(x => new Rational(x, one).ToDouble())];

            ratio = BigInteger.Zero;   // at the next anchor: h = −1/2
            for (int n = c.Length - 1; n >= 0; n--) ratio = c[n] - ratio / StepsPerUnit;
        }

        return series;
    }
}
