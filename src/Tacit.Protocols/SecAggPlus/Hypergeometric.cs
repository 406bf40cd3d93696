namespace Tacit.Protocols.SecAggPlus;

/// <summary>Tails of the hypergeometric distribution, in natural logarithms: draws without replacement from a population with marked members.</summary>
internal static class Hypergeometric
{
    private static readonly double[] smallLogFactorials = Table();

    /// <summary>ln P[X ≥ t].</summary>
    public static double LogAtLeast(int population, int marked, int draws, int t) =>
        LogSum(population, marked, draws, t, Math.Min(marked, draws));

    /// <summary>ln P[X &lt; t].</summary>
    public static double LogBelow(int population, int marked, int draws, int t) =>
        LogSum(population, marked, draws, 0, Math.Min(Math.Min(marked, draws), t - 1));

    /// <summary>ln C(n, k), −∞ outside 0 ≤ k ≤ n.</summary>
    public static double LogChoose(int n, int k) =>
        k < 0 || k > n ? double.NegativeInfinity : LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k);

    // Terms are added from a running maximum, so that none underflows before it counts.
    private static double LogSum(int population, int marked, int draws, int from, int to)
    {
        from = Math.Max(from, draws - (population - marked));
        double total = double.NegativeInfinity;
        from = Math.Max(0, from);
        double term = LogChoose(marked, from) + LogChoose(population - marked, draws - from) - LogChoose(population, draws);
        for (int x = from; x <= to; x++)
        {
            total = term > total ? term + Log1PlusExp(total - term) : total + Log1PlusExp(term - total);
            term += Math.Log((double)(marked - x) * (draws - x) / ((x + 1.0) * (population - marked - draws + x + 1.0)));
        }

        return total;
    }

    private static double Log1PlusExp(double x) => double.IsNegativeInfinity(x) || double.IsNaN(x) ? 0 : Math.Log(1 + Math.Exp(x));

    // Stirling's series; the first term left out is below 10⁻¹⁶ from n = 64 on (Abramowitz and Stegun 6.1.41).
    private static double LogFactorial(int n)
    {
        if (n < smallLogFactorials.Length) return smallLogFactorials[n];
        double x = n + 1.0, inverse = 1 / x, square = inverse * inverse;
        double series = inverse * ((1.0 / 12) - (square * ((1.0 / 360) - (square * ((1.0 / 1260) - (square / 1680))))));
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + series;
    }

    private static double[] Table()
    {
        var table = new double[64];
        for (int n = 2; n < table.Length; n++) table[n] = table[n - 1] + Math.Log(n);
        return table;
    }
}
