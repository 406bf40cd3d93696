using Tacit.Cryptography.Randomness;

namespace Tacit.Learning.Data;

/// <summary>Random mixtures.</summary>
internal static class DirichletSampling
{
    /// <summary>One draw; entries of zero concentration stay zero.</summary>
    /// <remarks>Normalised gamma numbers, in logarithms: for small concentrations they underflow.</remarks>
    public static double[] Draw(double[] concentration, IRandomSource random)
    {
        double[] logs = [.. concentration.Select(alpha => alpha > 0 ? LogGamma(alpha, random) : double.NegativeInfinity)];
        double largest = logs.Max();
        double[] weights = [.. logs.Select(log => Math.Exp(log - largest))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    /// <summary>A class by the mixture among those with rows left; by the rows left when the mixture has none of them.</summary>
    public static int Choose(double[] mixture, Stack<int>[] pools, IRandomSource random)
    {
        double total = pools.Select((pool, i) => pool.Count > 0 ? mixture[i] : 0).Sum();
        bool drained = total <= 0;
        if (drained) total = pools.Sum(pool => pool.Count);
        double target = random.NextDouble() * total;
        int last = -1;
        for (int i = 0; i < pools.Length; i++)
        {
            if (pools[i].Count == 0 || (!drained && mixture[i] <= 0)) continue;
            last = i;
            target -= drained ? pools[i].Count : mixture[i];
            if (target < 0) break;
        }
        return last;
    }

    /// <summary>The logarithm of a gamma number of unit scale (Marsaglia and Tsang 2000, with their boost for α below 1).</summary>
    private static double LogGamma(double alpha, IRandomSource random)
    {
        if (alpha < 1) return LogGamma(alpha + 1, random) + Math.Log(1 - random.NextDouble()) / alpha;
        double d = alpha - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.NextNormal(), root = 1 + c * x;
            if (root <= 0) continue;
            double v = root * root * root;
            if (Math.Log(1 - random.NextDouble()) < 0.5 * x * x + d - d * v + d * Math.Log(v)) return Math.Log(d * v);
        }
    }
}
