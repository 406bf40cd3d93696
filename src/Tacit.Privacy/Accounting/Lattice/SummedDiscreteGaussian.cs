using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.Lattice;

/// <summary>The law of a sum of n independent discrete Gaussians: nearly, but not exactly, a discrete Gaussian.</summary>
/// <remarks>
/// ln(P_sum(x)/P_Z(0, nσ²)(x)) is found without cancellation. With Poisson's summation the sum's law is e^(−x²/2nσ²) times a cosine
/// sum of period n, whose coefficients are built up one summand at a time and are all positive; below three quarters of a step, where they decay slowly,
/// the laws are convolved directly. Exact to rounding either way; this is what τ bounds (Kairouz, Liu and Steinke 2021, Theorem 1).
/// </remarks>
public sealed class SummedDiscreteGaussian
{
    private const double DirectBelow = 0.75;

    private readonly double logOfSum;
    private readonly Func<int, double> logRatio;

    /// <summary>The law of a sum.</summary>
    /// <param name="scale">σ > 0 of each summand, in integer steps.</param>
    /// <param name="count">n ≥ 1 summands; work grows with n².</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public SummedDiscreteGaussian(double scale, int count)
    {
        Require.Positive(scale, nameof(scale));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Scale = scale;
        Count = count;
        logOfSum = Math.Log(scale) + (0.5 * Math.Log(count));
        logRatio = scale < DirectBelow ? Direct(scale, count) : ByCosines(scale, count);
    }

    /// <summary>σ of each summand.</summary>
    public double Scale { get; }

    /// <summary>n.</summary>
    public int Count { get; }

    /// <summary>ln P(X = x).</summary>
    /// <param name="x">Within a few standard deviations of zero.</param>
    public double LogProbability(int x) => DiscreteGaussianAccounting.LogProbability(Math.Exp(logOfSum), x) + logRatio(x);

    /// <summary>The largest |ln P_sum(x)/P_Z(x)| over |x| up to six standard deviations, as a logarithm: it can be far below what a double holds.</summary>
    /// <returns>ln of the largest; minus infinity for one summand.</returns>
    public double LogLargestRatio()
    {
        int reach = (int)Math.Floor(6 * Math.Exp(logOfSum));
        double largest = 0;
        if (Scale < DirectBelow)
        {
            for (int x = 0; x <= reach; x++) largest = Math.Max(largest, Math.Abs(logRatio(x)));
            return Math.Log(largest);
        }

        (double[] logs, double mean, double shift) = Cosines(Scale, Count);
        for (int x = 0; x <= Math.Min(reach, Count); x++) largest = Math.Max(largest, Math.Abs(Difference(logs, mean, shift, x)));
        return Math.Log(largest) + shift;
    }

    private static Func<int, double> ByCosines(double scale, int count)
    {
        (double[] logs, double mean, double shift) = Cosines(scale, count);
        return x => Difference(logs, mean, shift, x) * Math.Exp(shift);
    }

    // e^(−shift) (ln(1 + b(x)) − ln(1 + b̄)), where b(x) = Σ e^(logs[j]) cos(2πjx/n) and mean = e^(−shift) b̄.
    private static double Difference(double[] logs, double mean, double shift, int x)
    {
        double b = 0;
        for (int j = 1; j < logs.Length; j++) b += Math.Exp(logs[j] - shift) * Math.Cos(2 * Math.PI * ((long)j * x % logs.Length) / logs.Length);
        if (shift < -300) return b - mean;   // ln(1 + b) is b to all digits
        double size = Math.Exp(shift);
        return (LogDomain.Log1p(b * size) - LogDomain.Log1p(mean * size)) / size;
    }

    // The coefficients relative to the constant one, the mean of their sum under N_Z(0, nσ²), and the largest exponent as a common shift.
    private static (double[] Logs, double Mean, double Shift) Cosines(double scale, int count)
    {
        double rate = 2 * Math.PI * Math.PI * scale * scale;
        double[] logs = [0];
        for (int m = 1; m < count; m++)
        {
            double[] next = new double[m + 1];
            Array.Fill(next, double.NegativeInfinity);
            int around = 2 + (int)Math.Ceiling(Math.Sqrt(45 * (m + 1.0) / (rate * m)));
            for (int j = 0; j < m; j++)
            {
                for (int k = -around; k <= around; k++)
                {
                    double frequency = j - ((double)k * m);
                    int target = (((j + k) % (m + 1)) + m + 1) % (m + 1);
                    next[target] = LogDomain.Add(next[target], logs[j] - (rate * frequency * frequency / ((double)m * (m + 1))));
                }
            }

            logs = next;
        }

        double constant = logs[0];
        for (int j = 0; j < count; j++) logs[j] -= constant;
        double shift = count > 1 ? logs.Skip(1).Max() : 0, mean = 0;
        for (int j = 1; j < count; j++)
        {
            double attenuation = double.NegativeInfinity;
            for (int k = -1; k <= 2; k++) attenuation = LogDomain.Add(attenuation, -rate * count * ((double)j / count - k) * ((double)j / count - k));
            mean += Math.Exp(logs[j] - shift + attenuation) / (1 + (2 * Math.Exp(-rate * count)));
        }

        return (logs, mean, shift);
    }

    private static Func<int, double> Direct(double scale, int count)
    {
        int one = (int)Math.Ceiling(40 * scale) + 4;
        double[] single = [.. Enumerable.Range(-one, (2 * one) + 1).Select(x => Math.Exp(DiscreteGaussianAccounting.LogProbability(scale, x)))];
        double[] sum = [1];
        for (int i = 0; i < count; i++)
        {
            double[] next = new double[sum.Length + (2 * one)];
            for (int a = 0; a < sum.Length; a++)
            {
                if (sum[a] == 0) continue;
                for (int b = 0; b < single.Length; b++) next[a + b] += sum[a] * single[b];
            }

            sum = next;
        }

        double total = scale * Math.Sqrt(count);
        return x => Math.Log(sum[x + (sum.Length / 2)]) - DiscreteGaussianAccounting.LogProbability(total, x);
    }
}
