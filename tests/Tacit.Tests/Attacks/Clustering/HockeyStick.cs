namespace Tacit.Tests.Attacks.Clustering;

/// <summary>The exact δ of a noisy count, from its probabilities: what an auditor computes, without trusting any accountant.</summary>
internal static class HockeyStick
{
    /// <summary>P of ⌊count + noise⌋ − count: whole counts as an auditor may read them off; post-processing, so at most the mechanism's own δ.</summary>
    public static double[] Floored(double sigma) => Probabilities(sigma, m => Between(m, m + 1, sigma));

    /// <summary>P of count + noise cut off toward zero: the flaw of the published code. Zero is hit twice as often.</summary>
    public static double[] CutOff(double sigma) => Probabilities(sigma, m => m == 0 ? Between(-1, 1, sigma) : m > 0 ? Between(m, m + 1, sigma) : Between(m - 1, m, sigma));

    /// <summary>δ at ε of a count that changes by one, in the worse direction.</summary>
    public static double Delta(double[] probabilities, double epsilon) => Composed(probabilities, epsilon, 1);

    /// <summary>δ at ε of several such counts: losses are added on a grid, each rounded to the nearest point.</summary>
    public static double Composed(double[] probabilities, double epsilon, int times) =>
        Math.Max(Direction(probabilities, epsilon, times), Direction([.. probabilities.Reverse()], epsilon, times));

    private static double Direction(double[] p, double epsilon, int times)
    {
        if (times == 1) return Enumerable.Range(1, p.Length - 1).Sum(i => Math.Max(0, p[i] - Math.Exp(epsilon) * p[i - 1]));
        const double step = 4e-4;
        double[] losses = [.. Enumerable.Range(1, p.Length - 1).Select(i => Math.Log(p[i] / p[i - 1]))];
        int reach = (int)Math.Ceiling(losses.Max(Math.Abs) / step) + 1;
        double[] one = new double[2 * reach + 1], sum = [1];
        for (int i = 0; i < losses.Length; i++) one[reach + (int)Math.Round(losses[i] / step)] += p[i + 1];
        for (int t = 0; t < times; t++) sum = Convolve(sum, one);
        double delta = 0;
        for (int i = 0; i < sum.Length; i++)
        {
            double loss = (i - times * reach) * step;
            if (loss > epsilon) delta += sum[i] * (1 - Math.Exp(epsilon - loss));
        }

        return delta;
    }

    private static double[] Convolve(double[] a, double[] b)
    {
        double[] result = new double[a.Length + b.Length - 1];
        for (int i = 0; i < a.Length; i++)
        {
            if (a[i] < 1e-25) continue;
            for (int j = 0; j < b.Length; j++) result[i + j] += a[i] * b[j];
        }

        return result;
    }

    // Out to nine standard deviations: what lies beyond has probability below 1e-18.
    private static double[] Probabilities(double sigma, Func<int, double> of)
    {
        int reach = (int)(9 * sigma);
        return [.. Enumerable.Range(-reach, 2 * reach + 1).Select(of)];
    }

    // By Simpson's rule on the density: differences of distribution functions lose the tails.
    private static double Between(double from, double to, double sigma)
    {
        const int pieces = 8;
        double h = (to - from) / pieces, sum = 0;
        for (int i = 0; i <= pieces; i++) sum += (i is 0 or pieces ? 1 : i % 2 == 0 ? 2 : 4) * Math.Exp(-Math.Pow((from + i * h) / sigma, 2) / 2);
        return sum * h / 3 / (sigma * Math.Sqrt(2 * Math.PI));
    }
}
