using System.Globalization;
using System.IO;
using Spectre.Console;
using Tacit.Cli.Output;
using Tacit.Learning.Jobs;

namespace Tacit.Cli.Reports;

/// <summary>The end of a run on one screen.</summary>
internal static class JobSummary
{
    public static void Print(JobResult result, string? folder)
    {
        IAnsiConsole console = Consoles.Output();
        JobRun run = result.Secure;
        double[] accuracy = [.. run.Training.Select(round => round.Metrics!.Accuracy)];
        int dropped = run.Training.Sum(round => round.Dropped.Length), aborted = run.Training.Count(round => round.Aborted is not null);
        int recovered = run.Training.Sum(round => round.Dropped.Count(drop => drop.Recovered));
        console.MarkupLine(Invariant($"[bold]DONE[/]  {accuracy.Length} rounds in {run.Elapsed.TotalSeconds:F1} s   accuracy {accuracy[0] * 100:F1} % {Sparkline.Of(accuracy)} {accuracy[^1] * 100:F1} %"));
        console.MarkupLine(Invariant($"      {Count(dropped, "drop-out")}, {recovered} recovered; {Count(aborted, "round")} aborted; {Count(run.Rounds.Sum(r => r.Saturated), "value")} saturated; {Count(run.Rounds.Sum(r => r.Incidents.Length), "message")} refused"));
        if (result.Simulation.Stopped is { } stopped) console.MarkupLineInterpolated($"      Stopped at the privacy ceiling: {stopped}");
        console.WriteLine();
        console.Write(Comparison(result));
        console.MarkupLine(Invariant($"      * beside the model, which is sent in every mode: {Size(4.0 * result.Simulation.Dimension)} a round"));
        console.WriteLine();
        console.Write(PerClass(run));
        console.WriteLine();
        console.MarkupLineInterpolated($"      {result.Nature} {PrivacySentence(result)}");
        if (folder is null) return;
        console.MarkupLineInterpolated($"      report   {Path.Combine(folder, "report.html")}");
        console.MarkupLineInterpolated($"      model    {Path.Combine(folder, "model.safetensors")}");
        console.MarkupLineInterpolated($"      figures  {Path.Combine(folder, "result.json")}");
    }

    private static string Count(long count, string thing) => Invariant($"{count} {thing}{(count == 1 ? "" : "s")}");

    private static string PrivacySentence(JobResult result)
    {
        if (result.Secure.Training.LastOrDefault(round => round.Privacy is not null)?.Privacy is not { } privacy) return "Sums are exact: no differential privacy.";
        PrivacyPlan plan = result.Plan.Privacy;
        string coordinator = privacy.Spent.Coordinator is { } epsilon ? Invariant($"{epsilon:g4} against the coordinator") : "the coordinator is trusted";
        return Invariant($"Spent: epsilon {privacy.Spent.Epsilon:g4} against readers, {coordinator}, at delta {plan.Delta:g3}; the unit is {PrivacyReport.Unit(plan)}.");
    }

    private static Table Comparison(JobResult result)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("", "accuracy", "sent a participant", "received*", "seconds", "the coordinator can read");
        if (result.Plain is { } plain) AddRow(table, "plain FedAvg", plain, "every update");
        int least = result.Secure.Training.Where(round => round.Aborted is null).Select(round => round.Included.Length).DefaultIfEmpty(0).Min();
        AddRow(table, $"▸ {result.Name}", result.Secure, result.IsProtected ? $"only sums of at least {least} updates" : result.Readable);
        return table;
    }

    private static void AddRow(Table table, string name, JobRun run, string readable) => table.AddRow(
        Markup.Escape(name), Invariant($"{run.Last.Metrics!.Accuracy * 100:F1} %"), Size(run.Rounds.Sum(round => round.Cost.MeanUp)), Size(run.Rounds.Sum(round => round.Cost.MeanDown)),
        Invariant($"{run.Elapsed.TotalSeconds:F1}"), readable);

    private static Table PerClass(JobRun run)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("class", "precision", "recall", "examples");
        foreach (Learning.Models.ClassEvaluation c in run.Last.Metrics!.Classes)
        {
            table.AddRow(Markup.Escape(c.Name), Invariant($"{c.Precision:F3}"), Invariant($"{c.Recall:F3}"), Invariant($"{c.Support}"));
        }

        return table;
    }

    internal static string Size(double bytes) => bytes switch
    {
        < 1e3 => Invariant($"{bytes:F0} B"),
        < 1e6 => Invariant($"{bytes / 1e3:F1} kB"),
        _ => Invariant($"{bytes / 1e6:F2} MB"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
