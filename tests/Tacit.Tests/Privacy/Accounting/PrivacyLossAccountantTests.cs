using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Curves;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Accounting.Lattice;
using Tacit.Privacy.Accounting.PrivacyLoss;
using Xunit;

namespace Tacit.Tests.Privacy.Accounting;

public sealed class PrivacyLossAccountantTests
{
    [Theory]
    [InlineData(1, 1.0, 1e-5)]
    [InlineData(10, 4.0, 1e-5)]
    [InlineData(100, 10.0, 1e-3)]
    [InlineData(100, 10.0, 1e-12)]
    [InlineData(1000, 40.0, 1e-40)]
    [InlineData(400, 60.0, 0.05)]
    public void Gaussians_on_a_grid_are_never_below_the_closed_form_and_close_to_it(int count, double multiplier, double delta)
    {
        double exact = GaussianAccounting.Epsilon(multiplier / Math.Sqrt(count), delta), spacing = Math.Sqrt(6e-4 * exact / (count * 30.0));
        LossGrid grid = LossGrid.From(new SampledLoss(new GaussianPair(multiplier), 1, added: false), 0, spacing, Math.Log(delta) - 30);

        double found = new LossComposition([(grid, count)]).Epsilon(delta);

        Assert.InRange(found, exact * (1 - 1e-12), exact * 1.001);
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-9)]
    [InlineData(1e-30)]
    [InlineData(1e-120)]
    public void Delta_keeps_its_digits_far_out(double delta)
    {
        const int Count = 50;
        double multiplier = 7, epsilon = GaussianAccounting.Epsilon(multiplier / Math.Sqrt(Count), delta);
        LossGrid grid = LossGrid.From(new SampledLoss(new GaussianPair(multiplier), 1, added: false), 0, 2e-4, Math.Log(delta) - 30);

        Assert.InRange(new LossComposition([(grid, Count)]).Delta(epsilon), delta * (1 - 1e-9), delta * 1.01);
    }

    [Theory]
    [InlineData(0.1, 10, 1e-3)]
    [InlineData(0.5, 20, 1e-5)]
    [InlineData(0.01, 1000, 1e-5)]
    [InlineData(1.0, 6, 1e-2)]
    public void Known_epsilons_compose_at_most_to_the_optimal_composition(double epsilon, int count, double delta)
    {
        double optimal = Composition.Optimal(epsilon, 0, count, delta), found = With(new EpsilonDeltaEvent(epsilon, 0), count).Epsilon(delta);

        Assert.InRange(found, optimal - (2 * epsilon), optimal * (1 + 1e-9));   // the theorem's are every second multiple of ε, this is between
    }

    // Losses beyond 745 have likelihoods beyond a double: the answer must not become small with them.
    public static TheoryData<PrivacyEvent, double> Extremes => new()
    {
        { new RandomizedResponseEvent(1000, 2), 1000 },
        { new DiscreteLaplaceEvent(1000, 1), 1000 },
        { new EpsilonDeltaEvent(1e6, 0), 1e6 },
        { new LaplaceEvent(1e-6), 1e6 },
        { new DiscreteGaussianEvent(0.001, 1), 500_000 },
        { new DiscreteGaussianEvent(0.02, 1), 1250 },
        { new DiscreteGaussianEvent(0.025, 1), 800 },
        { new DiscreteGaussianEvent(0.027, 1), 1 / (2 * 0.027 * 0.027) },
        { new DiscreteGaussianEvent(1, 1000), 503_999.93 },                                      // four steps out: P[X ≥ 5] < δ < P[X ≥ 4]
        { new PoissonSampledEvent(0.5, new GaussianEvent(0.01)), 5408 },                         // that of the Gaussian, less about ln 2
        { new SelfComposedEvent(new PoissonSampledEvent(0.01, new GaussianEvent(1)), 1_000_000_000), 85_570 },
    };

    [Theory]
    [MemberData(nameof(Extremes))]
    public void Very_large_losses_are_not_small_ones(PrivacyEvent happened, double least)
    {
        PrivacyLossAccountant accountant = new(NeighboringRelation.AddOrRemoveOne);
        accountant.Compose(happened);

        double epsilon = accountant.Epsilon(1e-5);

        Assert.InRange(epsilon, least - 2e-4, least * 1.001);
    }

    [Fact]
    public void No_epsilon_is_below_what_the_same_law_needs()
    {
        for (double scale = 0.01; scale < 4; scale *= 1.07)
        {
            foreach (double delta in new[] { 1e-12, 1e-5, 0.1 })
            {
                PrivacyLossAccountant accountant = new(NeighboringRelation.AddOrRemoveOne);
                accountant.Compose(new DiscreteGaussianEvent(scale, 1));

                double exact = Math.Exp(DiscreteGaussianAccounting.LogDelta(scale, 1, accountant.Epsilon(delta)));

                Assert.True(exact <= delta * (1 + 1e-6), $"scale {scale}: epsilon {accountant.Epsilon(delta)} has delta {exact}, not {delta}");
            }
        }
    }

    [Fact]
    public void Known_deltas_compose_to_infinity_once_they_use_the_total_up()
    {
        Assert.Equal(double.PositiveInfinity, With(new EpsilonDeltaEvent(0.1, 1e-6), 20).Epsilon(1e-5));
        Assert.InRange(With(new EpsilonDeltaEvent(0.1, 1e-6), 5).Epsilon(1e-5), 0, 0.5);
    }

    [Theory]
    [InlineData(0.01, 1.0, 1000)]
    [InlineData(0.3, 2.0, 100)]
    [InlineData(0.9, 5.0, 50)]
    public void Sampling_costs_less_than_everything_and_more_than_nothing(double rate, double noise, int steps)
    {
        double sampled = With(new PoissonSampledEvent(rate, new GaussianEvent(noise)), steps).Epsilon(1e-6);
        RenyiAccountant renyi = new(NeighboringRelation.AddOrRemoveOne);
        renyi.Compose(new PoissonSampledEvent(rate, new GaussianEvent(noise)), steps);

        Assert.InRange(sampled, 1e-3, Math.Min(renyi.Epsilon(1e-6), With(new GaussianEvent(noise), steps).Epsilon(1e-6)));
    }

    [Fact]
    public void Sampling_at_almost_one_approaches_everything()
    {
        double whole = With(new GaussianEvent(5), 20).Epsilon(1e-5);

        Assert.InRange(With(new PoissonSampledEvent(1 - 1e-9, new GaussianEvent(5)), 20).Epsilon(1e-5), whole * (1 - 1e-6), whole * 1.001);
        Assert.Equal(whole, With(new PoissonSampledEvent(1, new GaussianEvent(5)), 20).Epsilon(1e-5));
    }

    [Fact]
    public void A_Laplace_release_is_pure_and_its_compositions_are_below_the_sum()
    {
        Assert.InRange(With(new LaplaceEvent(2), 1).Epsilon(1e-12), 0.5 * (1 - 1e-9), 0.5 * (1 + 1e-9));
        Assert.InRange(With(new LaplaceEvent(10), 50).Epsilon(1e-5), 2.794311371433049, 2.79660110425584 * 1.002);
    }

    [Theory]
    [InlineData(0.001, 5, 10)]
    [InlineData(0.5, 1, 4)]
    [InlineData(0.01, 3, 200)]
    public void Bounded_losses_are_as_tight_at_their_edge_as_their_moments(double decay, int sensitivity, int count)
    {
        RenyiAccountant renyi = new(NeighboringRelation.AddOrRemoveOne);
        renyi.Compose(new DiscreteLaplaceEvent(decay, sensitivity), count);

        foreach (double delta in (double[])[1e-3, 1e-5, 1e-9]) Assert.InRange(With(new DiscreteLaplaceEvent(decay, sensitivity), count).Epsilon(delta), 0, renyi.Epsilon(delta) * (1 + 1e-9));
    }

    [Fact]
    public void Different_events_cost_more_than_each_and_less_than_the_sum()
    {
        PrivacyEvent[] events = [new PoissonSampledEvent(0.05, new GaussianEvent(1.5)), new LaplaceEvent(4), new DiscreteGaussianEvent(6, 2), new SkellamEvent(200, 3), new RandomizedResponseEvent(0.2, 3), new PoissonSampledEvent(0.2, new LaplaceEvent(3))];
        PrivacyLossAccountant all = new(NeighboringRelation.AddOrRemoveOne);
        foreach (PrivacyEvent one in events) all.Compose(one, 10);
        double[] each = [.. events.Select(one => With(one, 10).Epsilon(1e-6))];

        Assert.InRange(all.Epsilon(1e-6), each.Max(), each.Sum());
        Assert.InRange(all.Delta(all.Epsilon(1e-6)), 0, 1.01e-6);
    }

    [Fact]
    public void What_is_not_covered_is_refused_and_changes_nothing()
    {
        PrivacyLossAccountant accountant = new(NeighboringRelation.ReplaceOne);

        Assert.Contains("add-or-remove-one", Assert.Throws<AccountantMismatchException>(() => accountant.Compose(new PoissonSampledEvent(0.1, new GaussianEvent(1)))).Message, StringComparison.Ordinal);
        Assert.Throws<AccountantMismatchException>(() => accountant.Compose(new ComposedEvent([new GaussianEvent(1), new ZeroConcentratedEvent(0.1)])));
        Assert.Throws<ArgumentOutOfRangeException>(() => accountant.Compose(new GaussianEvent(0)));
        Assert.Equal(0, accountant.Epsilon(1e-5));
    }

    private static PrivacyLossAccountant With(PrivacyEvent happened, int count)
    {
        PrivacyLossAccountant accountant = new(NeighboringRelation.AddOrRemoveOne);
        accountant.Compose(happened, count);
        return accountant;
    }
}
