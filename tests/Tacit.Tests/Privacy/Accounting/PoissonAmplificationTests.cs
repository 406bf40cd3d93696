using Tacit.Privacy.Accounting.Renyi;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Privacy.Accounting;

/// <summary>The bound on amplification against sums over all outcomes, in both directions.</summary>
public sealed class PoissonAmplificationTests(ITestOutputHelper output)
{
    private const int Reach = 400;

    private static readonly double[] rates = [0.0001, 0.003, 0.03, 0.1, 0.3, 0.5, 0.7, 0.95];
    private static readonly double[] orders = [1.05, 1.25, 1.5, 1.9, 2, 2.1, 2.5, 2.95, 3, 3.3, 4, 4.6, 6, 8, 8.5, 13, 20];

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.5, 2)]
    [InlineData(0.8, 1)]
    [InlineData(1.0, 1)]
    [InlineData(1.0, 3)]
    [InlineData(2.5, 2)]
    [InlineData(6.0, 5)]
    public void The_bound_for_symmetric_noise_covers_both_directions(double scale, int shift)
    {
        double[] absent = Logarithms(x => -(double)x * x / (2 * scale * scale)), present = Logarithms(x => -(double)(x - shift) * (x - shift) / (2 * scale * scale));
        double worst = CheckBothDirections(absent, present, a => a * shift * shift / (2 * scale * scale), exact: true);
        output.WriteLine($"scale {scale}, shift {shift}: largest bound/exact at an integer order − 1 = {worst:E2}");
    }

    [Theory]
    [InlineData(0.5, 2)]
    [InlineData(0.6, 3)]
    public void The_bound_covers_sums_of_discrete_Gaussians_and_random_shifts(double scale, int shares)
    {
        double[] one = [.. Logarithms(x => -(double)x * x / (2 * scale * scale)).Select(x => Math.Exp(x))];
        double[] noise = one;
        for (int i = 1; i < shares; i++) noise = Convolve(noise, one);
        double[] mixture = [.. Enumerable.Range(0, noise.Length).Select(i => (0.3 * At(noise, i - 1)) + (0.5 * At(noise, i)) + (0.2 * At(noise, i + 1)))];
        double[] absent = [.. noise.Select(x => Math.Log(x))], shifted = [.. Enumerable.Range(0, noise.Length).Select(i => Math.Log(At(noise, i - 1)))];
        Func<double, double> curve = a => Math.Max(Divergence(shifted, absent, a), Divergence(absent, shifted, a));

        CheckBothDirections(absent, [.. mixture.Select(x => Math.Log(x))], curve, exact: false);
    }

    [Fact]
    public void The_bound_for_symmetric_noise_is_never_above_the_general_one()
    {
        foreach (double rate in rates)
        {
            for (int a = 2; a <= 256; a *= 2)
            {
                double tight = PoissonAmplification.Symmetric(l => 0.02 * l, a, rate);
                Assert.InRange(tight, 0, PoissonAmplification.General(l => 0.02 * l, a, rate) * (1 + 1e-9));
            }
        }
    }

    // Where the noise is the discrete Gaussian itself and the order an integer, the bound is exact: the moments are.
    private static double CheckBothDirections(double[] absent, double[] present, Func<double, double> curve, bool exact)
    {
        double worst = 0;
        foreach (double q in rates)
        {
            double[] sampled = [.. absent.Zip(present, (without, with) => LogSum([Math.Log(1 - q) + without, Math.Log(q) + with]))];
            foreach (double a in orders)
            {
                bool whole = a == Math.Floor(a);
                double bound = whole ? PoissonAmplification.Symmetric(l => curve(l), (int)a, q) : PoissonAmplification.SymmetricBetween(curve, a, q);
                double added = Divergence(sampled, absent, a), removed = Divergence(absent, sampled, a);
                Assert.True(Math.Max(added, removed) <= (bound * (1 + 1e-6)) + 1e-12, $"q={q} a={a}: bound {bound:R}, add {added:R}, remove {removed:R}");
                if (exact) Assert.True(removed <= (added * (1 + 1e-6)) + 1e-12, $"q={q} a={a}: remove {removed:R} above add {added:R}");
                if (exact && whole && added > 1e-6) worst = Math.Max(worst, (bound / added) - 1);
            }
        }

        if (exact) Assert.InRange(worst, -1e-6, 1e-6);
        return worst;
    }

    // Of two lists of logarithms of probabilities.
    private static double Divergence(double[] p, double[] q, double a) =>
        Math.Max(0, LogSum([.. p.Zip(q, (x, y) => double.IsNegativeInfinity(x) || double.IsNegativeInfinity(y) ? double.NegativeInfinity : (a * x) - ((a - 1) * y))]) / (a - 1));

    private static double LogSum(double[] terms)
    {
        double largest = terms.Max();
        return double.IsNegativeInfinity(largest) ? largest : largest + Math.Log(terms.Sum(term => Math.Exp(term - largest)));
    }

    private static double[] Logarithms(Func<int, double> logWeight)
    {
        double[] weights = [.. Enumerable.Range(-Reach, (2 * Reach) + 1).Select(logWeight)];
        double sum = LogSum(weights);
        return [.. weights.Select(weight => weight - sum)];
    }

    private static double[] Convolve(double[] p, double[] q)
    {
        double[] sum = new double[p.Length];
        for (int x = -Reach; x <= Reach; x++)
        {
            for (int y = Math.Max(-Reach, x - Reach); y <= Math.Min(Reach, x + Reach); y++) sum[x + Reach] += p[y + Reach] * q[x - y + Reach];
        }

        return sum;
    }

    private static double At(double[] p, int i) => i >= 0 && i < p.Length ? p[i] : 0;
}
