using System.Globalization;
using System.Text;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Data;
using Tacit.Learning.Models;
using Tacit.Learning.Training;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Learning.Data;

public sealed class HarTests(ITestOutputHelper output)
{
    private static readonly int[] TestSubjects = [2, 4, 9, 10, 12, 13, 18, 20, 24];

    [Fact]
    public void The_real_windows_have_the_published_counts()
    {
        if (SharedData.Find("har", output) is not { } lookup) return;

        (Dataset train, Dataset test) = HarWindows.Read(lookup);

        CheckCounts(train, test);
        Assert.Equal(new InputShape(9, 128), train.InputShape);
        Assert.All(Partitioning.Natural(train).Rows, rows => Assert.InRange(rows.Length, 281, 409));
    }

    [Fact]
    public void Consecutive_real_windows_of_a_segment_share_half_their_samples()
    {
        if (SharedData.Find("har", output) is not { } lookup) return;

        int pairs = 0;
        TrainTestSplit data = HarWindows.Read(lookup);
        foreach ((string part, Dataset windows) in new[] { ("train", data.Train), ("test", data.Test) })
        {
            CsvTable table = CsvTable.Parse(lookup($"har_labels_{part}.csv")!.Value, part);
            int segment = table.IndexOf("segment"), subject = table.IndexOf("subject"), activity = table.IndexOf("activity");
            int index = table.IndexOf("index_in_segment");
            for (int row = 1; row < windows.Rows; row++)
            {
                bool continues = new[] { segment, subject, activity }.All(column => table.Text(row, column) == table.Text(row - 1, column))
                    && table.Number(row, index) == table.Number(row - 1, index) + 1;
                if (!continues) continue;
                pairs++;
                for (int channel = 0; channel < 9; channel++)
                    Assert.True(windows.Row(row - 1).Slice(channel * 128 + 64, 64).SequenceEqual(windows.Row(row).Slice(channel * 128, 64)), $"{part} row {row}");
            }
        }
        Assert.Equal(9442, pairs);
    }

    [Fact]
    public void The_real_features_have_the_published_counts_and_lie_between_minus_one_and_one()
    {
        if (SharedData.Find("har", output) is not { } lookup) return;

        (Dataset train, Dataset test) = HarFeatures.Read(lookup);

        CheckCounts(train, test);
        Assert.Equal(561, train.InputShape.Size);
        Assert.All(train.Features, value => Assert.True(value is >= -1 and <= 1));
    }

    [Fact]
    public void Federated_averaging_of_a_linear_model_on_the_real_features_reaches_88_percent_in_ten_rounds()
    {
        if (SharedData.Find("har", output) is not { } lookup) return;
        (Dataset train, Dataset test) = HarFeatures.Read(lookup);

        double[] accuracy = Federation.Accuracies(
            (train, test), new ModelSpecification { Kind = "linear" }, new LocalTraining { LearningRate = 0.01 }, rounds: 10, perChannel: false);

        output.WriteLine(string.Join(" ", accuracy.Select(a => a.ToString("P1"))));
        Assert.True(accuracy[^1] >= 0.88, $"{accuracy[^1]:P1}");
    }

    [Fact]
    public void Federated_averaging_of_a_convolution_on_the_real_windows_learns()
    {
        if (SharedData.Find("har", output) is not { } lookup) return;
        (Dataset train, Dataset test) = HarWindows.Read(lookup);
        ModelSpecification specification = new() { Kind = "conv1d", Filters = 64, Kernel = 9, Pool = 24, Hidden = [64] };

        double[] accuracy = Federation.Accuracies((train, test), specification, Federation.Adam(epochs: 2) with { LearningRate = 0.002 }, rounds: 4, perChannel: true);

        output.WriteLine(string.Join(" ", accuracy.Select(a => a.ToString("P1"))));
        Assert.True(accuracy[^1] >= 0.80, $"{accuracy[^1]:P1}");
    }

    [Fact]
    public void The_original_layout_of_the_windows_is_read_with_and_without_its_folders()
    {
        Dictionary<string, string> files = Original(withFolders: true), flat = Original(withFolders: false);

        foreach (Dictionary<string, string> layout in new[] { files, flat })
        {
            (Dataset train, Dataset test) = HarWindows.Read(Lookup(layout));

            Assert.Equal(2, train.Rows);
            Assert.Equal([0, 5], train.Labels);
            Assert.Equal([7, 8], test.ParticipantIds!);
            Assert.Equal("laying", train.ClassNames[5]);
            Assert.Equal(0.25f, train.Row(1)[3 * 128 + 5]);   // channel 3, row 1: see Original
        }
    }

    [Fact]
    public void The_original_layout_of_the_features_is_read()
    {
        Dictionary<string, string> files = Original(withFolders: true);
        string line = string.Join(" ", Enumerable.Repeat("-1.0000000e-001", 561));
        files["train/X_train.txt"] = $"{line}\n  {line}\n";
        files["test/X_test.txt"] = $"{line}\r\n{line}";

        (Dataset train, Dataset test) = HarFeatures.Read(Lookup(files));

        Assert.Equal(-0.1f, train.Features[561]);
        Assert.Equal(2, test.Rows);
    }

    [Fact]
    public void A_missing_file_names_what_was_looked_for()
    {
        Given.Failure(FailureCodes.MissingField, () =>
            HarWindows.Read(_ => null), "har_windows_train.i16.npy", "train/Inertial Signals/body_acc_x_train.txt");
        Given.Failure(FailureCodes.MissingField, () => HarFeatures.Read(_ => null), "X_train.txt", "har_features561_train.csv");
        Dictionary<string, string> files = Original(withFolders: true);
        files.Remove("test/subject_test.txt");
        Given.Failure(FailureCodes.MissingField, () => HarWindows.Read(Lookup(files)), "test/subject_test.txt");
    }

    [Theory]
    [InlineData("train/y_train.txt", "1\n7\n", "INVALID_LABEL")]
    [InlineData("train/y_train.txt", "1\n", "SHAPE_MISMATCH")]
    [InlineData("train/y_train.txt", "1\n1.5\n", "NOT_A_NUMBER")]
    [InlineData("train/subject_train.txt", "1\n", "SHAPE_MISMATCH")]
    [InlineData("train/Inertial Signals/total_acc_z_train.txt", "1 2 3\n", "CSV_FIELD_COUNT")]
    [InlineData("train/Inertial Signals/total_acc_z_train.txt", "one\n", "NOT_A_NUMBER")]
    [InlineData("train/Inertial Signals/total_acc_z_train.txt", "NaN\n", "VALUE_NOT_FINITE")]
    public void A_bad_original_file_is_refused(string path, string content, string code)
    {
        Dictionary<string, string> files = Original(withFolders: true);
        files[path] = content;

        Given.Failure(new FailureCode(code), () => HarWindows.Read(Lookup(files)));
    }

    private static void CheckCounts(Dataset train, Dataset test)
    {
        Assert.Equal((7352, 2947), (train.Rows, test.Rows));
        Assert.Equal([1226, 1073, 986, 1286, 1374, 1407], train.CountByClass());
        Assert.Equal([496, 471, 420, 491, 532, 537], test.CountByClass());
        Assert.Equal(21, train.ParticipantIds!.Distinct().Count());
        Assert.Equal(TestSubjects, test.ParticipantIds!.Distinct().Order());
        Assert.Equal(["walking", "upstairs", "downstairs", "sitting", "standing", "laying"], train.ClassNames.AsEnumerable());
    }

    private static Func<string, ReadOnlyMemory<byte>?> Lookup(Dictionary<string, string> files) =>
        path => files.TryGetValue(path, out string? text) ? Encoding.UTF8.GetBytes(text) : null;

    /// <summary>Two windows per part; channel c holds (c + row) / 16 throughout.</summary>
    private static Dictionary<string, string> Original(bool withFolders)
    {
        string[] signals = [.. from kind in (string[])["body_acc", "body_gyro", "total_acc"] from axis in "xyz" select $"{kind}_{axis}"];
        Dictionary<string, string> files = [];
        foreach (string part in (string[])["train", "test"])
        {
            string folder = withFolders ? part + "/" : "";
            for (int channel = 0; channel < signals.Length; channel++)
            {
                string[] lines = [.. Enumerable.Range(0, 2).Select(row =>
                    string.Join("  ", Enumerable.Repeat(((channel + row) / 16.0).ToString("e7", CultureInfo.InvariantCulture), 128)))];
                files[$"{folder}Inertial Signals/{signals[channel]}_{part}.txt"] = " " + string.Join("\n ", lines) + "\n";
            }
            files[$"{folder}y_{part}.txt"] = "1\n6\n";
            files[$"{folder}subject_{part}.txt"] = part == "train" ? "1\n3\n" : "7\n8\n";
        }
        return files;
    }
}
