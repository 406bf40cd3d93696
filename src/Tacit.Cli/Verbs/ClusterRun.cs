using System.Diagnostics;
using System.Text;
using Tacit.Cli.Output;
using Tacit.Cli.Reports;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Clustering;
using Tacit.Simulation.Receipts;

namespace Tacit.Cli.Verbs;

/// <summary>Runs a clustering job and shows what came of it; a plan and the command line end here.</summary>
internal static class ClusterRun
{
    public static int Execute(ClusteringJob job, FeatureTable table, string? output, string? receipts, bool json, CancellationToken stopping)
    {
        OutputFolder? folder = output is null ? null : OutputFolder.Prepare(output);
        ClusteringSimulation simulation = new(job, table);
        using ReceiptBook? book = receipts is null ? null : simulation.CreateReceipts();
        simulation.Receipts = book;
        ClusterDisplay.Plan(job, table, simulation);
        using ClusterDisplay display = new();
        book?.WriteTo(receipts!);
        simulation.Progress = (round, what) =>
        {
            stopping.ThrowIfCancellationRequested();
            display.Entered(round, what);
        };
        Stopwatch clock = Stopwatch.StartNew();
        ClusteringResult result = simulation.Run();
        ClusterOutcome outcome = new(job, table, simulation, result, clock.Elapsed);
        display.Dispose();   // ends the live line before the summary begins
        if (folder is not null) Write(folder, outcome);
        if (json) Json.Print(ClusterJson.Of(outcome));
        else ClusterSummary.Print(outcome, folder?.Path);
        return 0;
    }

    private static void Write(OutputFolder folder, ClusterOutcome outcome)
    {
        OutputFolder.Put(folder.Path, "centroids.csv", Encoding.UTF8.GetBytes(ClusterSummary.Csv(outcome)));
        OutputFolder.Put(folder.Path, "result.json", Encoding.UTF8.GetBytes(Json.ToText(ClusterJson.Of(outcome))));
        OutputFolder.Put(folder.Path, "report.html", Encoding.UTF8.GetBytes(ClusterReport.Of(outcome)));
    }
}
