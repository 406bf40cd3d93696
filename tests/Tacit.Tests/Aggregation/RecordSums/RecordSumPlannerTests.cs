using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Privacy.Accounting.Curves;
using Xunit;

namespace Tacit.Tests.Aggregation.RecordSums;

public sealed class RecordSumPlannerTests
{
    private const double Delta = 1e-6;

    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    [InlineData(8)]
    public void One_laplace_round_has_the_scale_of_its_sensitivity(double epsilon)
    {
        RecordSumForecast forecast = RecordSumPlanner.Plan(Request(epsilon, Round(Sums.Laplace(0, touched: 3))));

        Assert.Equal(3 / epsilon, forecast.Plans[0].Blocks[0].Scale, 1e-9);
        Assert.InRange(forecast.Spending.Epsilon, epsilon * (1 - 1e-9), epsilon);
    }

    [Theory]
    [InlineData(0.5, 1e-5)]
    [InlineData(1, 1e-6)]
    [InlineData(4, 1e-9)]
    public void Gaussian_rounds_share_the_budget_by_weights_and_spend_all_of_it(double epsilon, double delta)
    {
        int bits = RecordSumPlanner.GridBits(epsilon, delta, touched: 1 + (5 * 5), 1, share: 0.5);
        long step = 1L << bits;
        RecordSumRound first = Round(Sums.Gaussian(0, largest: step)) with { Weight = 5 };
        RecordSumRound rest = new(Sums.Plan(Sums.Gaussian(0, largest: step), RecordSumBlock.Vectors(20, NoiseLaw.DiscreteGaussian, 4, step))) { Count = 5, Weight = 1, BlockWeights = [1, 3] };

        RecordSumForecast forecast = RecordSumPlanner.Plan(new RecordSumRequest { Epsilon = epsilon, Delta = delta, Rounds = [first, rest] });

        double ideal = GaussianAccounting.NoiseMultiplier(epsilon, delta);
        Assert.Equal("gaussian", forecast.Spending.Accountant);
        Assert.InRange(forecast.Spending.Epsilon / epsilon, 1 - 1e-6, 1);
        Assert.InRange(forecast.Mu * ideal, 0.999, 1);
        Assert.Equal(ideal * step * Math.Sqrt(2), forecast.Plans[0].Blocks[0].Scale, ideal * step * 0.002);
        Assert.Equal(ideal * step * Math.Sqrt(10 * 4), forecast.Plans[1].Blocks[0].Scale, ideal * step * 0.01);
        Assert.Equal(forecast.Plans[1].Blocks[0].Scale / Math.Sqrt(3), forecast.Plans[1].Blocks[1].Scale, 1e-6 * step);
    }

    [Theory]
    [InlineData(0.5, 1e-5, 1)]
    [InlineData(1, 1e-8, 100)]
    [InlineData(6, 1e-6, 1000)]
    public void The_grid_that_is_proposed_costs_a_thousandth_of_delta(double epsilon, double delta, int touched)
    {
        int bits = RecordSumPlanner.GridBits(epsilon, delta, touched, 1);
        RecordSumBlock block = RecordSumBlock.Vectors(touched, NoiseLaw.DiscreteGaussian, touched, 1L << bits);

        RecordSumForecast forecast = RecordSumPlanner.Plan(new RecordSumRequest { Epsilon = epsilon, Delta = delta, Rounds = [Round(block)] });

        double drawing = (1 + Math.Exp(epsilon)) * RecordSumCost.Of(forecast.Plans[0], 8).Distance;
        Assert.InRange(drawing / delta, bits == 0 ? 0 : 1e-4, 1e-3);
        Assert.InRange(forecast.Mu * GaussianAccounting.NoiseMultiplier(epsilon, delta), 0.999, 1);
    }

    [Fact]
    public void Mixed_rounds_spend_a_fixed_part_on_laplace_noise()
    {
        RecordSumRequest request = Request(1, Round(Sums.Laplace(0)), Round(Sums.Gaussian(0, largest: 1 << 16)) with { Count = 4 }) with { LaplaceEpsilon = 0.2 };

        RecordSumForecast forecast = RecordSumPlanner.Plan(request);

        Assert.Equal(5, forecast.Plans[0].Blocks[0].Scale, 1e-9);
        Assert.InRange(forecast.Mu * GaussianAccounting.NoiseMultiplier(0.8, Delta), 0.995, 1);
        Assert.InRange(forecast.Spending.Epsilon, 0.8, 1);
        Assert.Equal(0.2, forecast.LaplaceEpsilon);
    }

    [Fact]
    public void On_whole_counts_the_noise_is_sized_by_rho()
    {
        RecordSumForecast forecast = RecordSumPlanner.Plan(Request(1, Round(Sums.Gaussian(0))));

        Assert.Equal("zcdp", forecast.Spending.Accountant);
        Assert.InRange(forecast.Spending.Epsilon, 1 - 1e-6, 1);
        Assert.Equal(forecast.Mu * forecast.Mu / 2, ConcentratedConversion.Rho(1, Delta), 1e-9);
    }

    [Fact]
    public void Requests_that_make_no_sense_are_refused()
    {
        RecordSumRequest good = Request(1, Round(Sums.Gaussian(0)));

        Given.Failure(FailureCodes.InvalidEpsilon, () => RecordSumPlanner.Plan(good with { Epsilon = 0 }));
        Given.Failure(FailureCodes.DeltaTooLarge, () => RecordSumPlanner.Plan(good with { Delta = 1 }));
        Given.Failure(FailureCodes.PrivacyPlanRefused, () => RecordSumPlanner.Plan(good with { Rounds = [] }));
        Given.Failure(FailureCodes.PrivacyPlanRefused, () => RecordSumPlanner.Plan(good with { Rounds = [good.Rounds[0] with { Weight = 0 }] }), "weight");
        Given.Failure(FailureCodes.PrivacyPlanRefused, () => RecordSumPlanner.Plan(good with { Rounds = [good.Rounds[0] with { Count = 0 }] }));
        Given.Failure(FailureCodes.PrivacyPlanRefused, () => RecordSumPlanner.Plan(good with { Rounds = [good.Rounds[0] with { BlockWeights = [1, 1] }] }), "1 blocks");
        Given.Failure(FailureCodes.PrivacyPlanRefused, () => RecordSumPlanner.Plan(Request(1, Round(Sums.Gaussian(0)), Round(Sums.Laplace(0)))), "Laplace");
        Given.Failure(FailureCodes.InvalidNoise, () => RecordSumPlanner.Plan(Request(1e-4, Round(Sums.Laplace(0)))), "8192");
    }

    private static RecordSumRound Round(params RecordSumBlock[] blocks) => new(Sums.Plan(blocks));

    private static RecordSumRequest Request(double epsilon, params RecordSumRound[] rounds) => new() { Epsilon = epsilon, Delta = Delta, Rounds = [.. rounds] };
}
