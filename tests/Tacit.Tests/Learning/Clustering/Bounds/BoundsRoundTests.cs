using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Clustering;
using Tacit.Learning.Clustering.Bounds;
using Tacit.Tests.Aggregation.RecordSums;
using Tacit.Tests.Learning.Clustering.Stages;
using Xunit;

namespace Tacit.Tests.Learning.Clustering.Bounds;

public sealed class BoundsRoundTests
{
    private static readonly float[] extremes =
    [
        0, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.MinValue, float.Epsilon, -float.Epsilon, 1, -1, 2, 1.9999999f, 0.5f,
        1f / 65536, -1f / 65536, 1.5258788e-5f, 2.8147498e14f, 1e15f, -1e15f, 1e-30f, 3, 10, 9.999999f, 10.000001f, -10,
    ];

    [Fact]
    public void Every_number_is_in_the_one_bin_whose_ends_hold_it()
    {
        SeededRandomSource random = new(1);
        foreach (float x in extremes.Concat(Enumerable.Range(0, 20_000).Select(_ => BitConverter.UInt32BitsToSingle((uint)random.NextBelow(1UL << 32)))))
        {
            int bin = MagnitudeBins.Of(x);
            Assert.InRange(bin, 0, MagnitudeBins.Count - 1);
            if (float.IsNaN(x)) continue;
            (double low, double high) = MagnitudeBins.Ends(bin);
            double inside = Math.Clamp(x, -MathF.BitDecrement(281474976710656f), MathF.BitDecrement(281474976710656f));
            Assert.InRange(inside, low, high);
        }

        for (int bin = 1; bin < MagnitudeBins.Count; bin++) Assert.Equal(MagnitudeBins.Ends(bin - 1).High, MagnitudeBins.Ends(bin).Low);
        Assert.Equal((-1.0 / 65536, 1.0 / 65536), MagnitudeBins.Ends(MagnitudeBins.Zero));
        Assert.Equal((1.0, 2.0), MagnitudeBins.Ends(MagnitudeBins.Of(1)));
        Assert.Equal((-2.0, -1.0), MagnitudeBins.Ends(MagnitudeBins.Of(-1.5f)));
        Assert.Equal(129, MagnitudeBins.Count);
    }

    [Theory]
    [InlineData(NoiseLaw.DiscreteLaplace, 1)]
    [InlineData(NoiseLaw.DiscreteLaplace, 4)]
    [InlineData(NoiseLaw.DiscreteGaussian, 1)]
    [InlineData(NoiseLaw.DiscreteGaussian, 4)]
    public void One_record_changes_one_bin_of_each_column(NoiseLaw law, int d)
    {
        long steps = law == NoiseLaw.DiscreteLaplace ? 1 : 512;
        FeatureBounds around = new([.. Enumerable.Repeat((-10.0, 10.0), d)]);
        foreach ((IBoundsRound round, int bins) in new (IBoundsRound, int)[] { (new MagnitudeRound(d, steps), MagnitudeBins.Count), (new RefinementRound(around, 16, steps), 16) })
        {
            Assert.Null(Broken(round, RecordSumBlock.Counts(d * bins, law, d, steps), d));

            // Weakened twins: steps doubled, the promise of one column less, a record that is in two bins.
            Assert.NotNull(Broken(round, RecordSumBlock.Counts(d * bins, law, d, steps), d, weight: 2));
            if (d > 1) Assert.Contains("touched", Broken(round, RecordSumBlock.Counts(d * bins, law, d - 1, steps) with { L1Sensitivity = d * steps, L2Sensitivity = Math.Sqrt(d) * steps }, d), StringComparison.Ordinal);
            Assert.NotNull(Broken(round, RecordSumBlock.Counts(d * bins, law, d, steps), d, twice: true));
        }
    }

    [Fact]
    public void Exact_counts_give_an_interval_around_all_filled_bins()
    {
        Assert.Equal((0, 1024), Found(600, 100, 20));
        Assert.Equal((512, 1024), Found(600, 700));
        Assert.Equal((-1024, 0), Found(-600, -100));
        Assert.Equal((-2, 1024), Found(-1.5f, 600));
        Assert.Equal((-1.0 / 65536, 4), Found(0, 3));
        Assert.Equal((-4, 1.0 / 65536), Found(-3, 0));
    }

    [Fact]
    public void Refinement_cuts_empty_ends_off_and_puts_one_bin_back()
    {
        RefinementRound round = new(new FeatureBounds([(0, 100)]), 10, 1);
        long[] sums = [0, 0, 0, 50, 500, 400, 0, 0, 0, 0];

        Assert.Equal([(20, 70)], round.Apply(sums, Plan(1, 10), 1).Ranges.AsEnumerable());
        Assert.Equal([(0, 100)], round.Apply([900, 0, 0, 0, 0, 0, 0, 0, 0, 900], Plan(1, 10), 1).Ranges.AsEnumerable());
        Assert.Equal([(0, 100)], round.Apply(new long[10], Plan(1, 10), 1).Ranges.AsEnumerable());   // nothing is certain
    }

    [Fact]
    public void Garbage_never_leaves_the_bounds_at_hand_and_noise_alone_is_no_range()
    {
        SeededRandomSource random = new(3);
        FeatureBounds at = new([(-3, 5), (1, 2)]);
        for (int trial = 0; trial < 20; trial++)
        {
            long[] sums = [.. Enumerable.Range(0, 40).Select(_ => (long)random.NextBelow(1UL << 62) - (1L << 61))];
            foreach (((double low, double high), (double least, double most)) in new RefinementRound(at, 20, 1).Apply(sums, Plan(5, 40), 1.2).Ranges.Zip(at.Ranges))
            {
                Assert.True(least <= low && low < high && high <= most);
            }
        }

        Given.Failure(FailureCodes.BoundsNotFound, () => new MagnitudeRound(2, 1).Apply(new long[258], Plan(10, 258), 1), "feature 1", "epsilon", "give bounds");
    }

    // Noise is drawn 1000 times for all 258 bins. False alarms are planned for 1 in 1000, so more than 12 happen with probability below 1e-9.
    [Theory]
    [InlineData(NoiseLaw.DiscreteLaplace)]
    [InlineData(NoiseLaw.DiscreteGaussian)]
    public void Noise_alone_raises_as_few_alarms_as_stated(NoiseLaw law)
    {
        RecordSumPlan plan = Plan(20, 258, law);
        RecordSumPipeline pipeline = new(plan);
        SeededRandomSource random = new(5, law.ToString());
        int alarms = 0;
        for (int trial = 0; trial < 1000; trial++)
        {
            ModularVector sum = new(plan.Ring, plan.Length);
            pipeline.AddNoise(random, sum);
            long most = pipeline.Decode(sum).Max();
            if (most > 20 * NoiseTail.Above(law, 1, MagnitudeRound.FalseAlarm / 258)) alarms++;
        }

        Assert.InRange(alarms, 0, 12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1.25)]
    [InlineData(4)]
    public void Tails_of_Laplace_sums_are_those_of_the_exact_law(double times)
    {
        const double Scale = 20;
        double[] law = Sums.LaplaceLaw(Scale, times, 800);
        foreach (double tail in new[] { 0.2, 0.05, 1e-3, 1e-6 })
        {
            int above = (int)Math.Floor(Scale * NoiseTail.Above(NoiseLaw.DiscreteLaplace, times, tail));
            double exact = law.Skip(800 + above + 1).Sum();

            Assert.InRange(exact, 0.9 * tail, 1.1 * tail);
        }

        Assert.Equal(4.7534243088, NoiseTail.Above(NoiseLaw.DiscreteGaussian, 1, 1e-6), 1e-8);
        Assert.Equal(-Math.Log(2e-3), NoiseTail.Above(NoiseLaw.DiscreteLaplace, 1, 1e-3), 1e-6);
    }

    private static (double, double) Found(params float[] values)
    {
        long[] sums = new long[MagnitudeBins.Count];
        MagnitudeRound round = new(1, 10);
        for (int i = 0; i < 1000; i++) round.Sum(values, sums);
        return round.Apply(sums, Plan(10, MagnitudeBins.Count), 1).Ranges.Single();
    }

    private static RecordSumPlan Plan(double scale, int length, NoiseLaw law = NoiseLaw.DiscreteLaplace) => Sums.Plan(RecordSumBlock.Counts(length, law, 1, 1, scale)) with { NoiseShares = 1, Placement = NoisePlacement.Central };

    private static string? Broken(IBoundsRound round, RecordSumBlock block, int d, int weight = 1, bool twice = false)
    {
        SeededRandomSource random = new(9);
        foreach (float x in extremes)
        {
            float[] record = [.. Enumerable.Range(0, d).Select(a => a == 0 ? x : extremes[(int)random.NextBelow((ulong)extremes.Length)])];
            long[] sums = new long[block.Length];
            round.Sum(record, sums);
            if (twice) round.Sum([.. record.Select(y => (-y) + 0.7f)], sums);
            if (Sensitivity.Broken([block], [.. sums.Select(sum => weight * sum)]) is { } broken) return broken;
        }

        return null;
    }
}
