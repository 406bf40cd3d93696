using Tacit.Aggregation.Failures;
using Tacit.Learning.Models;

namespace Tacit.Learning.Data;

/// <summary>
/// The windows of UCI HAR: 30 people, a phone at the waist, 9 channels × 128 samples at 50 Hz, windows overlapping by half.
/// </summary>
/// <remarks>
/// Anguita et al. 2013. Channels: body acceleration x y z (g), rotation x y z (rad/s), total acceleration x y z (g). The split is the
/// official one: 21 people train, 9 others test. Neighbouring windows share samples, so never split them between training and test.
/// </remarks>
public static class HarWindows
{
    private static readonly string[] Signals =
        ["body_acc_x", "body_acc_y", "body_acc_z", "body_gyro_x", "body_gyro_y", "body_gyro_z", "total_acc_x", "total_acc_y", "total_acc_z"];

    private static readonly InputShape Shape = new(Activities.Channels, Activities.WindowSteps);

    /// <summary>
    /// Reads either the compact layout (<c>har_windows_train.i16.npy</c>, <c>har_labels_train.csv</c>) or the original text files.
    /// </summary>
    /// <param name="lookup">Relative path, without <c>.gz</c>, to decompressed content; null or empty when there is no such file.</param>
    /// <returns>Shape 9 × 128, six classes, participant ids 1 to 30.</returns>
    /// <exception cref="FailureException">MISSING_FIELD names the files looked for; SHAPE_MISMATCH, INVALID_LABEL and the codes of the
    /// readers.</exception>
    public static TrainTestSplit Read(Func<string, ReadOnlyMemory<byte>?> lookup)
    {
        lookup = Activities.WithoutEmpty(lookup);
        return new TrainTestSplit(ReadPart(lookup, "train"), ReadPart(lookup, "test"));
    }

    private static Dataset ReadPart(Func<string, ReadOnlyMemory<byte>?> lookup, string part) =>
        lookup($"har_windows_{part}.i16.npy") is ReadOnlyMemory<byte> windows ? ReadCompact(lookup, windows, part) : ReadOriginal(lookup, part);

    private static Dataset ReadCompact(Func<string, ReadOnlyMemory<byte>?> lookup, ReadOnlyMemory<byte> windows, string part)
    {
        NpyArray array = Npy.Read(windows, $"har_windows_{part}.i16.npy");
        if (array.Shape is not [int rows, Activities.Channels, Activities.WindowSteps] || array.ElementType != "i2")
        {
            throw new FailureException(FailureCodes.ShapeMismatch,
                $"har_windows_{part}.i16.npy: is {array.ElementType} ({string.Join(", ", array.Shape)}); "
                + "i2 (rows, 9, 128) is expected; fetch the file again.");
        }
        float[] features = array.ToSingles();
        unchecked
        {
            for (int i = 0; i < features.Length; i++)
            {
                int channel = i / Activities.WindowSteps % Activities.Channels;
                features[i] *= channel is >= 3 and < 6 ? 1f / 4096 : 1f / 8192;
            }
        }
        (ReadOnlyMemory<byte> labels, string path) = Activities.Find(lookup, $"har_labels_{part}.csv");
        CsvTable table = CsvTable.Parse(labels, path);
        int[] Column(string name) => [.. Enumerable.Range(0, table.Rows).Select(row => Integer(table, row, table.IndexOf(name)))];
        return Join(features, Column("activity"), Column("subject"), path);
    }

    private static Dataset ReadOriginal(Func<string, ReadOnlyMemory<byte>?> lookup, string part)
    {
        string first = $"Inertial Signals/{Signals[0]}_{part}.txt";
        if (lookup($"{part}/{first}") is null && lookup(first) is null)
            throw Activities.Missing($"har_windows_{part}.i16.npy' nor '{part}/{first}' nor '{first}");

        float[][] signals = [.. Signals.Select(signal =>
        {
            (ReadOnlyMemory<byte> content, string path) = Find(lookup, part, $"Inertial Signals/{signal}_{part}.txt");
            return NumberText.Read(content.Span, Activities.WindowSteps, path);
        })];
        if (signals.Any(signal => signal.Length != signals[0].Length))
        {
            throw new FailureException(FailureCodes.ShapeMismatch,
                $"Inertial Signals ({part}): the files have different numbers of rows; fetch them again.");
        }

        int rows = signals[0].Length / Activities.WindowSteps;
        float[] features = new float[rows * Shape.Size];
        for (int row = 0; row < rows; row++)
        {
            for (int channel = 0; channel < Signals.Length; channel++)
            {
                Span<float> target = features.AsSpan((row * Signals.Length + channel) * Activities.WindowSteps);
                signals[channel].AsSpan(row * Activities.WindowSteps, Activities.WindowSteps).CopyTo(target);
            }
        }
        (ReadOnlyMemory<byte> labels, string labelPath) = Find(lookup, part, $"y_{part}.txt");
        (ReadOnlyMemory<byte> subjects, string subjectPath) = Find(lookup, part, $"subject_{part}.txt");
        return Join(features, NumberText.ReadIntegers(labels.Span, labelPath), NumberText.ReadIntegers(subjects.Span, subjectPath), labelPath);
    }

    /// <summary>A file of the original archive, inside its folder or without it.</summary>
    internal static (ReadOnlyMemory<byte> Content, string Path) Find(Func<string, ReadOnlyMemory<byte>?> lookup, string part, string file) =>
        Activities.Find(lookup, $"{part}/{file}", file);

    private static Dataset Join(float[] features, int[] activities, int[] subjects, string path)
    {
        if (subjects.Length != activities.Length)
        {
            throw new FailureException(FailureCodes.ShapeMismatch,
                $"{path}: {activities.Length} activities and {subjects.Length} subjects; give one of each per row.");
        }
        return new Dataset(Shape, features, Activities.Labels(activities, path), Activities.Names) { ParticipantIds = subjects };
    }

    private static int Integer(CsvTable table, int row, int column)
    {
        float number = table.Number(row, column);
        return number == MathF.Truncate(number) && MathF.Abs(number) < 1e6f ? (int)number : throw new FailureException(FailureCodes.NotANumber,
            FormattableString.Invariant($"{table.Place(row, column)} is {number}; an integer is expected; fetch the file again."));
    }
}
