using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Xunit;

namespace Tacit.Tests.Aggregation.RecordSums;

public sealed class RecordSumPlanTests
{
    private static readonly RecordSumPlan plan = Sums.Plan(Sums.Gaussian(40, largest: 16), Sums.Laplace(3));

    public static TheoryData<string, FailureCode, RecordSumPlan> Hostile => new()
    {
        { "dimension", FailureCodes.InvalidValue, plan with { Dimension = 21 } },
        { "number of blocks", FailureCodes.InvalidValue, plan with { Blocks = [] } },
        { "number of blocks", FailureCodes.InvalidValue, plan with { Blocks = default } },
        { "participants", FailureCodes.InvalidValue, plan with { Participants = 0 } },
        { "records", FailureCodes.InvalidValue, plan with { Records = 0 } },
        { "records", FailureCodes.InvalidValue, plan with { Records = long.MaxValue } },
        { "noise-shares", FailureCodes.InvalidValue, plan with { NoiseShares = 0 } },
        { "noise-shares", FailureCodes.InvalidValue, plan with { NoiseShares = 13 } },
        { "noise-shares", FailureCodes.InvalidValue, plan with { Placement = NoisePlacement.Central } },
        { "placement", FailureCodes.MechanismNotValid, plan with { Placement = NoisePlacement.Local } },
        { "length of block 0", FailureCodes.InvalidValue, First(block => block with { Length = 0 }) },
        { "length of block 0", FailureCodes.InvalidValue, First(block => block with { Length = int.MaxValue }) },
        { "law of block 0", FailureCodes.InvalidValue, First(block => block with { Law = (NoiseLaw)7 }) },
        { "touched of block 0", FailureCodes.InvalidValue, First(block => block with { Touched = 0 }) },
        { "touched of block 0", FailureCodes.InvalidValue, First(block => block with { Touched = 11 }) },
        { "largest of block 0", FailureCodes.InvalidValue, First(block => block with { Largest = 0 }) },
        { "largest of block 0", FailureCodes.InvalidValue, First(block => block with { Largest = long.MaxValue }) },
        { "l2-sensitivity of block 0", FailureCodes.InvalidValue, First(block => block with { L2Sensitivity = 15 }) },
        { "l2-sensitivity of block 0", FailureCodes.InvalidValue, First(block => block with { L2Sensitivity = 17 }) },
        { "l2-sensitivity of block 0", FailureCodes.InvalidValue, First(block => block with { L2Sensitivity = double.NaN }) },
        { "l1-sensitivity of block 0", FailureCodes.InvalidValue, First(block => block with { L1Sensitivity = 15 }) },
        { "l1-sensitivity of block 0", FailureCodes.InvalidValue, First(block => block with { L1Sensitivity = double.PositiveInfinity }) },
        { "noise of block 0", FailureCodes.InvalidNoise, First(block => block with { Scale = 0 }) },
        { "noise of block 0", FailureCodes.InvalidNoise, First(block => block with { Scale = 1.4 }) },
        { "noise of block 0", FailureCodes.InvalidNoise, First(block => block with { Scale = double.NaN }) },
        { "noise of block 0", FailureCodes.InvalidNoise, First(block => block with { Scale = 1e9 }) },
        { "noise of block 0", FailureCodes.InvalidNoise, Sums.Plan(Sums.Laplace(8193)) },
        { "noise of block 0", FailureCodes.InvalidNoise, Sums.Plan(Sums.Laplace(0.01)) },
        { "different noises", FailureCodes.InvalidValue, Sums.Plan([.. Enumerable.Range(1, 65).Select(i => Sums.Gaussian(100 + i))]) },
        { "Laplace scales", FailureCodes.InvalidValue, Sums.Plan([.. Enumerable.Range(1, 5).Select(i => Sums.Laplace(8000 + i))]) },
        { "64 are to be had", FailureCodes.ModulusTooSmall, Sums.Plan(Sums.Gaussian(100, largest: 1L << 40)) with { Records = 1L << 24 } },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_plan_that_cannot_be_kept_is_refused_by_name(string named, FailureCode code, RecordSumPlan hostile)
    {
        Given.Failure(code, hostile.Validate, named);
        Given.Failure(code, () => _ = new RecordSumPipeline(hostile), named);
    }

    [Fact]
    public void The_hash_holds_everything_that_matters()
    {
        ImmutableArray<RecordSumPlan> others =
        [
            plan with { Dimension = 19 }, plan with { Participants = 13 }, plan with { Records = 1001 }, plan with { NoiseShares = 9 }, plan with { Placement = NoisePlacement.Central },
            plan with { Blocks = [plan.Blocks[1], plan.Blocks[0]] },
            First(block => block with { Length = 11 }), First(block => block with { Law = NoiseLaw.DiscreteLaplace }), First(block => block with { Scale = 41 }),
            First(block => block with { L1Sensitivity = 17 }), First(block => block with { L2Sensitivity = 17 }), First(block => block with { Largest = 17 }), First(block => block with { Touched = 2 }),
        ];

        string[] hashes = [.. others.Append(plan).Select(other => Convert.ToHexString(other.Hash()))];

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(plan.Hash(), (plan with { Blocks = [.. plan.Blocks] }).Hash());
    }

    [Fact]
    public void Bits_are_the_fewest_that_hold_records_and_noise()
    {
        foreach (RecordSumPlan each in (RecordSumPlan[])[plan, Sums.Plan(Sums.Laplace(100)), Sums.Plan(Sums.Gaussian(1 << 20, largest: 1 << 18))])
        {
            double most = each.Blocks.Max(block => (each.Records * (double)block.Largest) + RecordSumTails.Reach(block, 12 / 8.0, each.Length));

            Assert.InRange(most, Math.Pow(2, each.Bits - 2) - 1, Math.Pow(2, each.Bits - 1) - 1);
        }

        RecordSumPlan central = plan with { Placement = NoisePlacement.Central, NoiseShares = 1 };
        Assert.Equal(RecordSumTails.Reach(plan.Blocks[0], 1, 20), RecordSumTails.Reach(central.Blocks[0], central.NoiseTimes, 20));
    }

    [Theory]
    [InlineData(5, 1.0)]
    [InlineData(5, 2.5)]
    [InlineData(0.5, 3.0)]
    [InlineData(20, 1.5)]
    public void The_noise_of_all_shares_passes_the_bound_as_rarely_as_is_said(double scale, double times)
    {
        const int Length = 1000;
        int reach = (int)Math.Floor(RecordSumTails.Reach(Sums.Laplace(scale), times, Length)), far = reach + (int)(40 * scale);
        double[] law = Sums.LaplaceLaw(scale, times, far);
        double beyond = law[..(far - reach)].Sum() * 2, least = Math.Pow(2, -41) / Length;

        Assert.InRange(beyond, least * 1e-3, least);   // the bound is one, and no more than a few b too far
    }

    [Fact]
    public void A_larger_cohort_than_planned_is_refused()
    {
        Given.Failure(FailureCodes.ModulusTooSmall, () => plan.ThrowUnlessFits(Terms(13)), "13", "12");
        plan.ThrowUnlessFits(Terms(12));
    }

    private static RoundTerms Terms(int members)
    {
        RoundTerms terms = Given.Terms(12) with { Ring = plan.Ring, Length = plan.Length, PlanHash = [.. plan.Hash()] };
        return members == 12 ? terms : terms with { Cohort = [.. terms.Cohort, new CohortMember(new PartyId(13), Given.Identity(1).VerificationKey)] };
    }

    private static RecordSumPlan First(Func<RecordSumBlock, RecordSumBlock> change) => plan with { Blocks = plan.Blocks.SetItem(0, change(plan.Blocks[0])) };
}
