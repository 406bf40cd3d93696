using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Clustering.Bounds;
using Tacit.Learning.Clustering.Stages;
using Xunit;

namespace Tacit.Tests.Learning.Clustering.Stages;

public sealed class ClusteringPlannerTests
{
    [Fact]
    public void No_plan_spends_more_than_was_asked_for_and_none_wastes_much()
    {
        foreach (ClusteringMethod method in Enum.GetValues<ClusteringMethod>().Where(method => method != ClusteringMethod.Lloyd))
        {
            foreach ((long n, int d, int k) in new[] { (40L, 1, 1), (150, 4, 3), (5000, 2, 15), (60_000, 20, 10), (10_000_000, 3, 100), (50_000_000, 4096, 2) })
            {
                foreach (double epsilon in new[] { 0.1, 1, 5 })
                {
                    if (method is ClusteringMethod.Histogram or ClusteringMethod.HistogramLloyd && d > 16) continue;   // 2^20 cells say nothing more of the budget
                    ClusteringRequest request = States.Request with { Records = n, Dimension = d, Clusters = k, Epsilon = epsilon, Delta = ClusteringRequest.DefaultDelta(n) / 2, Method = method };

                    ClusteringPlan plan;
                    try
                    {
                        plan = Plan(request);
                    }
                    catch (FailureException refused) when (method == ClusteringMethod.SuLloyd)
                    {
                        Assert.Equal(FailureCodes.PrivacyPlanRefused, refused.Code);   // Laplace noise too wide for shares
                        continue;
                    }

                    Assert.InRange(plan.Forecast.Spending.Epsilon, 0.5 * epsilon, epsilon * (1 + 1e-9));
                    Assert.All(plan.Forecast.Plans, sum => sum.Validate());
                    Assert.Equal(plan.Stages.Length, plan.Forecast.Plans.Length);
                }
            }
        }
    }

    [Fact]
    public void Rounds_before_take_their_part_and_come_first()
    {
        foreach (ClusteringMethod method in new[] { ClusteringMethod.Histogram, ClusteringMethod.HistogramLloyd, ClusteringMethod.SummaryLloyd })
        {
            foreach (NoiseLaw law in new[] { NoiseLaw.DiscreteLaplace, NoiseLaw.DiscreteGaussian })
            {
                PlannedRound before = new([RecordSumBlock.Counts(30, law, 3, 64)], [1], 0.25);

                ClusteringPlan plan = Plan(States.Request with { Dimension = 3, Method = method }, before);

                Assert.Equal(1, plan.RoundsBefore);
                Assert.Equal(30, plan.Forecast.Plans[0].Length);
                Assert.Equal(plan.Stages[0].Blocks[0].Length, plan.SumOf(0).Blocks[0].Length);
                Assert.InRange(plan.Forecast.Spending.Epsilon, 0.5, 1 + 1e-9);
                if (law == NoiseLaw.DiscreteLaplace) Assert.Equal(3 * 64 / 0.25, plan.Forecast.Plans[0].Blocks[0].Scale, 1e-4);
            }
        }
    }

    [Theory]
    [InlineData(5000, 2, 15, 1, ClusteringMethod.Histogram)]
    [InlineData(25_000, 2, 100, 1, ClusteringMethod.Histogram)]
    [InlineData(1837, 3, 3, 2, ClusteringMethod.Histogram)]
    [InlineData(1_000_000_000, 4, 100, 5, ClusteringMethod.HistogramLloyd)]
    [InlineData(150, 6, 3, 0.5, ClusteringMethod.Histogram)]
    [InlineData(1_000_000, 5, 10, 1, ClusteringMethod.HistogramLloyd)]
    [InlineData(10_000_000, 6, 5, 2, ClusteringMethod.SummaryLloyd)]
    [InlineData(10_000_000, 8, 5, 2, ClusteringMethod.SummaryLloyd)]
    [InlineData(200, 9, 3, 0.1, ClusteringMethod.SummaryLloyd)]
    [InlineData(60_000, 784, 10, 1, ClusteringMethod.SummaryLloyd)]
    public void The_method_follows_from_public_numbers(long n, int d, int k, double epsilon, ClusteringMethod method)
    {
        ClusteringRequest request = States.Request with { Records = n, Dimension = d, Clusters = k, Epsilon = epsilon, Delta = ClusteringRequest.DefaultDelta(n) };

        Assert.Equal(method, MethodChoice.For(request));
        Assert.Equal(ClusteringMethod.HistogramLloyd, MethodChoice.For(request with { Method = ClusteringMethod.HistogramLloyd }));
        Assert.InRange(MethodChoice.Cells(request, epsilon), 2, MethodChoice.MostCells);
        Assert.InRange(MethodChoice.SummaryBits(request), 0, 12);
    }

    [Fact]
    public void The_part_for_Laplace_noise_is_that_of_the_plan()
    {
        foreach (ClusteringMethod method in new[] { ClusteringMethod.Histogram, ClusteringMethod.HistogramLloyd, ClusteringMethod.SummaryLloyd })
        {
            ClusteringPlan plan = Plan(States.Request with { Dimension = 5, Method = method });

            Assert.Equal(ClusteringPlanner.LaplacePart(method), plan.Forecast.LaplaceEpsilon, 1e-9);
        }
    }

    [Fact]
    public void A_refusal_names_field_value_and_what_is_allowed()
    {
        ClusteringRequest good = States.Request;
        Refused(good with { Clusters = 0 }, FailureCodes.InvalidValue, "k is 0", "[1, 10000]");
        Refused(good with { Clusters = 10_001 }, FailureCodes.InvalidValue, "k is 10001");
        Refused(good with { Dimension = 0 }, FailureCodes.InvalidValue, "features is 0", "[1, 4096]");
        Refused(good with { Dimension = 4097 }, FailureCodes.InvalidValue, "features is 4097");
        Refused(good with { Records = 14 }, FailureCodes.InvalidValue, "records is 14", "at least 15");
        Refused(good with { Participants = 0 }, FailureCodes.InvalidValue, "participants is 0", "at least 1");
        Refused(good with { Epsilon = 0 }, FailureCodes.InvalidEpsilon, "epsilon is 0");
        Refused(good with { Epsilon = double.NaN }, FailureCodes.InvalidEpsilon, "epsilon is NaN");
        Refused(good with { Epsilon = double.PositiveInfinity }, FailureCodes.InvalidEpsilon, "epsilon is Infinity");
        Refused(good with { Delta = 0 }, FailureCodes.DeltaTooLarge, "delta is 0", "(0, 1)");
        Refused(good with { Delta = 1 }, FailureCodes.DeltaTooLarge, "delta is 1");
    }

    private static ClusteringPlan Plan(ClusteringRequest request, params ImmutableArray<PlannedRound> before) => ClusteringPlanner.Plan(request, new SeededRandomSource(1), before);

    private static void Refused(ClusteringRequest request, FailureCode code, params string[] named)
    {
        Given.Failure(code, () => Plan(request), named);
        Given.Failure(code, () => BoundsSearch.Plan(request), named);
    }
}
