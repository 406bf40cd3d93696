using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Clustering.Bounds;
using Tacit.Learning.Clustering.Stages;
using Tacit.Tests.Learning.Clustering.Stages;
using Xunit;

namespace Tacit.Tests.Learning.Clustering.Bounds;

public sealed class BoundsSearchTests
{
    [Fact]
    public void A_search_takes_a_bounded_part_and_the_plan_keeps_the_budget()
    {
        foreach ((long n, int d, int k) in new[] { (5000L, 2, 15), (1837, 3, 3), (60_000, 20, 10), (10_000_000, 3, 100), (1_000_000, 100, 10), (50_000_000, 4096, 2) })
        {
            foreach (double epsilon in new[] { 1.0, 5 })
            {
                ClusteringRequest request = States.Request with { Records = n, Dimension = d, Clusters = k, Epsilon = epsilon, Delta = ClusteringRequest.DefaultDelta(n) };
                BoundsSearch search = BoundsSearch.Plan(request);

                ClusteringPlan plan = ClusteringPlanner.Plan(request, new SeededRandomSource(1), search.Rounds);

                Assert.InRange(search.Part, 0.05, 0.4);
                Assert.Equal(search.Part, search.Rounds.Sum(round => round.Part), 1e-12);
                Assert.InRange(plan.Forecast.Spending.Epsilon, 0.5 * epsilon, epsilon * (1 + 1e-9));
                Assert.Equal(search.LinearBins > 0 ? 2 : 1, plan.RoundsBefore);
                Assert.True(search.LinearBins is 0 or (>= 4 and <= 64));
                double hidden = Filled(plan.Forecast.Plans[0]) / plan.Forecast.Plans[0].Blocks[0].Largest;
                Assert.True(hidden <= 0.26 * n, $"{hidden} of {n} records are hidden");
            }
        }
    }

    [Fact]
    public void The_law_with_less_noise_is_taken_and_more_records_cost_less()
    {
        Assert.Equal(NoiseLaw.DiscreteGaussian, BoundsSearch.Plan(States.Request with { Records = 1_000_000, Dimension = 50 }).Law);
        Assert.Equal(NoiseLaw.DiscreteLaplace, BoundsSearch.Plan(States.Request with { Dimension = 1 }).Law);
        Assert.Equal(0.05, BoundsSearch.Plan(States.Request with { Records = 1_000_000 }).Part);
        Assert.True(BoundsSearch.Plan(States.Request).Part > BoundsSearch.Plan(States.Request with { Epsilon = 2 }).Part);
    }

    [Theory]
    [InlineData(150, 4, 1)]
    [InlineData(5000, 2, 0.01)]
    [InlineData(5000, 4096, 1)]
    public void Too_few_records_for_the_noise_are_refused_with_a_way_out(long n, int d, double epsilon) =>
        Given.Failure(FailureCodes.BoundsNotFound, () => BoundsSearch.Plan(States.Request with { Records = n, Dimension = d, Clusters = 3, Epsilon = epsilon }), $"{n} records", FormattableString.Invariant($"epsilon {epsilon}"), "give bounds", "larger epsilon", "file");

    private static double Filled(RecordSumPlan plan) => plan.Blocks[0].Scale * NoiseTail.Above(plan.Blocks[0].Law, plan.Participants / (double)plan.NoiseShares, MagnitudeRound.FalseAlarm / plan.Length);
}
