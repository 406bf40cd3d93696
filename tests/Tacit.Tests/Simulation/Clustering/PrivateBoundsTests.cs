using Tacit.Learning.Clustering;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Clustering;
using Tacit.Tests.Learning;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Simulation.Clustering;

public sealed class PrivateBoundsTests(ITestOutputHelper output)
{
    // The NICV is the mean over seeds 1 to 3, one seed for birch2. Of seeds 1 to 20, unbalance held 98.4 % of its records in one and 99.5 % or more in the others,
    // and its NICV was more than twice that of the file's bounds in 7: its clusters of 100 records merge. On s1 and house it was within 2 % in all 20.
    [Theory]
    [InlineData("s1.csv", 15, 1)]
    [InlineData("unbalance.csv", 8, 1)]
    [InlineData("birch2_25k.csv", 100, 1)]
    [InlineData("house.csv", 3, 2)]
    public void Bounds_that_are_found_hold_the_records_and_cost_little_quality(string file, int clusters, double epsilon)
    {
        if (SharedData.Find("clustering", output)?.Invoke(file) is not { } content) return;
        FeatureTable table = FeatureTable.From(CsvTable.Parse(content, file), null, null, []);
        FeatureBounds truth = FeatureBounds.Around(table.Records, table.Dimension);
        int runs = table.Count > 20_000 ? 1 : 3;
        double found = 0, given = 0;
        for (ulong seed = 1; seed <= (ulong)runs; seed++)
        {
            ClusteringJob job = ClusteringJobs.Job() with { Clusters = clusters, Epsilon = epsilon, Seed = seed, Bounds = BoundsChoice.OfFile };
            ClusteringResult result = new ClusteringSimulation(job with { Bounds = BoundsChoice.Private }, table).Run();

            Assert.InRange(Inside(table, result.Bounds), 0.99, 1);
            Assert.All(result.Bounds.Ranges.Zip(truth.Ranges), pair => Assert.InRange((pair.First.High - pair.First.Low) / (pair.Second.High - pair.Second.Low), 0.5, 2.5));
            Assert.InRange(result.Spent!.Epsilon, 0, epsilon * (1 + 1e-9));
            found += result.Nicv / runs;
            given += new ClusteringSimulation(job, table).Run().Nicv / runs;
        }

        output.WriteLine($"{file}: NICV {found:g4} with private bounds, {given:g4} with those of the file");
        Assert.InRange(found / given, 0, 2);
    }

    private static double Inside(FeatureTable table, FeatureBounds bounds) => Enumerable.Range(0, table.Count).Count(i =>
        Enumerable.Range(0, table.Dimension).All(a => table.Records[(i * table.Dimension) + a] >= bounds.Ranges[a].Low && table.Records[(i * table.Dimension) + a] <= bounds.Ranges[a].High)) / (double)table.Count;
}
