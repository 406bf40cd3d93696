using Tacit.Aggregation.Failures;
using Tacit.Learning.Data;
using Xunit;

namespace Tacit.Tests.Learning.Data;

public sealed class FeatureTableTests
{
    [Fact]
    public void Labels_owners_and_ignored_columns_are_no_features()
    {
        FeatureTable table = FeatureTable.From(Csv("id,x,who,y,kind\n7,1,ann,2,a\n8,3,bob,4,b\n9,5,ann,6,a\n"), "kind", "who", ["id"]);

        Assert.Equal(["x", "y"], table.Features.AsEnumerable());
        Assert.Equal([1, 2, 3, 4, 5, 6], table.Records);
        Assert.Equal([0, 1, 0], table.Labels.AsEnumerable());
        Assert.Equal([0, 1, 0], table.Owners.AsEnumerable());
        Assert.Equal((3, 2), (table.Count, table.Dimension));
    }

    [Theory]
    [InlineData("x,label\n1,a\n")]
    [InlineData("x,Class\n1,a\n")]
    [InlineData("LABEL,x\na,1\n")]
    public void A_column_called_label_or_class_is_never_a_feature(string csv)
    {
        FeatureTable table = FeatureTable.From(Csv(csv), null, null, []);

        Assert.Equal(["x"], table.Features.AsEnumerable());
        Assert.True(table.Labels.IsEmpty);
        Assert.True(table.Owners.IsEmpty);
    }

    [Fact]
    public void What_cannot_be_clustered_is_refused_by_name()
    {
        Given.Failure(FailureCodes.EmptyData, () => FeatureTable.From(Csv("label\na\n"), null, null, []), "label");
        Given.Failure(FailureCodes.EmptyData, () => FeatureTable.From(Csv("x\n1\n"), null, null, ["x"]), "feature");
        Given.Failure(FailureCodes.EmptyData, () => FeatureTable.From(Csv("x\n"), null, null, []), "no rows");
        Given.Failure(FailureCodes.MissingField, () => FeatureTable.From(Csv("x\n1\n"), "y", null, []), "y");
        Given.Failure(FailureCodes.MissingField, () => FeatureTable.From(Csv("x,who\n1,ann\n2,\n"), null, "who", []), "line 3", "'who'");
        Given.Failure(FailureCodes.MissingField, () => FeatureTable.From(Csv("x\n1\n"), null, "who", []), "who");
        Given.Failure(FailureCodes.NotANumber, () => FeatureTable.From(Csv("x\nred\n"), null, null, []), "red");
    }

    private static CsvTable Csv(string text) => CsvTable.Parse(Given.Text(text), "points.csv");
}
