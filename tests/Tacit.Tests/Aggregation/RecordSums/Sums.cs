using Tacit.Aggregation.Pipeline;
using Tacit.Privacy.Numerics;

namespace Tacit.Tests.Aggregation.RecordSums;

/// <summary>Plans and exact laws for the tests of this area.</summary>
internal static class Sums
{
    public static RecordSumPlan Plan(params RecordSumBlock[] blocks) => new()
    {
        Dimension = blocks.Sum(block => block.Length),
        Participants = 12,
        Records = 1000,
        NoiseShares = 8,
        Blocks = [.. blocks],
    };

    public static RecordSumBlock Gaussian(double scale, int length = 10, int touched = 1, long largest = 1) => RecordSumBlock.Counts(length, NoiseLaw.DiscreteGaussian, touched, largest, scale);

    public static RecordSumBlock Laplace(double scale, int length = 10, int touched = 1, long largest = 1) => RecordSumBlock.Counts(length, NoiseLaw.DiscreteLaplace, touched, largest, scale);

    /// <summary>P of a discrete Gaussian on −reach … reach.</summary>
    public static double[] GaussianLaw(double sigma, int reach)
    {
        DiscreteGaussianDistribution law = new(sigma);
        return [.. Enumerable.Range(-reach, (2 * reach) + 1).Select(x => law.Pmf(x))];
    }

    /// <summary>P of the difference of two NB(r, e^(−1/b)) numbers on −reach … reach.</summary>
    public static double[] LaplaceLaw(double scale, double r, int reach)
    {
        int last = (int)(80 * scale) + reach;
        double decay = Math.Exp(-1 / scale);
        double[] one = new double[last + 1];
        one[0] = Math.Pow(1 - decay, r);
        for (int k = 0; k < last; k++) one[k + 1] = one[k] * (k + r) / (k + 1) * decay;
        return [.. Enumerable.Range(-reach, (2 * reach) + 1).Select(x => Enumerable.Range(0, last + 1 - Math.Abs(x)).Sum(k => one[k] * one[k + Math.Abs(x)]))];
    }

    /// <summary>The law of a sum of n independent numbers.</summary>
    public static double[] Sum(double[] law, int count)
    {
        double[] sum = [1];
        for (int i = 0; i < count; i++)
        {
            double[] next = new double[sum.Length + law.Length - 1];
            for (int a = 0; a < sum.Length; a++)
            {
                for (int b = 0; b < law.Length; b++) next[a + b] += sum[a] * law[b];
            }

            sum = next;
        }

        return sum;
    }

    /// <summary>δ at ε between a law and the law moved by some steps.</summary>
    public static double HockeyStick(double[] law, int shift, double epsilon)
    {
        double delta = 0;
        for (int x = 0; x < law.Length + shift; x++)
        {
            double moved = x >= shift ? law[x - shift] : 0, still = x < law.Length ? law[x] : 0;
            delta += Math.Max(0, moved - (Math.Exp(epsilon) * still));
        }

        return delta;
    }
}
