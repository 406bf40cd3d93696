using Tacit.Aggregation.Failures;
using Tacit.Learning.Clustering.Stages;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Clustering;
using Xunit;

namespace Tacit.Tests.Simulation.Clustering;

/// <summary>Against whom ε is promised, and what a result never is.</summary>
public class ClusteringPromiseTests
{
    // A participant reads the results and knows its own share of the noise, so that share does not count.
    [Theory]
    [InlineData(2, 0.0, 0.0, 1)]
    [InlineData(10, 0.05, 0.1, 8)]
    [InlineData(20, 0.05, 0.1, 17)]
    [InlineData(100, 0.05, 0.1, 85)]
    [InlineData(100, 0.0, 0.0, 99)]
    [InlineData(3, 0.05, null, 2)]
    [InlineData(10, 0.05, null, 8)]
    [InlineData(20, 0.05, null, 18)]
    [InlineData(100, 0.05, null, 90)]
    public void Shares_that_some_reader_knows_do_not_count(int participants, double corrupt, double? drop, int shares)
    {
        ClusteringSimulation simulation = new(
            ClusteringJobs.Job() with { Participants = participants, Protection = new ProtectionPlan { Protocol = "plain-sum", Corrupt = corrupt }, Drop = drop }, ClusteringJobs.Table(1000));

        Assert.Equal(shares, simulation.LeastShares);
        Assert.All(simulation.Plan().Forecast.Plans, plan => Assert.Equal(shares, plan.NoiseShares));
    }

    [Fact]
    public void Too_many_colluders_leave_nobody_to_add_noise()
    {
        FailureException refused = Assert.Throws<FailureException>(() => new ClusteringSimulation(
            ClusteringJobs.Job() with { Participants = 2, Drop = 0.5 }, ClusteringJobs.Table(1000)));

        Assert.Equal(FailureCodes.PrivacyPlanRefused, refused.Code);
    }

    // One record far from two blobs: with exact sums it would be a group, and so a centre, of its own.
    [Fact]
    public void Exact_clustering_never_shows_one_record()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            Random random = new((int)seed);
            float[] lonely = [50.127f, 50.217f, 47.913f, 52.771f, 49.338f];
            float[] records = [.. Enumerable.Range(0, 120).SelectMany(i => Enumerable.Range(0, 5).Select(_ => (i % 2 == 0 ? 5f : 95f) + random.NextSingle())), .. lonely];
            FeatureTable table = new(["a", "b", "c", "d", "e"], records);
            ClusteringJob job = ClusteringJobs.Job() with { Clusters = 3, Epsilon = null, Seed = seed, Bounds = new BoundsChoice(BoundsSource.Given, [(0, 100)]) };

            ClusteringResult result = new ClusteringSimulation(job, table).Run();

            for (int j = 0; j < 3; j++)
            {
                double distance = Math.Sqrt(Enumerable.Range(0, 5).Sum(a => Math.Pow(result.Centres[(j * 5) + a] - lonely[a], 2)));
                Assert.True(distance > 0.5, $"seed {seed}: centre {j} is {distance} from the record");
            }
        }
    }

    [Theory]
    [InlineData(ClusteringMethod.FastLloyd)]
    [InlineData(ClusteringMethod.GLloyd)]
    [InlineData(ClusteringMethod.SuLloyd)]
    [InlineData(ClusteringMethod.Histogram)]
    [InlineData(ClusteringMethod.HistogramLloyd)]
    [InlineData(ClusteringMethod.SummaryLloyd)]
    public void No_noise_drives_a_centre_out_of_the_domain(ClusteringMethod method)
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            ClusteringJob job = ClusteringJobs.Job(method: method) with { Epsilon = 0.6, Seed = seed };
            ClusteringResult result = new ClusteringSimulation(job, ClusteringJobs.Table(150)).Run();
            Assert.All(result.Centres, x => Assert.InRange(x, -1e-9, 1000 + 1e-9));
        }
    }

    [Fact]
    public void Exact_clustering_refuses_sizes_as_private_clustering_does()
    {
        FailureException refused = Assert.Throws<FailureException>(() => new ClusteringSimulation(ClusteringJobs.Job() with { Epsilon = null, Participants = 3 }, ClusteringJobs.Table(4)).Run());

        Assert.Contains("number of records is 4", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e-4, "epsilon is 0.0001")]
    [InlineData(700, "epsilon is 700")]
    public void Epsilon_has_ends(double epsilon, string named) =>
        Assert.Contains(named, Assert.Throws<FailureException>(() => new ClusteringSimulation(ClusteringJobs.Job() with { Epsilon = epsilon }, ClusteringJobs.Table()).Run()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1e-12)]
    [InlineData(1e-30)]
    public void Small_deltas_are_planned(double delta)
    {
        ClusteringJob job = ClusteringJobs.Job(method: ClusteringMethod.SummaryLloyd) with { Delta = delta };
        Assert.InRange(new ClusteringSimulation(job, ClusteringJobs.Table()).Run().Spent!.Epsilon, 1, 2 + 1e-9);
    }

    [Fact]
    public void Private_bounds_say_where_they_end()
    {
        Random random = new(1);
        FeatureTable table = new(["x"], [.. Enumerable.Range(0, 2000).Select(_ => (float)((random.NextDouble() - 0.5) * 1e30))]);
        FailureException refused = Assert.Throws<FailureException>(() => new ClusteringSimulation(ClusteringJobs.Job() with { Bounds = BoundsChoice.Private }, table).Run());

        Assert.Equal(FailureCodes.BoundsNotFound, refused.Code);
        Assert.Contains("beyond 2^47", refused.Message, StringComparison.Ordinal);
    }
}
