using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Xunit;

namespace Tacit.Tests.Aggregation.Noised;

public sealed class TreeNoiseTests
{
    [Fact]
    public void Increments_have_the_variance_that_is_said()
    {
        NoisedSumPlan plan = Plan(dimension: 16_384, scale: 100, bits: 20);
        TreeNoise tree = new(plan, NoiseSamplers.For(plan));
        SeededRandomSource random = new(3);
        int[] trees = [0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 4], nodes = [1, 2, 1, 3, 1, 2 + 2, 2, 1, 3, 1, 2, 1];
        double tolerance = 6.2 * Math.Sqrt(2.0 / plan.PaddedDimension);   // false alarms below 1e-9
        for (int step = 0; step < trees.Length; step++)
        {
            double squares = 0;
            foreach (long x in tree.Next(trees[step], random)) squares += (double)x * x;

            Assert.Equal(nodes[step], tree.Nodes);
            Assert.InRange(squares / plan.PaddedDimension / (nodes[step] * 1e4), 1 - tolerance, 1 + tolerance);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Next(3, random));
    }

    [Fact]
    public void Noise_far_beyond_the_modulus_does_not_wrap()
    {
        NoisedSumPlan plan = Plan(dimension: 256, scale: 1e5, bits: 8) with { Granularity = 0.1 };
        NoisedSumPipeline pipeline = new(plan, NoiseSamplers.For(plan));
        ModularVector sum = new(plan.Ring, plan.Length);

        NoisedMean mean = pipeline.Decode(sum, 1, new TreeNoise(plan, NoiseSamplers.For(plan)).Next(0, new SeededRandomSource(1)));

        Assert.InRange(mean.Mean.Average(x => (double)x * x) / (1e4 * 1e4), 0.4, 1.6);   // the rotation keeps the energy: 6.2 √(2/256) = 0.55
        Assert.Equal(0, mean.NearModulus);
        Assert.Throws<ArgumentException>(() => pipeline.Decode(sum, 1, new long[255]));
    }

    [Fact]
    public void A_tree_whose_exact_sums_could_wrap_is_refused()
    {
        NoisedSumPlan plan = Plan(dimension: 256, scale: 1e3, bits: 12) with { Participants = 20 };   // norm 1,000 steps, 20 of them, and 2,048 fit

        Assert.False(plan.NeverWraps);
        Given.Failure(Tacit.Aggregation.Failures.FailureCodes.ModulusTooSmall, plan.Validate, "never wrap", "more bits");
        Assert.True((plan with { ModulusBits = 17 }).NeverWraps);
        (plan with { ModulusBits = 17 }).Validate();
    }

    private static NoisedSumPlan Plan(int dimension, double scale, int bits) => new()
    {
        Dimension = dimension, Participants = 1, Clip = 1, Granularity = 1e-3, ModulusBits = bits, NoiseScale = scale, Placement = NoisePlacement.Central, TreeSteps = 5,
    };
}
