using Tacit.Privacy.Auditing;
using Xunit;

namespace Tacit.Tests.Privacy.Auditing;

public sealed class ClopperPearsonTests
{
    // Nothing seen: 1 − error^(1/n); everything seen: error^(1/n).
    [Theory]
    [InlineData(1, 0.05)]
    [InlineData(10, 0.025)]
    [InlineData(1000, 0.025)]
    [InlineData(100_000, 1e-9)]
    public void Counts_at_the_ends_have_closed_forms(int trials, double error)
    {
        double root = Math.Pow(error, 1.0 / trials);

        Assert.Equal(1, ClopperPearson.Upper(0, trials, error) / (1 - root), 1e-9);
        Assert.Equal(root, ClopperPearson.Lower(trials, trials, error), 1e-12);
        Assert.Equal(0, ClopperPearson.Lower(0, trials, error));
        Assert.Equal(1, ClopperPearson.Upper(trials, trials, error));
    }

    // Exact: P(Bin(n, upper) ≤ k) = error = P(Bin(n, lower) ≥ k), summed term by term.
    [Theory]
    [InlineData(1, 10, 0.025)]
    [InlineData(5, 10, 0.025)]
    [InlineData(8, 10, 0.025)]
    [InlineData(81, 263, 0.025)]
    [InlineData(3, 1000, 0.005)]
    [InlineData(997, 1000, 0.005)]
    public void Bounds_are_where_the_binomial_tail_is_the_error(int successes, int trials, double error)
    {
        double upper = ClopperPearson.Upper(successes, trials, error), lower = ClopperPearson.Lower(successes, trials, error);

        Assert.Equal(1, Binomial(upper, trials, 0, successes) / error, 1e-9);
        Assert.Equal(1, Binomial(lower, trials, successes, trials) / error, 1e-9);
    }

    // Intervals of 95 % in tables: 1 of 10, 5 of 10, 8 of 10; and 81 of 263.
    [Theory]
    [InlineData(1, 10, 0.0025, 0.4450)]
    [InlineData(5, 10, 0.1871, 0.8129)]
    [InlineData(8, 10, 0.4439, 0.9748)]
    [InlineData(81, 263, 0.2527, 0.3676)]
    public void Published_intervals(int successes, int trials, double lower, double upper)
    {
        Assert.Equal(lower, ClopperPearson.Lower(successes, trials, 0.025), 6e-5);
        Assert.Equal(upper, ClopperPearson.Upper(successes, trials, 0.025), 6e-5);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ClopperPearson.Upper(0, 0, 0.05));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClopperPearson.Upper(2, 1, 0.05));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClopperPearson.Lower(-1, 1, 0.05));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClopperPearson.Lower(1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClopperPearson.Lower(1, 1, double.NaN));
    }

    [Theory]
    [InlineData(1, 1, 0.3, 0.3)]
    [InlineData(2, 1, 0.3, 0.09)]
    [InlineData(1, 3, 0.3, 0.657)]
    [InlineData(0.5, 0.5, 0.5, 0.5)]
    [InlineData(0.5, 0.5, 0.25, 1.0 / 3)]   // the arcsine law: 2/π arcsin √x
    public void Incomplete_beta_has_its_closed_forms(double a, double b, double x, double value)
    {
        (double below, double above) = BetaDistribution.Tails(x, a, b);

        Assert.Equal(value, below, 1e-13);
        Assert.Equal(1 - value, above, 1e-13);
    }

    private static double Binomial(double p, int n, int from, int to)
    {
        double sum = 0;
        for (int k = from; k <= to; k++)
            sum += Math.Exp(BetaDistribution.LogGamma(n + 1) - BetaDistribution.LogGamma(k + 1) - BetaDistribution.LogGamma(n - k + 1) + (k * Math.Log(p)) + ((n - k) * Math.Log(1 - p)));
        return sum;
    }
}
