using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Clustering;
using Xunit;

namespace Tacit.Tests.Learning.Clustering;

public sealed class ClusteringUnitTests
{
    [Theory]
    [InlineData(-5.5, -0.5)]
    [InlineData(-3, 1)]
    [InlineData(-2.5, 0.5)]
    [InlineData(-1.0001, -0.9999)]
    [InlineData(1.2, 0.8)]
    [InlineData(2.7, -0.7)]
    [InlineData(3, -1)]
    [InlineData(5.1, 0.9)]
    public void Fold_reflects_at_the_ends(double from, double to) => Assert.Equal(to, DomainFolding.Fold(from), 1e-12);

    [Fact]
    public void Fold_and_truncate_stay_inside_change_nothing_there_and_stretch_nothing()
    {
        SeededRandomSource random = new(1);
        for (int i = 0; i < 10_000; i++)
        {
            double x = 20 * (random.NextDouble() - 0.5), y = 20 * (random.NextDouble() - 0.5), inside = 2 * random.NextDouble() - 1;
            foreach (Func<double, double> post in new Func<double, double>[] { DomainFolding.Fold, DomainFolding.Truncate })
            {
                Assert.InRange(post(x), -1, 1);
                Assert.Equal(inside, post(inside));
                Assert.Equal(post(x), post(post(x)));
                Assert.True(Math.Abs(post(x) - post(y)) <= Math.Abs(x - y) + 1e-12);
            }
        }
    }

    [Fact]
    public void A_move_is_shortened_in_its_direction()
    {
        double[] long1 = [1, 0], short1 = [0.3, 0.4], zero = [0, 0], endless = [double.MaxValue, double.MaxValue];

        MoveLimit.Clip(long1, 0.5);
        MoveLimit.Clip(short1, 0.5);
        MoveLimit.Clip(zero, 0);
        MoveLimit.Clip(endless, 1);

        Assert.Equal([0.5, 0], long1);
        Assert.Equal([0.3, 0.4], short1);
        Assert.Equal([0, 0], zero);
        Assert.All(endless, x => Assert.InRange(x, 0, 1));
    }

    [Theory]
    [InlineData(5, 2, 0.25)]
    [InlineData(15, 2, 0.125)]
    [InlineData(100, 2, 0.0625)]
    [InlineData(16, 16, 0.5)]
    public void Packed_spheres_keep_their_distance(int k, int d, double leastProximity)
    {
        foreach (ulong seed in new ulong[] { 1, 2, 3, 1337 })
        {
            ClusteringParams job = new() { Clusters = k, Dimension = d, Seed = seed };
            (int[] centres, double proximity) = SpherePacking.Draw(job, FixedPoint.Default);

            Assert.True(proximity >= leastProximity, $"a is {proximity}");
            Assert.All(centres, x => Assert.InRange(Math.Abs(x / 65536.0), 0, 1 - proximity));
            for (int i = 0; i < k; i++)
            {
                for (int j = 0; j < i; j++) Assert.True(Distance(centres, i, j, d) >= 2 * proximity * (1 - 1e-12));
            }

            Assert.Equal(centres, SpherePacking.Draw(job with { DataSize = 77, Epsilon = 3 }, FixedPoint.Default).Centres);
            Assert.NotEqual(centres, SpherePacking.Draw(job with { Seed = seed + 1 }, FixedPoint.Default).Centres);
        }
    }

    [Fact]
    public void Fixed_point_rounds_to_the_nearest_step_and_says_when_a_value_does_not_fit()
    {
        FixedPoint grid = FixedPoint.Default;
        SeededRandomSource random = new(2);

        Assert.True(grid.TryRound(0.1, 1L << 40, out long tenth));
        Assert.Equal(6554, tenth);   // not 6553: truncation toward zero is biased
        Assert.True(grid.TryRound(-0.1, 1L << 40, out long minus));
        Assert.Equal(-6554, minus);
        Assert.True(grid.TryRound(123.456, 1L << 40, out long large));
        Assert.Equal(8090812, large);
        Assert.False(grid.TryRound(2, 65536, out long saturated));
        Assert.Equal(65536, saturated);
        Assert.False(grid.TryRound(double.NegativeInfinity, 65536, out saturated));
        Assert.Equal(-65536, saturated);
        Assert.False(grid.TryRound(double.NaN, 65536, out saturated));
        Assert.Equal(0, saturated);
        for (int i = 0; i < 1000; i++)
        {
            long steps = (long)random.NextBelow(1UL << 52) - (1L << 51);
            Assert.True(grid.TryRound(grid.Value(steps), 1L << 53, out long again));
            Assert.Equal(steps, again);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new FixedPoint(7));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FixedPoint(21));
    }

    [Theory]
    [InlineData(CentrePost.Fold)]
    [InlineData(CentrePost.Truncate)]
    [InlineData(CentrePost.None)]
    public void No_centre_moves_farther_than_the_radius(CentrePost post)
    {
        SeededRandomSource random = new(4);
        foreach (int d in new[] { 1, 2, 5, 17 })
        {
            ClusteringSchedule schedule = ClusteringSchedule.From(ClusteringParams.FastLloyd with { Dimension = d, Clusters = 4, Post = post, DataSize = 400, GivenIterations = 3 });
            int[] centres = [.. schedule.FirstCentres];
            for (int trial = 0; trial < 300; trial++)
            {
                int round = trial % 3;
                ModularVector sums = Random(random, 4 * d, 1L << 24), counts = Random(random, 4, 1L << 24);
                int[] next = CentreUpdate.Apply(schedule, round, centres, sums, counts);
                for (int j = 0; j < 4; j++) Assert.True(Moved(centres, next, j, d) <= schedule[round].Radius!.Value * schedule.Grid.One * (1 + 1e-12));
                if (post != CentrePost.None) Assert.All(next, x => Assert.InRange(x, -65536, 65536));
                centres = next;
            }
        }
    }

    [Fact]
    public void A_centre_whose_count_is_mostly_noise_stays()
    {
        ClusteringSchedule schedule = ClusteringSchedule.From(ClusteringParams.FastLloyd with { Clusters = 3, DataSize = 1000, Sparse = SparseCentres.Stay });
        ModularVector sums = new(ClusteringSchedule.Ring, 6), counts = new(ClusteringSchedule.Ring, 3);
        for (int i = 0; i < 6; i++) sums[i] = 1 << 20;
        double[] given = [-50, schedule.LeastCount(0) - 0.01, schedule.LeastCount(0) + 0.01];
        for (int j = 0; j < 3; j++) counts[j] = ClusteringSchedule.Ring.Reduce((long)(given[j] * (1 << schedule.CountBits)));

        int[] next = CentreUpdate.Apply(schedule, 0, [.. schedule.FirstCentres], sums, counts);

        Assert.Equal(schedule.FirstCentres.Take(4), next.Take(4));
        Assert.NotEqual(schedule.FirstCentres.Skip(4), next.Skip(4));
        Assert.Equal(schedule[0].Scales.Count / 2, schedule.LeastCount(0));
        Assert.Equal(5, ClusteringSchedule.From(new ClusteringParams()).LeastCount(0));
    }

    [Fact]
    public void A_sum_is_never_divided_by_a_count_that_is_mostly_noise()
    {
        ClusteringSchedule schedule = ClusteringSchedule.From(ClusteringParams.FastLloyd with { Clusters = 3, DataSize = 1000 });
        ModularVector sums = new(ClusteringSchedule.Ring, 6), counts = new(ClusteringSchedule.Ring, 3);
        double least = schedule.LeastCount(0);
        for (int i = 0; i < 6; i++) sums[i] = (ulong)(65536 * 0.1 * least);
        foreach ((int j, double count) in new[] { (0, -1000.0), (1, 0.0), (2, least) }) counts[j] = ClusteringSchedule.Ring.Reduce((long)Math.Ceiling(count * (1 << schedule.CountBits)));

        int[] next = CentreUpdate.Apply(schedule, 0, [.. schedule.FirstCentres], sums, counts);

        for (int i = 0; i < 6; i++) Assert.InRange(next[i] - schedule.FirstCentres[i], 6550, 6554);   // 0.1 each, whatever the count
    }

    [Fact]
    public void Parameters_are_read_by_the_names_of_the_source()
    {
        ClusteringParams read = ClusteringParamsReader.Read(Pairs(
            "dp=gaussiananalytic", "eps=0.5", "num_clients=4", "k=5", "dim=3", "iters=6", "seed=7", "data_size=2000", "alpha=0.9", "delay=25", "rho=0.3",
            "method=frac_stay", "post=fold_unclipped", "fixed=true", "delta=1e-6", "max_dist=0.5", "min_count=3", "min_count_sigmas=2.5", "sparse=stay"));

        Assert.Equal(
            new ClusteringParams
            {
                Privacy = ClusteringPrivacy.GaussianAnalytic, Epsilon = 0.5, Clients = 4, Clusters = 5, Dimension = 3, GivenIterations = 6, Seed = 7, DataSize = 2000, Alpha = 0.9,
                Delay = TimeSpan.FromMilliseconds(25), Rho = 0.3, Method = RadiusMethod.FracStay, Post = CentrePost.Fold, IsUnclipped = true, GivenDelta = 1e-6, LargestRadius = 0.5,
                MinimumExactCount = 3, MinimumCountDeviations = 2.5, Sparse = SparseCentres.Stay,
            },
            read);
        Assert.Equal(new ClusteringParams(), ClusteringParamsReader.Read([]));
    }

    [Theory]
    [InlineData("epz=1", "UNKNOWN_KEY", "did you mean eps?")]
    [InlineData("num_client=1", "UNKNOWN_KEY", "did you mean num_clients?")]
    [InlineData("dp=gaussian", "INVALID_VALUE", "did you mean gaussiananalytic?")]
    [InlineData("method=fracstay", "INVALID_VALUE", "did you mean frac_stay?")]
    [InlineData("post=folded", "INVALID_VALUE", "did you mean fold?")]
    [InlineData("fixed=false", "INVALID_VALUE", "masks and exact noise need integers")]
    [InlineData("fixed=40", "INVALID_VALUE", "[8, 20]")]
    [InlineData("sparse=stayed", "INVALID_VALUE", "did you mean stay?")]
    [InlineData("k=many", "INVALID_NUMBER", "a whole number")]
    [InlineData("k=0", "INVALID_VALUE", "[1, ")]
    [InlineData("eps=1,5", "INVALID_NUMBER", "a finite number")]
    [InlineData("eps=NaN", "INVALID_NUMBER", "a finite number")]
    [InlineData("dp=laplace", "INVALID_VALUE", "dp must be none")]
    [InlineData("max_dist=1", "INVALID_VALUE", "method: diagonal_then_frac")]
    [InlineData("data_size=1", "INVALID_VALUE", "[2, ")]
    [InlineData("delay=-1", "INVALID_VALUE", "milliseconds")]
    [InlineData("delta=1", "INVALID_VALUE", "(0, 1)")]
    [InlineData("seed=-1", "INVALID_NUMBER", "a whole number from 0")]
    public void A_parameter_that_makes_no_sense_is_refused_with_the_way_out(string pair, string code, string said)
    {
        FailureException refused = Assert.Throws<FailureException>(() => ClusteringParamsReader.Read(Pairs(pair)));

        Assert.Equal(code, refused.Code.ToString());
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Noise_too_wide_or_steps_too_coarse_are_refused_before_any_data()
    {
        Assert.Throws<FailureException>(() => ClusteringSchedule.From(ClusteringParams.FastLloyd with { Epsilon = 1e-5, DataSize = 1L << 36 }));
        Assert.Throws<FailureException>(() => ClusteringSchedule.From(ClusteringParams.FastLloyd with { GivenBits = 20, Epsilon = 0.02 }));
        Assert.Throws<FailureException>(() => ClusteringSchedule.From(ClusteringParams.FastLloyd with { GivenBits = 8, Epsilon = 8, DataSize = 1L << 36 }));
        Assert.Throws<FailureException>(() => ClusteringParamsReader.Read(Pairs("k=3", "k=4")));
    }

    private static IEnumerable<KeyValuePair<string, string>> Pairs(params string[] pairs) => pairs.Select(pair => KeyValuePair.Create(pair.Split('=')[0], pair.Split('=')[1]));

    private static ModularVector Random(SeededRandomSource random, int length, long spread)
    {
        ModularVector vector = new(ClusteringSchedule.Ring, length);
        for (int i = 0; i < length; i++) vector[i] = ClusteringSchedule.Ring.Reduce((long)random.NextBelow((ulong)(2 * spread)) - spread);
        return vector;
    }

    private static double Distance(int[] centres, int i, int j, int d) =>
        Math.Sqrt(Enumerable.Range(0, d).Sum(c => Math.Pow((centres[i * d + c] - centres[j * d + c]) / 65536.0, 2)));

    private static double Moved(int[] from, int[] to, int j, int d) => Math.Sqrt(Enumerable.Range(0, d).Sum(c => Math.Pow((double)to[j * d + c] - from[j * d + c], 2)));
}
