using Tacit.Aggregation.Failures;
using Tacit.Learning.Data;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Learning.Data;

public sealed class CsvTests(ITestOutputHelper output)
{
    [Fact]
    public void Quoted_fields_follow_RFC_4180()
    {
        CsvTable table = CsvTable.Parse(Given.Text("a,b\r\n\"x, \"\"y\"\"\r\nz\",1\r\n,\"2\"\r\n"), "t.csv");

        Assert.Equal(2, table.Rows);
        Assert.Equal("x, \"y\"\r\nz", table.Text(0, 0));
        Assert.Equal("", table.Text(1, 0));
        Assert.Equal(2, table.Number(1, 1));
        Assert.Equal(4, table.LineOf(1));
    }

    [Fact]
    public void A_byte_order_mark_and_a_missing_last_line_end_are_fine()
    {
        CsvTable table = CsvTable.Parse(Given.Text("\uFEFFa\n-1e2"), "t.csv");

        Assert.Equal("a", table.Columns[0]);
        Assert.Equal(-100, table.Number(0, 0));
    }

    [Theory]
    [InlineData("a,b\n1,2\n3\n", "line 3", "1 fields")]
    [InlineData("a,b\n1,2,3\n", "line 2", "3 fields")]
    [InlineData("a,b\n1,2\n\n", "line 3", "1 fields")]
    public void A_ragged_row_names_line_got_and_expected(string text, string line, string got) =>
        Given.Failure(FailureCodes.CsvFieldCount, () => CsvTable.Parse(Given.Text(text), "t.csv"), "t.csv", line, got, "header has 2");

    [Theory]
    [InlineData("abc")]
    [InlineData("\"1,5\"")]
    [InlineData("1 2")]
    [InlineData("0x10")]
    [InlineData("2\0")]
    [InlineData("")]
    public void Text_in_a_number_column_names_line_and_column(string field)
    {
        CsvTable table = CsvTable.Parse(Given.Text($"id,size\n1,1.5\n2,{field}\n"), "t.csv");

        Given.Failure(FailureCodes.NotANumber, () => table.Number(1, 1), "line 3", "'size'");
    }

    [Theory]
    [InlineData("nan")]
    [InlineData("NaN")]
    [InlineData("-inf")]
    [InlineData("Infinity")]
    [InlineData("1e99")]
    public void A_value_that_is_not_finite_names_line_and_column(string field)
    {
        CsvTable table = CsvTable.Parse(Given.Text($"size\n{field}\n"), "t.csv");

        Given.Failure(FailureCodes.ValueNotFinite, () => table.Number(0, 0), "line 2", "'size'");
    }

    [Theory]
    [InlineData("a\n\"open")]
    [InlineData("a\n\"x\"y\n")]
    [InlineData("a\nx\"y\"\n")]
    [InlineData("a,a\n1,2\n")]
    public void Bad_quotes_and_double_columns_are_refused(string text) =>
        Given.Failure(FailureCodes.MalformedFile, () => CsvTable.Parse(Given.Text(text), "t.csv"), "t.csv");

    [Fact]
    public void Text_that_is_not_UTF_8_is_refused() =>
        Given.Failure(FailureCodes.MalformedFile, () => CsvTable.Parse(new byte[] { (byte)'a', 0xff }, "t.csv"), "UTF-8");

    [Fact]
    public void An_empty_file_is_refused() => Given.Failure(FailureCodes.EmptyData, () => CsvTable.Parse(default, "t.csv"));

    [Fact]
    public void Columns_that_are_not_named_are_features()
    {
        Dataset data = Read("hospital,age,note,target\nBasel,61,x,1\nAarau,50,y,0\nBasel,40.5,z,1\n", "hospital", "target", ["note"]);

        Assert.Equal([61, 50, 40.5f], data.Features);
        Assert.Equal([1, 0, 1], data.Labels);
        Assert.Equal([2, 1, 2], data.ParticipantIds!);
        Assert.Equal("Aarau", data.ParticipantNames[1]);
        Assert.Equal(["age"], data.FeatureNames.AsEnumerable());
    }

    [Fact]
    public void The_real_digits_are_read()
    {
        if (SharedData.Find("images", output) is not { } lookup) return;
        CsvTable table = CsvTable.Parse(lookup("optdigits.tra.csv")!.Value, "optdigits.tra.csv");

        Dataset data = CsvDataset.From(table, null, table.Columns[^1], []);

        Assert.Equal((3823, 64, 10), (data.Rows, data.InputShape.Size, data.ClassNames.Length));
    }

    [Fact]
    public void Integer_classes_are_sorted_as_numbers_and_others_by_their_characters()
    {
        Assert.Equal(["2", "10"], Read("x,y\n1,10\n1,2\n", null, "y", []).ClassNames.AsEnumerable());
        Assert.Equal(["B", "a", "z"], Read("x,y\n1,z\n1,a\n1,B\n", null, "y", []).ClassNames.AsEnumerable());
    }

    [Fact]
    public void A_label_outside_the_declared_classes_names_its_line() => Given.Failure(FailureCodes.InvalidLabel,
        () =>
            CsvDataset.From(CsvTable.Parse(Given.Text("x,y\n1,no\n1,perhaps\n"), "t.csv"), null, "y", [], ["no", "yes"]), "line 3", "perhaps", "no, yes");

    [Fact]
    public void An_empty_label_is_refused() => Given.Failure(FailureCodes.InvalidLabel, () => Read("x,y\n1,\n", null, "y", []), "line 2");

    [Fact]
    public void A_row_that_is_nobodys_is_no_participant() => Given.Failure(FailureCodes.MissingField, () => Read("who,x,y\nann,1,a\n ,2,b\n", "who", "y", []), "line 3", "'who'");

    [Fact]
    public void A_number_that_is_too_large_is_not_called_infinite() => Given.Failure(FailureCodes.ValueNotFinite, () => Read("x,y\n1e39,a\n", null, "y", []), "1e39", "3.4e38");

    [Fact]
    public void A_column_that_is_not_there_is_named_with_those_that_are() =>
        Given.Failure(FailureCodes.MissingField, () => Read("x,y\n1,2\n", null, "label", []), "'label'", "x, y");

    [Fact]
    public void A_header_without_rows_is_refused() => Given.Failure(FailureCodes.EmptyData, () => Read("x,y\n", null, "y", []));

    [Fact]
    public void Every_truncation_and_every_bit_flip_is_refused_or_harmless()
    {
        byte[] file = Given.Text("x,\"y\"\r\n1.5,\"a\"\r\n-2,b\r\n").ToArray();
        for (int bit = 0; bit < file.Length * 8; bit++)
        {
            byte[] flipped = [.. file];
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            Exception? thrown = Record.Exception(() =>
                CsvDataset.From(CsvTable.Parse(flipped.AsMemory(0, Math.Max(1, file.Length - bit % 7)), "t"), null, "y", []));
            if (thrown is not null) Assert.IsType<FailureException>(thrown);
        }
    }

    private static Dataset Read(string text, string? participant, string label, string[] ignored) =>
        CsvDataset.From(CsvTable.Parse(Given.Text(text), "t.csv"), participant, label, ignored);
}
