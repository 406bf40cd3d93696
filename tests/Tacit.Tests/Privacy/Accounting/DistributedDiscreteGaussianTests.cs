using System.Text.Json;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Tests.Vectors;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Privacy.Accounting;

public sealed class DistributedDiscreteGaussianTests(ITestOutputHelper output)
{
    private static readonly DistributedDiscreteGaussianParameters ordinary = new(Clip: 1, Granularity: 0.01, Dimension: 1024, Beta: 0.6065306597126334, Noise: 0.5, Shares: 10);

    [Fact]
    public void The_accounting_of_the_distributed_discrete_Gaussian_agrees_with_the_published_tables()
    {
        if (SharedVectors.Find("ddg_accounting_vectors", output) is not { } file) return;

        foreach (JsonElement row in file.Cases)
        {
            DistributedDiscreteGaussianParameters parameters = new(row.Number("c"), row.Number("gamma"), row.Int("d"), row.Number("beta"), row.Number("sigma_local"), row.Int("n"));
            EpsilonAtOrder found = DistributedDiscreteGaussianAccounting.Epsilon(parameters, row.Number("delta"), row.Number("q"), row.Int("T"));
            EpsilonAtOrder tighter = DistributedDiscreteGaussianAccounting.TighterEpsilon(parameters, row.Number("delta"), row.Number("q"), row.Int("T"));
            output.WriteLine($"c={parameters.Clip} γ={parameters.Granularity} q={row.Number("q"):G4} T={row.Int("T")}: ε {found.Epsilon:R} @{found.Order}, tighter {tighter.Epsilon:F6} @{tighter.Order}");

            Near(row.Number("eps_google"), found.Epsilon, 1e-9);
            Assert.Equal(row.Number("order_google"), found.Order);
            Near(row.Number("Delta2"), DistributedDiscreteGaussianAccounting.L2Sensitivity(parameters), 1e-12);
            Near(row.Number("cdp_eps"), DistributedDiscreteGaussianAccounting.ConcentratedEpsilon(parameters), 1e-9);
            Near(row.Number("tau"), DistributedDiscreteGaussianAccounting.Tau(parameters.NoiseInSteps, parameters.Shares), 1e-9);
            Assert.InRange(tighter.Epsilon, 0, found.Epsilon * (1 + 1e-12));
        }
    }

    [Theory]
    [InlineData(0.0, 0.01, 1024, 0.5, 0.5, 10, "clip")]
    [InlineData(1.0, double.NaN, 1024, 0.5, 0.5, 10, "granularity")]
    [InlineData(1.0, 0.01, 0, 0.5, 0.5, 10, "dimension")]
    [InlineData(1.0, 0.01, 1024, 1.0, 0.5, 10, "beta")]
    [InlineData(1.0, 0.01, 1024, 0.5, double.PositiveInfinity, 10, "noise")]
    [InlineData(1.0, 0.01, 1024, 0.5, 0.5, 0, "shares")]
    public void A_value_outside_its_range_is_named(double clip, double granularity, int dimension, double beta, double noise, int shares, string name) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => DistributedDiscreteGaussianAccounting.Renyi(new(clip, granularity, dimension, beta, noise, shares), 2)).ParamName);

    [Fact]
    public void More_shares_never_cost_more_once_the_inflation_is_negligible()
    {
        double[] epsilons = [.. Enumerable.Range(1, 50).Select(n => DistributedDiscreteGaussianAccounting.Epsilon(ordinary with { Shares = n }, 1e-5).Epsilon)];

        Assert.Equal(epsilons.OrderDescending(), epsilons);
    }

    [Fact]
    public void Less_than_half_a_step_of_noise_is_not_covered() => Assert.False((ordinary with { Noise = 0.0049 }).IsCovered);

    [Fact]
    public void The_logarithm_of_the_inflation_does_not_underflow() =>
        Near((-Math.PI * Math.PI * 2500) + Math.Log(10), DistributedDiscreteGaussianAccounting.LogTau(50, 2), 1e-12);

    internal static void Near(double expected, double found, double relative) =>
        Assert.True(Math.Abs(expected - found) <= relative * Math.Abs(expected), $"expected {expected:R}, found {found:R}");
}
