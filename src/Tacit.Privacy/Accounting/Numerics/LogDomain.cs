namespace Tacit.Privacy.Accounting.Numerics;

/// <summary>Arithmetic on logarithms of non-negative numbers: moments overflow long before ε does.</summary>
internal static class LogDomain
{
    private const int TableSize = 4096;

    private static readonly double[] logFactorials = Table();

    /// <summary>ln(e^x + e^y).</summary>
    public static double Add(double x, double y)
    {
        if (x < y) (x, y) = (y, x);
        return double.IsNegativeInfinity(y) || double.IsPositiveInfinity(x) ? x : x + Log1p(Math.Exp(y - x));
    }

    /// <summary>ln Σ e^xᵢ.</summary>
    public static double Sum(ReadOnlySpan<double> terms)
    {
        double largest = double.NegativeInfinity;
        foreach (double term in terms) largest = Math.Max(largest, term);
        if (double.IsInfinity(largest)) return largest;
        double sum = 0;
        foreach (double term in terms) sum += Math.Exp(term - largest);
        return largest + Math.Log(sum);
    }

    /// <summary>ln(e^x − 1) for x ≥ 0, exact to rounding at both ends.</summary>
    public static double LogExpm1(double x) => x > 1 ? x + Log1p(-Math.Exp(-x)) : Math.Log(Expm1(x));

    /// <summary>ln(1 + e^x).</summary>
    public static double Softplus(double x) => x > 0 ? x + Log1p(Math.Exp(-x)) : Log1p(Math.Exp(x));

    /// <summary>ln(1 + x) for x ≥ −1 without the loss of 1 + x.</summary>
    /// <remarks>Kahan's correction: the error of 1 + x is divided out by the same logarithm.</remarks>
    public static double Log1p(double x)
    {
        double sum = 1 + x;
        if (sum == 1) return x;
        return double.IsInfinity(sum) || sum == 0 ? Math.Log(sum) : Math.Log(sum) * (x / (sum - 1));
    }

    /// <summary>e^x − 1 without the loss near zero.</summary>
    public static double Expm1(double x)
    {
        if (Math.Abs(x) > 0.5) return Math.Exp(x) - 1;
        double sum = x, term = x;
        for (int k = 2; Math.Abs(term) > 1e-18 * Math.Abs(sum); k++)
        {
            term *= x / k;
            sum += term;
        }

        return sum;
    }

    /// <summary>ln n!.</summary>
    public static double LogFactorial(int n)
    {
        if (n < TableSize) return logFactorials[n];
        double x = n + 1.0, inverse = 1 / (x * x);   // Stirling's series of ln Γ(x), x > 4096: the next term is below 1e-25
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + ((1.0 / 12 - (inverse * (1.0 / 360 - (inverse / 1260)))) / x);
    }

    /// <summary>ln C(n, k).</summary>
    public static double LogBinomial(int n, int k) => LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k);

    private static double[] Table()
    {
        double[] table = new double[TableSize];
        double lost = 0;   // compensated: the table is a sum of 4096 terms
        for (int n = 2; n < TableSize; n++)
        {
            double term = Math.Log(n) - lost;
            table[n] = table[n - 1] + term;
            lost = table[n] - table[n - 1] - term;
        }

        return table;
    }
}
