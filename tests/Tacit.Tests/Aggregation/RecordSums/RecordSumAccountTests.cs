using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Curves;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Budgets;
using Xunit;

namespace Tacit.Tests.Aggregation.RecordSums;

public sealed class RecordSumAccountTests
{
    private const double Delta = 1e-6;

    [Theory]
    [InlineData(1, 3.0)]
    [InlineData(10, 12.0)]
    [InlineData(25, 4.0)]
    public void On_a_fine_grid_all_gaussian_rounds_are_one_gaussian(int rounds, double multiplier)
    {
        RecordSumPlan plan = Sums.Plan(Sums.Gaussian(multiplier * (1 << 18), largest: 1 << 18), RecordSumBlock.Vectors(20, NoiseLaw.DiscreteGaussian, touched: 4, 1 << 18, 2 * multiplier * (1 << 18)));

        RecordSumSpending spent = new RecordSumAccount(Delta).Charge(plan, 8, rounds);

        double exact = GaussianAccounting.Epsilon(multiplier / Math.Sqrt(rounds * 1.25), Delta);
        Assert.InRange(spent.Coordinator!.Value / exact, 1, 1.01);
        Assert.Equal("gaussian", spent.Accountant);
    }

    [Theory]
    [InlineData(2.0, 1, 1)]
    [InlineData(8.0, 3, 4)]
    [InlineData(64.0, 20, 1)]
    [InlineData(4096.0, 1024, 10)]
    public void The_promise_is_never_below_the_exact_composition_of_discrete_gaussians(double scale, int largest, int rounds)
    {
        PrivacyLossAccountant exact = new(NeighboringRelation.AddOrRemoveOne);
        exact.Compose(new DiscreteGaussianEvent(scale, largest), rounds);

        double promised = new RecordSumAccount(Delta).Charge(Sums.Plan(Sums.Gaussian(scale, largest: largest)), 8, rounds).Epsilon;

        Assert.InRange(promised / exact.Epsilon(Delta), 1 - 1e-4, 1.35);   // the numerical accountant is above the truth by up to 5e-5
    }

    [Fact]
    public void Coarse_grids_are_accounted_by_rho()
    {
        RecordSumSpending spent = new RecordSumAccount(Delta).Charge(Sums.Plan(Sums.Gaussian(20)), 8);

        Assert.Equal("zcdp", spent.Accountant);
        Assert.Equal(ConcentratedConversion.Epsilon(1 / 800.0, Delta), spent.Epsilon, 1e-9);
    }

    [Fact]
    public void One_laplace_round_is_pure_and_many_compose_to_less_than_their_sum()
    {
        RecordSumAccount account = new(Delta);
        RecordSumPlan plan = Sums.Plan(Sums.Laplace(20));

        Assert.Equal((0.05, "pure"), (account.Charge(plan, 8).Epsilon, account.Spent.Accountant));

        RecordSumSpending many = account.Charge(plan, 8, 199);
        PrivacyLossAccountant exact = new(NeighboringRelation.AddOrRemoveOne);
        exact.Compose(new DiscreteLaplaceEvent(0.05, 1), 200);
        Assert.Equal("pld", many.Accountant);
        Assert.InRange(many.Epsilon, exact.Epsilon(Delta), 0.5 * 200 * 0.05);
    }

    [Fact]
    public void Mixed_rounds_cost_at_most_the_sum_of_their_parts_and_at_least_their_composition()
    {
        RecordSumPlan gaussian = Sums.Plan(Sums.Gaussian(5 << 16, largest: 1 << 16)), laplace = Sums.Plan(Sums.Laplace(4));
        RecordSumAccount account = new(Delta);
        double alone = account.After(gaussian, 8, 3).Epsilon;

        account.Charge(gaussian, 8, 3);
        RecordSumSpending spent = account.Charge(laplace, 8);

        PrivacyLossAccountant exact = new(NeighboringRelation.AddOrRemoveOne);
        exact.Compose(new GaussianEvent(5), 3);
        exact.Compose(new DiscreteLaplaceEvent(0.25, 1));
        Assert.Equal("pld", spent.Accountant);
        Assert.InRange(spent.Epsilon, exact.Epsilon(Delta) * (1 - 1e-4), alone + 0.24);
        Assert.Equal(2, spent.Events.Length);
    }

    [Fact]
    public void More_honest_shares_make_gaussian_rounds_cheaper_for_readers_and_keep_the_promise()
    {
        RecordSumPlan plan = Sums.Plan(Sums.Gaussian(5 << 16, largest: 1 << 16));

        RecordSumSpending least = new RecordSumAccount(Delta).Charge(plan, 8), all = new RecordSumAccount(Delta).Charge(plan, 12), few = new RecordSumAccount(Delta).Charge(plan, 2);

        Assert.Equal(least.Coordinator, all.Coordinator);
        Assert.Equal(least.Readers, least.Coordinator!.Value);
        Assert.InRange(all.Readers / GaussianAccounting.Epsilon(5 * Math.Sqrt(12 / 8.0), Delta), 1, 1.001);
        Assert.InRange(few.Coordinator!.Value / GaussianAccounting.Epsilon(2.5, Delta), 1, 1.001);
    }

    [Fact]
    public void Laplace_rounds_neither_gain_from_more_shares_nor_allow_fewer()
    {
        RecordSumPlan plan = Sums.Plan(Sums.Laplace(4));
        RecordSumAccount account = new(Delta);

        Assert.Equal((0.25, 0.25), (account.Charge(plan, 12).Readers, account.Spent.Coordinator!.Value));
        Assert.True(double.IsPositiveInfinity(account.After(plan, 7).Epsilon));
        Given.Failure(FailureCodes.NoiseTooSmall, () => account.Charge(plan, 7), "7", "8");
        Assert.Equal((1, 0.25), (account.Rounds, account.Spent.Epsilon));
    }

    [Fact]
    public void Nothing_is_accounted_for_a_plan_that_cannot_be_kept()
    {
        RecordSumPlan plan = Sums.Plan(Sums.Gaussian(100));
        RecordSumAccount account = new(Delta);

        Assert.Throws<ArgumentOutOfRangeException>(() => account.Charge(plan, 13));
        Assert.Throws<ArgumentOutOfRangeException>(() => account.Charge(plan, 8, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RecordSumAccount(0));
        Given.Failure(FailureCodes.NoiseTooSmall, () => account.Charge(plan, 0));
        Given.Failure(FailureCodes.InvalidNoise, () => account.Charge(plan with { Blocks = [Sums.Gaussian(double.NaN)] }, 8));
        Assert.Equal((0, 0.0), (account.Rounds, account.Spent.Epsilon));
    }

    [Fact]
    public void A_coordinator_that_adds_the_noise_is_promised_nothing()
    {
        RecordSumPlan plan = Sums.Plan(Sums.Gaussian(5 << 16, largest: 1 << 16)) with { Placement = NoisePlacement.Central, NoiseShares = 1 };

        RecordSumSpending spent = new RecordSumAccount(Delta).Charge(plan, 0);

        Assert.Null(spent.Coordinator);
        Assert.InRange(spent.Epsilon / GaussianAccounting.Epsilon(5, Delta), 1, 1.001);
    }

    [Fact]
    public void Events_go_into_a_ledger_and_are_no_cheaper_there()
    {
        RecordSumPlan both = Sums.Plan(Sums.Gaussian(4 << 16, largest: 1 << 16), Sums.Laplace(4), Sums.Laplace(8, touched: 2));
        RecordSumSpending spent = new RecordSumAccount(Delta).Charge(both with { NoiseShares = 4 }, 4, 3);

        PrivacyEvent happened = Assert.Single(spent.Events);
        Assert.Equal("repeat(3,joint(zcdp(0.03125),pure(0.5)))", EventText.Write(happened));
        RenyiAccountant ledger = new(NeighboringRelation.AddOrRemoveOne);
        ledger.Compose(happened);
        Assert.True(ledger.Epsilon(Delta) >= spent.Epsilon * (1 - 1e-9));
    }
}
