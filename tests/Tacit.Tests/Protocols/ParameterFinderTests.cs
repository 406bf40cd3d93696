using System.Globalization;
using System.IO;
using Tacit.Aggregation.Failures;
using Tacit.Protocols.SecAggPlus;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Protocols;

public sealed class ParameterFinderTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_published_row_is_found_exactly()
    {
        if (FindVectors("secagg_plus_vectors.csv") is not { } path)
        {
            output.WriteLine("shared vectors absent: nothing was checked");
            return;
        }

        string[][] rows = [.. File.ReadLines(path).Skip(1).Select(line => line.Split(','))];
        List<string> wrong = [];
        foreach (string[] row in rows)
        {
            double[] x = [.. row.Skip(1).Select(field => double.Parse(field, CultureInfo.InvariantCulture))];
            GraphParameters found = ParameterFinder.Find(new GraphRequirements((int)x[0], x[1], x[2]) { Sigma = x[3], Eta = x[4], SplitView = row[0] == "semimal" });
            if (found.Neighbours != x[5] || found.Threshold != x[6]) wrong.Add($"{string.Join(',', row)}: found {found.Neighbours},{found.Threshold}");
        }

        output.WriteLine($"{rows.Length} rows checked");
        Assert.Empty(wrong);
        Assert.Equal(132, rows.Length);
    }

    [Fact]
    public void Parameters_for_plans_keep_the_bound_when_all_dropouts_come_first()
    {
        foreach (int n in new[] { 30, 100, 300, 1000 })
        {
            GraphRequirements requirements = new(n, 0.1, 0.1) { SplitView = true, MayShrink = true };

            GraphParameters found = ParameterFinder.Find(requirements);

            Assert.True(found.Threshold >= ParameterFinder.LeastSecureThreshold(requirements, n - requirements.DropCount, found.Neighbours));
        }
    }

    [Theory]
    [InlineData(0.5, 0.5, false)]
    [InlineData(0.33, 0.33, true)]
    [InlineData(0.2, 0.4, true)]
    public void Fractions_that_no_graph_withstands_are_refused_with_the_nearest_that_one_does(double corrupt, double drop, bool split)
    {
        FailureException failure = Assert.Throws<FailureException>(() => ParameterFinder.Find(new GraphRequirements(1000, corrupt, drop) { SplitView = split }));

        Assert.Equal(FailureCodes.ParametersInfeasible, failure.Code);
        Assert.Contains("nearest feasible", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0.1, 0.1)]
    [InlineData(100, -0.1, 0.1)]
    [InlineData(100, 0.1, 1)]
    [InlineData(100, double.NaN, 0.1)]
    public void Requirements_that_make_no_sense_are_refused(int n, double corrupt, double drop) =>
        Assert.Equal(FailureCodes.InvalidValue, Assert.Throws<FailureException>(() => ParameterFinder.Find(new GraphRequirements(n, corrupt, drop))).Code);

    [Fact]
    public void Neighbours_grow_with_the_logarithm_of_the_cohort()
    {
        GraphParameters thousand = ParameterFinder.Find(new GraphRequirements(1000, 0.05, 0.05)), million = ParameterFinder.Find(new GraphRequirements(1_000_000, 0.05, 0.05));

        Assert.True(million.Neighbours <= 2 * thousand.Neighbours);
    }

    private static string? FindVectors(string name)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "shared", "vectors", name);
            if (File.Exists(path)) return path;
        }

        return null;
    }
}
