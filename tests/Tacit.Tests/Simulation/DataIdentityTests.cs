using System.IO;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Tacit.Simulation.Jobs;
using Xunit;

namespace Tacit.Tests.Simulation;

public sealed class DataIdentityTests
{
    [Fact]
    public void The_same_rows_have_one_name_however_they_are_ordered_and_split()
    {
        Dataset all = Rows(0, 1, 2, 3, 4, 5);

        string name = DataIdentity.Of(all.Subset([0, 1, 2, 3]), all.Subset([4, 5]));

        Assert.Equal(name, DataIdentity.Of(all.Subset([5, 0, 3]), all.Subset([2, 1, 4])));
        Assert.NotEqual(name, DataIdentity.Of(Rows(0, 1, 2, 3), Rows(4, 6)));
        Assert.NotEqual(name, DataIdentity.Of(all, Rows(5)));
    }

    [Fact]
    public void Another_seed_or_scale_finds_the_same_budget()
    {
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv");
        File.WriteAllText(file, "x,y,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{i * i},{i % 2}\n")));
        try
        {
            DataPlan plan = new() { Format = "csv", Label = "label" };

            string one = JobData.Load(plan, file, seed: 1).Source, other = JobData.Load(plan with { RowNorm = 3, TestFraction = 0.5 }, file, seed: 2).Source;

            Assert.StartsWith("rows-", one, StringComparison.Ordinal);
            Assert.Equal(one, other);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Dataset Rows(params int[] numbers) =>
        new(InputShape.Vector(2), [.. numbers.SelectMany(n => new[] { n, n + 0.5f })], [.. numbers.Select(n => n % 2)], ["even", "odd"]);
}
