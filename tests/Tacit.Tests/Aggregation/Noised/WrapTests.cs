using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Sampling;
using Xunit;

namespace Tacit.Tests.Aggregation.Noised;

/// <summary>How often a coordinate of a sum wraps, counted beside the same sum in a larger ring.</summary>
public sealed class WrapTests
{
    private const int Dimension = 1 << 13, Participants = 50, Rounds = 20;

    [Fact]
    public void Sums_of_updates_that_all_agree_wrap_no_more_often_than_stated()
    {
        NoisedSumForecast forecast = Forecast();

        int wrapped = Enumerable.Range(1, Rounds).Sum(round => Wrapped(forecast.Plan, round));

        // 163,840 coordinates at no more than 6.7e-5: 11 are expected, more than 40 with probability below 1e-10.
        Assert.True(forecast.WrapProbability <= 1e-4);
        Assert.InRange(wrapped, 0, 40);
    }

    [Fact]
    public void A_modulus_of_one_bit_less_wraps_far_more_often()
    {
        NoisedSumPlan plan = Forecast().Plan;

        Assert.True(Wrapped(plan with { ModulusBits = plan.ModulusBits - 1 }, 1) > 100);   // 2 standard deviations: 4.6 % of 8,192 are 373
    }

    private static NoisedSumForecast Forecast() => NoisedSumPlanner.Plan(new NoisedSumRequest
    {
        Dimension = Dimension, Participants = Participants, HonestParticipants = Participants, Rounds = 1, Delta = 1e-5, Epsilon = 4, Clip = 1, Bits = 12,
    });

    private static int Wrapped(NoisedSumPlan plan, int round)
    {
        NoisedSumPlan narrow = plan with { SignSeed = [.. Enumerable.Repeat((byte)round, 32)] }, wide = narrow with { ModulusBits = plan.ModulusBits + 12 };
        int[] small = Sum(narrow, round), large = Sum(wide, round);
        return small.Zip(large).Count(pair => pair.First != pair.Second);
    }

    private static int[] Sum(NoisedSumPlan plan, int round)
    {
        IIntegerSampler sampler = NoiseSamplers.For(plan);
        NoisedSumPipeline pipeline = new(plan, sampler);
        ModularVector sum = new(plan.Ring, plan.Length);
        float[] update = new float[Dimension];
        SeededRandomSource direction = new((ulong)round, "direction");
        for (int i = 0; i < update.Length; i++) update[i] = (float)direction.NextNormal();
        for (int i = 0; i < Participants; i++) pipeline.AddTo(update, new SeededRandomSource((ulong)((round * 1000) + i), "wrap"), sum);
        int[] centred = new int[plan.Length];
        SignedResidues.Centre(sum, 0, centred);
        return centred;
    }
}
