using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Models;

namespace Tacit.Learning.Data;

/// <summary>
/// MotionSense: 24 people, a phone in the trouser pocket, 15 trials of six activities at 50 Hz, cut into windows of 128 samples, half
/// overlapping.
/// </summary>
/// <remarks>
/// Malekzadeh et al. 2019. One CSV file per person and trial, such as <c>dws_1/sub_1.csv</c>. The channels are in the order of <see
/// cref="HarWindows"/>: userAcceleration x y z (g), rotationRate x y z (rad/s), and their sum with gravity (g). Windows never cross files;
/// a shorter rest is dropped.
/// </remarks>
public static class MotionSense
{
    private const int People = 24;
    private const int Hop = Activities.WindowSteps / 2;

    private static readonly ImmutableArray<string> ClassNames = ["dws", "ups", "wlk", "jog", "sit", "std"];

    private static readonly string[] Trials =
    [
        "dws_1", "dws_2", "dws_11", "ups_3", "ups_4", "ups_12", "wlk_7", "wlk_8", "wlk_15",
        "jog_9", "jog_16", "sit_5", "sit_13", "std_6", "std_14",
    ];

    private static readonly string[] Folders = ["", "A_DeviceMotion_data/"];

    /// <summary>Reads every trial that is there.</summary>
    /// <param name="lookup">Relative path, without <c>.gz</c>, to decompressed content; null or empty when there is no such file.</param>
    /// <returns>Shape 9 × 128, classes dws, ups, wlk, jog, sit, std, participant ids 1 to 24; rows by trial, then person, then
    /// time.</returns>
    /// <exception cref="FailureException">MISSING_FIELD: no file or a column missing. EMPTY_DATA: no file is long enough; and the codes of
    /// the CSV reader.</exception>
    public static Dataset Read(Func<string, ReadOnlyMemory<byte>?> lookup)
    {
        lookup = Activities.WithoutEmpty(lookup);
        List<float> features = [];
        List<int> labels = [], people = [];
        bool any = false;
        foreach (string trial in Trials)
        {
            for (int person = 1; person <= People; person++)
            {
                string path = $"{trial}/sub_{person}.csv";
                if (Folders.Select(folder => lookup(folder + path)).FirstOrDefault(found => found is not null) is not ReadOnlyMemory<byte> content)
                    continue;

                any = true;
                int count = Cut(Signals(CsvTable.Parse(content, path)), features);
                labels.AddRange(Enumerable.Repeat(ClassNames.IndexOf(trial[..3]), count));
                people.AddRange(Enumerable.Repeat(person, count));
            }
        }
        if (!any)
            throw Activities.Missing("dws_1/sub_1.csv' nor 'A_DeviceMotion_data/dws_1/sub_1.csv' "
                + "nor any other trial '<activity>_<trial>/sub_<person>.csv");
        if (labels.Count == 0)
        {
            throw new FailureException(FailureCodes.EmptyData,
                $"no trial has {Activities.WindowSteps} samples or more; give longer recordings.");
        }
        return new Dataset(new InputShape(Activities.Channels, Activities.WindowSteps), [.. features], [.. labels], ClassNames)
        {
            ParticipantIds = [.. people],
        };
    }

    /// <summary>[9][samples] of one recording.</summary>
    private static float[][] Signals(CsvTable table)
    {
        float[] Column(string name)
        {
            int column = table.IndexOf(name);
            return [.. Enumerable.Range(0, table.Rows).Select(row => table.Number(row, column))];
        }
        string[] axes = ["x", "y", "z"];
        float[][] acceleration = [.. axes.Select(axis => Column($"userAcceleration.{axis}"))];
        float[][] rotation = [.. axes.Select(axis => Column($"rotationRate.{axis}"))];
        float[][] gravity = [.. axes.Select(axis => Column($"gravity.{axis}"))];
        return [.. acceleration, .. rotation, .. acceleration.Zip(gravity, (body, down) => body.Zip(down, (x, g) => x + g).ToArray())];
    }

    private static int Cut(float[][] signals, List<float> features)
    {
        int count = 0;
        for (int start = 0; start + Activities.WindowSteps <= signals[0].Length; start += Hop, count++)
            foreach (float[] signal in signals) features.AddRange(signal.AsSpan(start, Activities.WindowSteps));
        return count;
    }
}
