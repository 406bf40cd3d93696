using System.CommandLine;
using System.IO;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Output;
using Tacit.Cli.Reports;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Tacit.Simulation.Files;
using Tacit.Simulation.Jobs;
using Tacit.Simulation.Plans;
using Tacit.Simulation.Receipts;
using Tacit.Storage.Files;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit simulate PLAN.yaml</c>: any training plan, with real cryptography on a simulated network.</summary>
internal static class SimulateVerb
{
    private static readonly Argument<string> file = new("PLAN") { Description = "A plan in YAML; docs/plans.md describes every key." };
    private static readonly Option<string?> data = Arguments.Text("--data", "File or folder (or .zip) with the examples; instead of data.path.", "PATH");
    private static readonly Option<string[]> settings = Arguments.Texts("--set", "Replaces a value of the plan. Repeatable.", "KEY=VALUE");
    private static readonly Option<string?> dropout = Arguments.Text("--dropout", "Probability that a participant stops answering in a round.", "F");
    private static readonly Option<string?> seed = Arguments.Text("--seed", "Everything random follows from it.", "N");
    private static readonly Option<string?> model = Arguments.Text("--model", "A model.safetensors of an earlier run to go on from.", "FILE");
    private static readonly Option<string?> output = Arguments.Text("--out", "Folder for report.html, result.json, model.safetensors and, while it runs, metrics/.", "DIR");
    private static readonly Option<string?> ledger = Arguments.Text("--ledger", "File that remembers, over all jobs, what these examples have cost; charged before each round.", "FILE");
    private static readonly Option<string?> ceiling = Arguments.Text("--ceiling", "Epsilon that the ledger allows these examples over all jobs; privacy.epsilon if not given.", "E");
    private static readonly Option<string?> receipts = Arguments.Text("--receipts", "New folder for a signed receipt of each participant and round; see tacit verify.", "DIR");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("simulate", "Runs a federated training or clustering plan: real data, computation and cryptography; simulated network and drop-outs.") { file, data, settings, dropout, seed, model, output, ledger, ceiling, receipts, json };
        command.SetAction(Run);
        return command.WithExamples(
            "tacit simulate plans/demo.yaml",
            "tacit simulate plans/har-features.yaml --data ../shared/data/har --out har",
            "tacit simulate plans/clusters.yaml --data ../shared/data/clustering/s1.csv",
            "tacit simulate plans/har-ddg.yaml --data ../shared/data/har --ledger har.ledger --ceiling 10",
            "tacit simulate plans/har-ddg.yaml --data ../shared/data/har --receipts receipts",
            "tacit simulate plans/demo.yaml --set rounds=5 --set protection.protocol=secagg --dropout 0.2 --seed 7 --json");
    }

    private static Task<int> Run(ParseResult parsed, CancellationToken stopping)
    {
        string path = parsed.GetValue(file)!;
        List<string> replaced = [.. Arguments.Settings(parsed, settings)];
        if (Arguments.Number(parsed, dropout, x => x is >= 0 and <= 1, "in [0, 1]") is { } rate) replaced.Add(FormattableString.Invariant($"faults.dropout={rate}"));
        if (Arguments.Seed(parsed, seed) is { } number) replaced.Add($"seed={number}");
        PlanMapping root = PlanFile.Apply(PlanFile.Read(path), [.. replaced]);
        if (ClusteringJobReader.IsClustering(root)) return Task.FromResult(Cluster(parsed, path, root, stopping));
        TrainingSimulation simulation = PlanLoading.Load(path, root, parsed.GetValue(data));
        simulation.StartFrom = ReadModel(parsed.GetValue(model));
        TrainingPlan plan = simulation.Plan;

        if (parsed.GetValue(ledger) is null) Arguments.RefuseGiven(parsed, "a ceiling is a ledger's: give --ledger FILE too, or leave it out", ceiling);
        double? most = Arguments.Number(parsed, ceiling, x => x > 0, "greater than 0");
        using LedgerFile? book = parsed.GetValue(ledger) is { } kept ? JobLedgers.Open(kept, simulation, most) : null;

        OutputFolder? folder = parsed.GetValue(output) is { } directory ? OutputFolder.Prepare(directory) : null;
        using ReceiptBook? signed = parsed.GetValue(receipts) is null ? null : simulation.CreateReceipts();
        signed?.WriteTo(parsed.GetValue(receipts)!);
        simulation.Receipts = signed;
        using RunDisplay display = RunDisplay.Create(plan.Rounds, plan.Mode.ToString().ToLowerInvariant());
        display.Plan(simulation);
        JobRun run = JobRun.Execute(simulation, display, folder is null ? null : MetricsFiles.Begin(simulation, folder.Path), stopping);
        display.Dispose();   // ends the live line before the summary begins
        JobResult result = new(plan, simulation, run, Plain: null);
        if (run.Training.LastOrDefault()?.Aborted is { } last && run.Training.All(round => round.Aborted is not null))
        {
            // What happened in each round is an answer all the same; a model is not.
            FailureException nothing = new(last.Reason, $"no round gave a sum, so there is no model; the last one: {last.Detail}");
            if (!parsed.GetValue(json)) throw nothing;
            Json.Print(JobJson.Of(result));
            return Task.FromResult(Failures.Report(nothing, json: false));
        }

        folder?.Write(result);
        if (parsed.GetValue(json)) Json.Print(JobJson.Of(result));
        else JobSummary.Print(result, folder?.Path);
        return Task.FromResult(0);
    }

    private static int Cluster(ParseResult parsed, string path, PlanMapping root, CancellationToken stopping)
    {
        ClusteringJob job = ClusteringJobReader.Read(Path.GetFileName(path), root);
        foreach (Option<string?> option in new[] { model, ledger, ceiling })
        {
            if (parsed.GetValue(option) is not null) throw new UsageException(FailureCodes.UnknownOption, $"\"{option.Name}\" is an option of training plans; {Path.GetFileName(path)} has task: clustering");
        }

        return ClusterRun.Execute(job, PlanLoading.Records(path, job, parsed.GetValue(data)), parsed.GetValue(output), parsed.GetValue(receipts), parsed.GetValue(json), stopping);
    }

    private static SafetensorsFile? ReadModel(string? path) =>
        path is null ? null : Safetensors.Read(DataFiles.Read(path), Path.GetFileName(path));
}
