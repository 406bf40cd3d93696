using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Xunit;

namespace Tacit.Tests.Aggregation;

public sealed class ContributionTests
{
    private readonly SeededRandomSource random = new(84);

    [Fact]
    public void A_round_that_does_not_fit_the_plan_is_refused_before_anything_is_sent()
    {
        ContributionPlan plan = Given.Plan(dimension: 98, participants: 12);
        RoundTerms terms = Given.Terms() with { PlanHash = [.. plan.Hash()] };

        plan.ThrowUnlessFits(terms);
        Given.Failure(FailureCodes.InvalidValue, () => plan.ThrowUnlessFits(Given.Terms()), "plan-hash");
        Given.Failure(FailureCodes.VectorDimensionMismatch, () => plan.ThrowUnlessFits(terms with { Length = 101 }), "101", "100");
        Given.Failure(FailureCodes.ModulusTooSmall, () => plan.ThrowUnlessFits(terms with { Ring = new ResidueRing(19) }), "19", "20");
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(30)]
    public void The_mean_is_within_n_steps_of_the_exact_weighted_mean(int bits)
    {
        for (int n = 1; n <= 20; n++)
        {
            WeightedMeanPlan plan = Given.Plan(dimension: 50, participants: n, range: 0.5, bits);
            int[] weights = [.. Enumerable.Range(0, n).Select(_ => 1 + random.NextIndex(150))];
            float[][] updates = [.. weights.Select(_ => Enumerable.Range(0, 50).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray())];
            double[] counted = [.. weights.Select(weight => (double)Math.Min(weight, 100))];

            Aggregate aggregate = Sum(plan, updates, weights);

            double tolerance = n * plan.Quantization.Step * plan.WeightCap / counted.Sum();
            for (int i = 0; i < 50; i++)
            {
                double exact = updates.Zip(counted, (update, weight) => update[i] * weight).Sum() / counted.Sum();
                Assert.InRange(aggregate.Mean[i], exact - tolerance - 1e-6, exact + tolerance + 1e-6);
            }

            Assert.Equal((long)counted.Sum(), aggregate.Weight);
            Assert.Equal(0, aggregate.Saturated);
        }
    }

    [Fact]
    public void Weights_are_capped_and_that_is_told()
    {
        WeightedMeanPlan plan = Given.Plan(weightCap: 7);

        Assert.True(WeightedMeanPipeline.Encode(plan, new float[10], 8, random).Capped);
        Assert.False(WeightedMeanPipeline.Encode(plan, new float[10], 7, random).Capped);
        Assert.Equal(7UL, WeightedMeanPipeline.Encode(plan, new float[10], int.MaxValue, random).Residues[plan.Dimension]);
    }

    [Fact]
    public void Weight_and_saturation_are_the_last_residues_of_a_contribution()
    {
        WeightedMeanPlan plan = Given.Plan(dimension: 4);

        Contribution contribution = WeightedMeanPipeline.Encode(plan, [2, 0, -2, 0.5f], 100, random);

        Assert.Equal(plan.Length, contribution.Residues.Length);
        Assert.Equal(100UL, contribution.Residues[4]);
        Assert.Equal(2UL, contribution.Residues[5]);
        Assert.Equal(2, contribution.Saturated);
    }

    [Fact]
    public void The_saturation_total_is_that_of_all_participants()
    {
        WeightedMeanPlan plan = Given.Plan(dimension: 3, participants: 4);
        float[][] updates = [[5, 5, 5], [0, 0, 0], [-5, 0, 0], [0, 5, 5]];

        Assert.Equal(6, Sum(plan, updates, [100, 100, 100, 100]).Saturated);
    }

    [Fact]
    public void All_extremes_at_once_do_not_wrap()
    {
        foreach (int n in new[] { 1, 2, 3, 100, 1000 })
        {
            WeightedMeanPlan plan = Given.Plan(dimension: 2, participants: n, bits: 8, weightCap: 127);

            Aggregate aggregate = Sum(plan, [.. Enumerable.Range(0, n).Select(_ => new float[] { 1, -1 })], [.. Enumerable.Repeat(127, n)]);

            Assert.Equal([1f, -1f], aggregate.Mean);
            Assert.Equal(127L * n, aggregate.Weight);
        }
    }

    [Fact]
    public void Updates_are_clipped_first()
    {
        WeightedMeanPlan plan = Given.Plan(dimension: 2, participants: 1, range: 1, bits: 30) with { ClipNorm = 0.5 };

        Aggregate aggregate = Sum(plan, [[3, 4]], [100]);

        Assert.InRange(aggregate.Mean[0], 0.2999, 0.3001);
        Assert.InRange(aggregate.Mean[1], 0.3999, 0.4001);
    }

    [Fact]
    public void A_participant_without_data_counts_for_nothing()
    {
        WeightedMeanPlan plan = Given.Plan(dimension: 1, participants: 2, bits: 30);

        Aggregate aggregate = Sum(plan, [[0.25f], [1]], [10, 0]);

        Assert.Equal(10, aggregate.Weight);
        Assert.InRange(aggregate.Mean[0], 0.2499, 0.2501);
    }

    [Fact]
    public void Nobody_with_data_gives_no_mean() =>
        Given.Failure(FailureCodes.EmptyData, () => Sum(Given.Plan(dimension: 1, participants: 2), [[1], [1]], [0, 0]));

    [Fact]
    public void Contributions_that_cannot_be_are_refused()
    {
        WeightedMeanPlan plan = Given.Plan(dimension: 2);

        Given.Failure(FailureCodes.VectorDimensionMismatch, () => WeightedMeanPipeline.Encode(plan, new float[3], 1, random), "3", "2");
        Given.Failure(FailureCodes.InvalidValue, () => WeightedMeanPipeline.Encode(plan, new float[2], -1, random), "weight", "-1");
        Given.Failure(FailureCodes.UpdateNotFinite, () => WeightedMeanPipeline.Encode(plan, [0, float.NaN], 1, random), "update[1]");
        Given.Failure(FailureCodes.UpdateNotFinite, () => WeightedMeanPipeline.Encode(plan, [float.NegativeInfinity, 0], 1, random), "update[0]");
    }

    [Fact]
    public void Plans_that_cannot_be_kept_are_refused_with_the_field_and_its_value()
    {
        Given.Plan().Validate();
        Given.Failure(FailureCodes.InvalidValue, Given.Plan(dimension: 0).Validate, "dimension", "0");
        Given.Failure(FailureCodes.InvalidValue, Given.Plan(participants: 0).Validate, "participants", "0");
        Given.Failure(FailureCodes.InvalidValue, Given.Plan(weightCap: 0).Validate, "weight-cap", "0");
        Given.Failure(FailureCodes.InvalidValue, Given.Plan(bits: 4, weightCap: 8).Validate, "weight-cap", "8", "7");
        Given.Failure(FailureCodes.InvalidValue, (Given.Plan() with { ClipNorm = 0 }).Validate, "clip-norm");
        Given.Failure(FailureCodes.InvalidValue, (Given.Plan() with { ClipNorm = -1 }).Validate, "clip-norm");
        Given.Failure(FailureCodes.ModulusTooSmall, Given.Plan(participants: 1_000_000, bits: 50).Validate, "50", "1000000");
    }

    [Fact]
    public void The_fewer_bits_that_a_refusal_proposes_are_enough()
    {
        foreach (int participants in new[] { 1 << 15, 40_000, 1_000_000, int.MaxValue })
        {
            int bits = Enumerable.Range(2, 49).Last(b => ModulusSizing.SignedBits(participants, (1L << (b - 1)) - 1) <= 64);
            WeightedMeanPlan kept = Given.Plan(participants: participants, bits: bits), refused = Given.Plan(participants: participants, bits: 50);

            kept.Validate();
            if (bits < 50) Given.Failure(FailureCodes.ModulusTooSmall, refused.Validate, $"use at most {bits} bits");
        }
    }

    [Fact]
    public void The_hash_of_a_plan_changes_with_every_field()
    {
        WeightedMeanPlan plan = Given.Plan();
        WeightedMeanPlan[] changed =
        [
            plan with { Dimension = 11 }, plan with { Participants = 6 }, plan with { WeightCap = 99 }, plan with { ClipNorm = 1 },
            plan with { Quantization = new Quantization(2, 16) }, plan with { Quantization = new Quantization(1, 15) },
        ];
        string[] settable = [.. typeof(WeightedMeanPlan).GetProperties().Where(property => property.CanWrite).Select(property => property.Name)];

        Assert.Equal(["ClipNorm", "Dimension", "Participants", "Quantization", "WeightCap"], settable.Order(StringComparer.Ordinal));
        Assert.Equal(changed.Length + 1, changed.Append(plan).DistinctBy(p => Convert.ToHexStringLower(p.Hash())).Count());
        Assert.Equal(plan.Hash(), Given.Plan().Hash());
    }

    private Aggregate Sum(WeightedMeanPlan plan, float[][] updates, int[] weights)
    {
        ModularVector sum = new(plan.Ring, plan.Length);
        for (int i = 0; i < updates.Length; i++) sum.Add(WeightedMeanPipeline.Encode(plan, [.. updates[i]], weights[i], random).Residues);
        return WeightedMeanPipeline.Decode(plan, sum);
    }
}
