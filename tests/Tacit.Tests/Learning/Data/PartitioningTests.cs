using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Xunit;

namespace Tacit.Tests.Learning.Data;

public sealed class PartitioningTests
{
    private static readonly Dictionary<string, Func<Dataset, int, SeededRandomSource, Partition>> All = new()
    {
        ["iid"] = Partitioning.Iid,
        ["dirichlet 0.01"] = (data, n, random) => Partitioning.Dirichlet(data, n, 0.01, random),
        ["dirichlet 100"] = (data, n, random) => Partitioning.Dirichlet(data, n, 100, random),
        ["shards"] = (data, n, random) => Partitioning.Shards(data, n, 1, random),
        ["power law"] = (data, n, random) => Partitioning.PowerLawSizes(data, n, 1.5, random),
        ["sizes 0.001"] = (data, n, random) => Partitioning.DirichletSizes(data, n, 0.001, random),
        ["natural"] = (data, _, _) => Partitioning.Natural(data),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_row_has_one_owner_and_nobody_is_empty(string name)
    {
        foreach ((int rows, int participants) in (ReadOnlySpan<(int, int)>)[(1, 1), (7, 7), (100, 7), (300, 1), (301, 20)])
        {
            Partition partition = All[name](Given.Clouds(rows), participants, new SeededRandomSource(3));

            Assert.Equal(Enumerable.Range(0, rows), partition.Rows.SelectMany(mine => mine).Order());
            Assert.DoesNotContain(partition.Rows, mine => mine.Length == 0);
            Assert.Equal(partition.Rows.Length, partition.Names.Distinct().Count());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void One_stream_gives_one_partition(string name)
    {
        Dataset data = Given.Clouds(100);

        Partition first = All[name](data, 9, new SeededRandomSource(5)), second = All[name](data, 9, new SeededRandomSource(5));

        Assert.Equal(first.Rows.SelectMany(rows => rows), second.Rows.SelectMany(rows => rows));
    }

    [Theory]
    [InlineData("iid")]
    [InlineData("dirichlet 100")]
    [InlineData("shards")]
    [InlineData("power law")]
    [InlineData("sizes 0.001")]
    public void More_participants_than_rows_are_refused(string name) =>
        Given.Failure(FailureCodes.InvalidValue, () =>
            All[name](Given.Clouds(3), 4, new SeededRandomSource(1)), "partition.participants", "1 to 3");

    [Fact]
    public void Dirichlet_skew_grows_as_alpha_falls()
    {
        Dataset data = Given.Clouds(900);
        double Largest(double alpha) => Partitioning.Dirichlet(data, 10, alpha, new SeededRandomSource(1)).Split(data)
            .Average(mine => (double)mine.CountByClass().Max() / mine.Rows);

        Assert.True(Largest(0.1) > 0.85);
        Assert.True(Largest(1000) < 0.45);
    }

    [Fact]
    public void Shards_leave_few_classes_each()
    {
        Dataset data = Given.Clouds(900);

        Assert.All(Partitioning.Shards(data, 9, 1, new SeededRandomSource(1)).Split(data), mine => Assert.Equal(1, mine.CountByClass().Count(count => count > 0)));
    }

    [Fact]
    public void A_power_law_of_zero_is_equal_and_one_is_Zipf()
    {
        Dataset data = Given.Clouds(1000);

        Assert.All(Partitioning.PowerLawSizes(data, 10, 0, new SeededRandomSource(1)).Rows, rows => Assert.Equal(100, rows.Length));
        Partition zipf = Partitioning.PowerLawSizes(data, 10, 1, new SeededRandomSource(1));
        Assert.Equal(2.0, (double)zipf.Rows[0].Length / zipf.Rows[1].Length, 0.05);
    }

    [Fact]
    public void Natural_keeps_everybody_s_own_rows()
    {
        Dataset data = Given.Clouds(100);

        Partition partition = Partitioning.Natural(data);

        Assert.Equal(["1", "2", "3", "4", "5"], partition.Names.AsEnumerable());
        Assert.All(partition.Split(data), mine => Assert.Single(mine.ParticipantIds!.Distinct()));
    }

    [Fact]
    public void Natural_without_ids_is_refused() => Given.Failure(FailureCodes.MissingField, () => Partitioning.Natural(
        new Dataset(Given.Clouds(3).InputShape, Given.Clouds(3).Features, [0, 1, 2], ["a", "b", "c"])), "participant");

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    public void Alpha_must_be_positive(double alpha) =>
        Given.Failure(FailureCodes.InvalidValue, () =>
            Partitioning.Dirichlet(Given.Clouds(9), 3, alpha, new SeededRandomSource(1)), "partition.alpha");
}
