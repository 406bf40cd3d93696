using Tacit.Aggregation.Failures;
using Tacit.Learning.Data;
using Tacit.Learning.Models;
using Xunit;

namespace Tacit.Tests.Learning.Data;

public sealed class DatasetTests
{
    [Fact]
    public void Subset_takes_rows_in_the_order_given()
    {
        Dataset data = Given.Clouds(30);

        Dataset part = data.Subset([7, 2]);

        Assert.Equal(data.Row(7).ToArray(), part.Row(0).ToArray());
        Assert.Equal([data.Labels[7], data.Labels[2]], part.Labels);
        Assert.Equal([data.ParticipantIds![7], data.ParticipantIds[2]], part.ParticipantIds!);
    }

    [Fact]
    public void Concat_puts_rows_behind()
    {
        Dataset both = Given.Clouds(3).Concat(Given.Clouds(6));

        Assert.Equal(9, both.Rows);
        Assert.Equal(9, both.ParticipantIds!.Length);
    }

    [Fact]
    public void Concat_of_other_classes_is_refused() => Given.Failure(FailureCodes.ShapeMismatch,
        () => Given.Clouds(3).Concat(new Dataset(InputShape.Vector(4), new float[4], [0], ["a", "b", "c"])));

    [Fact]
    public void Lengths_that_do_not_fit_are_refused() =>
        Given.Failure(FailureCodes.ShapeMismatch, () => _ = new Dataset(InputShape.Vector(2), new float[3], [0, 0], ["a"]));

    [Fact]
    public void A_label_outside_the_classes_is_refused() =>
        Given.Failure(FailureCodes.InvalidLabel, () => _ = new Dataset(InputShape.Vector(1), new float[2], [0, 2], ["a", "b"]), "row 1");
}
