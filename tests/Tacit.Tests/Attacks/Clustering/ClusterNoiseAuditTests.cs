using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Clustering;
using Tacit.Privacy.Accounting.Lattice;
using Tacit.Privacy.Sampling;
using Xunit;

namespace Tacit.Tests.Attacks.Clustering;

/// <summary>Audits of the noise of clustering rounds, each with a weakened build that the same audit refuses.</summary>
public sealed class ClusterNoiseAuditTests
{
    private static readonly ClusteringParams s1 = ClusteringParams.FastLloyd with { Clusters = 15, DataSize = 5000 };

    // The budget of the whole job is ε and δ = 1/(n ln n): one count must stay far below that δ.
    [Theory]
    [InlineData(0.1, 4.5234e-3)]
    [InlineData(0.5, 7.7478e-3)]
    public void One_count_keeps_delta_and_noise_cut_off_toward_zero_does_not(double epsilon, double published)
    {
        ClusteringParams job = s1 with { Epsilon = epsilon };
        double sigma = ClusteringScales.For(job, 0).Count;

        double sound = HockeyStick.Delta(HockeyStick.Floored(sigma), epsilon), weakened = HockeyStick.Delta(HockeyStick.CutOff(sigma), epsilon);

        Assert.InRange(sound, 0, 1e-9);
        Assert.Equal(published, weakened, 6e-8);
        Assert.True(weakened > 100 * job.Delta);
    }

    [Fact]
    public void All_counts_of_a_cluster_keep_delta_and_noise_cut_off_toward_zero_does_not()
    {
        ClusteringParams job = s1 with { Epsilon = 1 };
        double sigma = ClusteringScales.For(job, 0).Count;
        Assert.Equal(7, job.Iterations);

        Assert.InRange(HockeyStick.Composed(HockeyStick.Floored(sigma), 1, 7), 0, 1e-9);
        Assert.Equal(1.101e-2, HockeyStick.Composed(HockeyStick.CutOff(sigma), 1, 7), 5e-5);
    }

    // What is really drawn: whole steps of 2⁻ᶜ, a count being 2ᶜ of them.
    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    public void One_count_as_it_is_drawn_keeps_delta_exactly(double epsilon)
    {
        ClusteringSchedule schedule = ClusteringSchedule.From(s1 with { Epsilon = epsilon });
        double steps = schedule[0].Scales.Count * (1 << schedule.CountBits);

        Assert.True(DiscreteGaussianAccounting.LogDelta(steps, 1 << schedule.CountBits, epsilon) < Math.Log(1e-9));
    }

    // 64 classes of equal probability: χ² with 63 degrees of freedom is above 165 with p < 1e-10.
    [Theory]
    [InlineData(ClusteringPrivacy.GaussianAnalytic)]
    [InlineData(ClusteringPrivacy.DiscreteGaussian)]
    [InlineData(ClusteringPrivacy.Laplace)]
    public void Draws_have_the_stated_law_and_cut_off_draws_do_not(ClusteringPrivacy privacy)
    {
        ClusteringSchedule schedule = ClusteringSchedule.From(s1 with { Privacy = privacy, Epsilon = 1, DataSize = 100_000 });
        (double[] sums, double[] counts) = Draw(schedule, 1500, round: 1);

        Assert.InRange(ChiSquare(counts, schedule[1].Scales.Count, privacy), 0, 165);
        Assert.InRange(ChiSquare(sums, schedule[1].Scales.Sum, privacy), 0, 165);
        double[] cutOff = [.. counts.Select(Math.Truncate)];
        Assert.True(ChiSquare(cutOff, schedule[1].Scales.Count, privacy) > 165);
    }

    // |r|√N above 7 has p < 3e-12; 15 pairs and the rounds make it < 1e-10.
    [Fact]
    public void Noise_of_sums_and_of_counts_is_independent_and_of_one_stream_is_not()
    {
        ClusteringSchedule schedule = ClusteringSchedule.From(s1);
        (double[] sums, double[] counts) = Draw(schedule, 800, round: 0);
        double[] first = [.. Enumerable.Range(0, counts.Length).Select(i => sums[i / 15 * 30 + i % 15])], second = [.. Enumerable.Range(0, counts.Length).Select(i => sums[i / 15 * 30 + 15 + i % 15])];

        Assert.InRange(Score(first, counts), -7, 7);
        Assert.InRange(Score(second, counts), -7, 7);
        Assert.InRange(Score(first, second), -7, 7);

        (double[] oneStreamSums, double[] oneStreamCounts) = DrawFromOneStream(counts.Length);
        Assert.True(Score(oneStreamSums, oneStreamCounts) > 7);
    }

    // Even a source that gives the same bytes again and again: purposes and rounds keep the streams apart.
    [Fact]
    public void A_source_that_repeats_itself_does_not_tie_sums_to_counts_or_rounds_to_each_other()
    {
        ClusteringSchedule schedule = ClusteringSchedule.From(s1 with { Clusters = 200, Dimension = 5, DataSize = 1_000_000, Epsilon = 2 });
        RoundNoise noise = new(schedule, new StuckSource());
        List<double[]> draws = [];
        for (int t = 0; t < 3; t++)
        {
            ModularVector sums = new(ClusteringSchedule.Ring, 1000), counts = new(ClusteringSchedule.Ring, 200);
            noise.AddTo(t, sums, counts);
            draws.Add([.. Values(sums).Take(200)]);
            draws.Add(Values(counts));
        }

        for (int i = 0; i < draws.Count; i++)
        {
            for (int j = 0; j < i; j++) Assert.InRange(Score(draws[i], draws[j]), -7, 7);
        }
    }

    [Fact]
    public void Noise_does_not_follow_from_the_public_seed()
    {
        ClusteringSchedule schedule = ClusteringSchedule.From(s1);

        (double[] one, _) = Draw(new RoundNoise(schedule, SystemRandomSource.Instance), schedule, 1, 0);
        (double[] other, _) = Draw(new RoundNoise(schedule, SystemRandomSource.Instance), schedule, 1, 0);

        Assert.NotEqual(one, other);   // 30 draws of 22 bits and more
    }

    [Fact]
    public void Without_privacy_nothing_is_added()
    {
        ClusteringSchedule schedule = ClusteringSchedule.From(new ClusteringParams());
        (double[] sums, double[] counts) = Draw(schedule, 1, 0);

        Assert.All(sums.Concat(counts), x => Assert.Equal(0, x));
    }

    private static (double[] Sums, double[] Counts) Draw(ClusteringSchedule schedule, int times, int round) => Draw(new RoundNoise(schedule, new SeededRandomSource(11)), schedule, times, round);

    // In real units, all rounds one after the other.
    private static (double[] Sums, double[] Counts) Draw(RoundNoise noise, ClusteringSchedule schedule, int times, int round)
    {
        List<double> allSums = [], allCounts = [];
        for (int i = 0; i < times; i++)
        {
            ModularVector sums = new(ClusteringSchedule.Ring, schedule.FirstCentres.Count), counts = new(ClusteringSchedule.Ring, schedule.Parameters.Clusters);
            noise.AddTo(round, sums, counts);
            allSums.AddRange(Values(sums).Select(x => x / schedule.Grid.One));
            allCounts.AddRange(Values(counts).Select(x => x / (1 << schedule.CountBits)));
        }

        return ([.. allSums], [.. allCounts]);
    }

    // The published code's way: one generator, restarted for counts.
    private static (double[] Sums, double[] Counts) DrawFromOneStream(int length)
    {
        var sampler = DiscreteGaussianSampler.Create(1 << 20);
        int[] sums = new int[length], counts = new int[length];
        sampler.Fill(new SeededRandomSource(5), sums);
        sampler.Fill(new SeededRandomSource(5), counts);
        return ([.. sums.Select(x => 3.2 * x)], [.. counts.Select(x => 18.3 * x)]);
    }

    private static double[] Values(ModularVector vector) => [.. vector.ToArray().Select(x => (double)ClusteringSchedule.Ring.Centre(x))];

    private static double Score(double[] x, double[] y)
    {
        double xx = x.Sum(v => v * v), yy = y.Sum(v => v * v), xy = x.Zip(y, (a, b) => a * b).Sum();
        return xy / Math.Sqrt(xx * yy) * Math.Sqrt(x.Length);
    }

    private static double ChiSquare(double[] draws, double scale, ClusteringPrivacy privacy)
    {
        const int classes = 64;
        int[] seen = new int[classes];
        foreach (double x in draws)
        {
            double below = privacy == ClusteringPrivacy.Laplace
                ? x < 0 ? Math.Exp(x / scale) / 2 : 1 - Math.Exp(-x / scale) / 2
                : Tacit.Privacy.Numerics.NormalDistribution.Cdf(x / scale);
            seen[Math.Min(classes - 1, (int)(below * classes))]++;
        }

        double expected = draws.Length / (double)classes;
        return seen.Sum(s => (s - expected) * (s - expected) / expected);
    }

    private sealed class StuckSource : IRandomSource
    {
        public void Fill(Span<byte> destination) => destination.Fill(0x5a);
    }
}
