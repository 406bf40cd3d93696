using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Tacit.Orchestration.Comparisons;

/// <summary>A comparison as CSV: RFC 4180, a header, a decimal point, one line an entry.</summary>
public static class ComparisonFiles
{
    /// <summary>Accuracy by iteration: what the modes cost in learning.</summary>
    public const string Accuracy = "accuracy.csv";

    /// <summary>Times of each mode: what protection costs.</summary>
    public const string Times = "times.csv";

    /// <summary>Times by number of participants: how it grows.</summary>
    public const string Participants = "participants.csv";

    /// <summary>All names.</summary>
    public static ImmutableArray<string> All { get; } = [Accuracy, Times, Participants];

    /// <summary>Writes a file.</summary>
    /// <param name="name">One of <see cref="All"/>.</param>
    /// <param name="rows">All iterations of all runs, in any order.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such file.</exception>
    public static string Write(string name, IEnumerable<ComparisonRow> rows)
    {
        ComparisonRow[] all = [.. rows.OrderBy(row => row.Mode).ThenBy(row => row.Participants).ThenBy(row => row.Iteration)];
        return name switch
        {
            Accuracy => Table("mode,participants,iteration,accuracy,loss,included", all.Select(row =>
                FormattableString.Invariant($"{ModeOf(row)},{row.Participants},{row.Iteration},{Number(row.Accuracy)},{Number(row.Loss)},{row.Included}"))),
            Times => Table("mode,participants,iterations,seconds,training_seconds,seconds_an_iteration", Runs(all).Select(run =>
                FormattableString.Invariant($"{ModeOf(run[0])},{run[0].Participants},{run.Length},{Seconds(run.Sum(row => row.Seconds))},{Seconds(run.Sum(row => row.TrainingSeconds))},{Seconds(run.Average(row => row.Seconds))}"))),
            Participants => Table("participants,mode,seconds_an_iteration,seconds_beside_training,final_accuracy", Runs(all).OrderBy(run => run[0].Participants).ThenBy(run => run[0].Mode).Select(run =>
                FormattableString.Invariant($"{run[0].Participants},{ModeOf(run[0])},{Seconds(run.Average(row => row.Seconds))},{Seconds(run.Average(row => Math.Max(0, row.Seconds - row.TrainingSeconds)))},{Number(run[^1].Accuracy)}"))),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, $"The files are {string.Join(", ", All)}."),
        };
    }

    private static IEnumerable<ComparisonRow[]> Runs(ComparisonRow[] rows) => rows.GroupBy(row => (row.Mode, row.Participants)).Select(run => run.ToArray());

    private static string Table(string header, IEnumerable<string> lines) => new StringBuilder().AppendJoin("\r\n", lines.Prepend(header)).Append("\r\n").ToString();

    private static string ModeOf(ComparisonRow row) => row.Mode.ToString().ToLowerInvariant();

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("0.######", CultureInfo.InvariantCulture) : "";

    private static string Seconds(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
