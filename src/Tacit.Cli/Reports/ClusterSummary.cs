using System.Globalization;
using System.IO;
using System.Text;
using Spectre.Console;
using Tacit.Cli.Output;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Clustering;

namespace Tacit.Cli.Reports;

/// <summary>The end of a clustering job on one screen, and its centroids as a table.</summary>
internal static class ClusterSummary
{
    private const int ShownClusters = 12, ShownFeatures = 8;

    public static void Print(ClusterOutcome outcome, string? folder)
    {
        IAnsiConsole console = Consoles.Output();
        ClusteringResult result = outcome.Result;
        int dropped = result.Rounds.Sum(round => round.Report.Dropped.Length), recovered = result.Rounds.Sum(round => round.Report.Dropped.Count(drop => drop.Recovered));
        string index = result.AdjustedRandIndex is { } agreement ? Text($", adjusted Rand index {agreement:F3}") : "";
        console.MarkupLineInterpolated($"[bold]DONE[/]  {Text($"{ClusteringNames.Of(result.Method)}, {outcome.RoundsText} in {outcome.Elapsed.TotalSeconds:F1} s   nicv {result.Nicv:g5}{index}")}");
        console.MarkupLineInterpolated($"      {Text($"{dropped} drop-outs, {recovered} recovered; {result.Clipped} coordinates outside the range; {result.Unassigned} records unassigned; {result.Rounds.Sum(round => round.Report.Cost.MeanUp + round.Report.Cost.MeanDown) / 1000:F0} kB a participant")}");
        console.WriteLine();
        console.Write(Centres(outcome));
        console.WriteLine();
        console.MarkupLineInterpolated($"      {outcome.Promise}");
        console.MarkupLineInterpolated($"      {outcome.Nature}");
        if (folder is null) return;
        console.MarkupLineInterpolated($"      report     {Path.Combine(folder, "report.html")}");
        console.MarkupLineInterpolated($"      centroids  {Path.Combine(folder, "centroids.csv")}");
        console.MarkupLineInterpolated($"      figures    {Path.Combine(folder, "result.json")}");
    }

    /// <summary>A header of feature names, then one centre a row, in the features' units.</summary>
    public static string Csv(ClusterOutcome outcome)
    {
        StringBuilder csv = new();
        csv.AppendJoin(',', outcome.Table.Features.Select(Quoted)).Append('\n');
        for (int j = 0; j < outcome.Job.Clusters; j++) csv.AppendJoin(',', outcome.Centre(j).ToArray().Select(x => x.ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        return csv.ToString();
    }

    private static Table Centres(ClusterOutcome outcome)
    {
        int features = Math.Min(ShownFeatures, outcome.Table.Dimension), clusters = Math.Min(ShownClusters, outcome.Job.Clusters);
        Table table = new Table().Border(TableBorder.Simple).AddColumn("cluster");
        foreach (string name in outcome.Table.Features.Take(features)) table.AddColumn(new TableColumn(Markup.Escape(name)).RightAligned());
        for (int j = 0; j < clusters; j++) table.AddRow([Text($"{j + 1}"), .. outcome.Centre(j)[..features].ToArray().Select(Figures.Of)]);
        if (clusters < outcome.Job.Clusters || features < outcome.Table.Dimension) table.Caption(Text($"{clusters} of {outcome.Job.Clusters} clusters, {features} of {outcome.Table.Dimension} features; --json and --out have all"));
        return table;
    }

    private static string Quoted(string name) => name.AsSpan().ContainsAny(",\"\n\r") ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
