using Tacit.Aggregation.Encodings.Rotations;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Sampling;
using Xunit;

namespace Tacit.Tests.Aggregation.Noised;

public sealed class NoisedSumPipelineTests
{
    [Theory]
    [InlineData(RotationKind.Hadamard, NoiseKind.DiscreteGaussian)]
    [InlineData(RotationKind.Hartley, NoiseKind.DiscreteGaussian)]
    [InlineData(RotationKind.Hartley, NoiseKind.Skellam)]
    public void Sum_of_contributions_decodes_to_the_mean_with_the_noise_that_was_planned(RotationKind kind, NoiseKind noise)
    {
        const int Participants = 10;
        NoisedSumPlan plan = Plan(dimension: 3000, kind) with { Noise = noise, NoiseScale = 40 };
        (float[] mean, double[] truth) = Aggregate(plan, Participants);

        double deviation = 40 * plan.Granularity / Math.Sqrt(Participants);
        double energy = mean.Select((x, i) => (x - truth[i]) * (x - truth[i])).Average();

        // The noise of 3,000 coordinates: a relative standard deviation of √(2/3000) = 2.6 %; rounding adds less than 0.1 %.
        Assert.InRange(energy / (deviation * deviation), 0.83, 1.17);
    }

    [Fact]
    public void Shards_of_one_participant_share_one_vector_and_count_each()
    {
        NoisedSumPlan plan = Plan(dimension: 100) with { ShardsPerParticipant = 4, NoiseScale = 0.5 };
        NoisedSumPipeline pipeline = new(plan, NoiseSamplers.For(plan));
        ModularVector contribution = new(plan.Ring, plan.Length);
        float[] update = [.. Enumerable.Range(0, 100).Select(i => i < 50 ? 0.05f : -0.05f)];

        for (int shard = 0; shard < 4; shard++) pipeline.AddTo(update, new SeededRandomSource((ulong)shard), contribution);
        NoisedMean mean = pipeline.Decode(contribution, 4);

        Assert.All(mean.Mean[..50], x => Assert.InRange(x, 0.04, 0.06));
        Assert.All(mean.Mean[50..], x => Assert.InRange(x, -0.06, -0.04));
    }

    [Fact]
    public void Central_noise_is_not_in_a_contribution_but_in_what_the_coordinator_adds()
    {
        NoisedSumPlan plan = Plan(dimension: 1000) with { Placement = NoisePlacement.Central, NoiseScale = 1000 };
        NoisedSumPipeline pipeline = new(plan, NoiseSamplers.For(plan));
        ModularVector sum = new(plan.Ring, plan.Length);

        pipeline.AddTo(new float[1000], new SeededRandomSource(1), sum);
        Assert.All(sum.ToArray(), residue => Assert.Equal(0UL, residue));

        pipeline.AddNoise(new SeededRandomSource(2), sum);
        Assert.InRange(sum.ToArray().Average(residue => Math.Pow(plan.Ring.Centre(residue), 2)), 0.7e6, 1.3e6);
    }

    [Fact]
    public void A_long_update_is_clipped_and_a_broken_one_refused()
    {
        NoisedSumPlan plan = Plan(dimension: 64);
        NoisedSumPipeline pipeline = new(plan, NoiseSamplers.For(plan));
        ModularVector contribution = new(plan.Ring, plan.Length);

        EncodingTrace trace = pipeline.AddTo([.. Enumerable.Repeat(1f, 64)], new SeededRandomSource(1), contribution);

        Assert.Equal(8, trace.Norm, 1e-9);
        Assert.True(trace.Clipped);
        Given.Failure(FailureCodes.UpdateNotFinite, () => pipeline.AddTo([.. Enumerable.Repeat(float.NaN, 64)], new SeededRandomSource(1), contribution), "norm");
        Given.Failure(FailureCodes.VectorDimensionMismatch, () => pipeline.AddTo(new float[65], new SeededRandomSource(1), contribution), "65", "64");
    }

    [Fact]
    public void Too_little_noise_for_the_theorem_is_refused_with_a_way_out() =>
        Given.Failure(FailureCodes.InvalidNoise, (Plan(dimension: 64) with { NoiseScale = 0.4 }).Validate, "0.4", "0.5", "granularity");

    [Fact]
    public void A_sum_that_wraps_is_told_from_one_that_does_not()
    {
        NoisedSumPlan plan = Plan(dimension: 4096) with { NoiseScale = 1000, ModulusBits = 16 };
        NoisedSumPlan small = plan with { ModulusBits = 10 };

        Assert.InRange(Near(plan), 0, 1e-3);
        Assert.InRange(Near(small), 0.2, 0.3);   // uniform residues: a quarter is beyond three quarters of the half

        static double Near(NoisedSumPlan plan)
        {
            NoisedSumPipeline pipeline = new(plan, NoiseSamplers.For(plan));
            ModularVector sum = new(plan.Ring, plan.Length);
            for (ulong i = 0; i < 10; i++) pipeline.AddTo(new float[4096], new SeededRandomSource(i), sum);
            return pipeline.Decode(sum, 10).NearModulus;
        }
    }

    [Fact]
    public void Signs_of_another_seed_decode_to_garbage()
    {
        NoisedSumPlan plan = Plan(dimension: 256) with { NoiseScale = 0.5 }, other = plan with { SignSeed = [.. Enumerable.Repeat((byte)1, 32)] };
        float[] update = [.. Enumerable.Repeat(0.05f, 256)];
        ModularVector sum = new(plan.Ring, plan.Length);
        new NoisedSumPipeline(plan, NoiseSamplers.For(plan)).AddTo(update, new SeededRandomSource(1), sum);

        float[] wrong = new NoisedSumPipeline(other, NoiseSamplers.For(plan)).Decode(sum, 1).Mean;

        Assert.NotEqual(plan.Hash(), other.Hash());   // so the two are different rounds and never get this far
        Assert.True(wrong.Select(x => Math.Abs(x - 0.05)).Average() > 0.02);
    }

    private static NoisedSumPlan Plan(int dimension, RotationKind kind = RotationKind.Hadamard) => new()
    {
        Dimension = dimension, Participants = 10, Clip = 1, Granularity = 1e-3, ModulusBits = 20, NoiseScale = 2, Rotation = kind,
    };

    private static (float[] Mean, double[] Truth) Aggregate(NoisedSumPlan plan, int participants)
    {
        IIntegerSampler sampler = NoiseSamplers.For(plan);
        NoisedSumPipeline pipeline = new(plan, sampler);
        ModularVector sum = new(plan.Ring, plan.Length);
        double[] truth = new double[plan.Dimension];
        for (int i = 0; i < participants; i++)
        {
            SeededRandomSource random = new((ulong)i, "pipeline");
            float[] update = [.. Enumerable.Range(0, plan.Dimension).Select(_ => (float)random.NextNormal() * 0.01f)];
            double norm = Math.Sqrt(update.Sum(x => (double)x * x)), factor = Math.Min(1, plan.Clip / norm);
            for (int j = 0; j < truth.Length; j++) truth[j] += update[j] * factor / participants;
            ModularVector contribution = new(plan.Ring, plan.Length);
            pipeline.AddTo(update, random, contribution);
            sum.Add(contribution);
        }

        return (pipeline.Decode(sum, participants).Mean, truth);
    }
}
