using System.CommandLine;
using System.IO;
using Tacit.Cli.Output;
using Tacit.Cli.Reports;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Jobs;
using Tacit.Simulation.Plans;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit demo</c>: the main job from nothing. Secure training with drop-outs, beside plain federated averaging of the same seed.</summary>
internal static class DemoVerb
{
    private const string DefaultFolder = "tacit-demo";

    private static readonly Option<string?> data = Arguments.Text("--data", "UCI HAR windows instead of generated data: a folder or .zip.", "PATH");
    private static readonly Option<string?> output = Arguments.Text("--out", $"Folder for report.html, result.json and model.safetensors ({DefaultFolder}).", "DIR");
    private static readonly Option<string?> seed = Arguments.Text("--seed", "Everything random follows from it.", "N");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("demo", "Trains an activity-recognition network under secure aggregation while participants drop out. Needs no network, no data, no set-up.") { data, output, seed, json };
        command.SetAction(Run);
        return command.WithExamples("tacit demo", "tacit demo --seed 7 --json", "tacit demo --data ../shared/data/har --out har");
    }

    private static Task<int> Run(ParseResult parsed, CancellationToken stopping)
    {
        string? path = parsed.GetValue(data);
        string name = path is null ? "demo.yaml" : "har-conv1d.yaml";
        string[] settings = Arguments.Seed(parsed, seed) is { } number ? [$"seed={number}"] : [];
        TrainingPlan plan = TrainingPlanReader.Read(name, PlanFile.Apply(PlanFile.Parse(name, ReadResource(name)), settings));
        TrainTestSplit split = JobData.Load(plan.Data, path, plan.Seed);
        OutputFolder folder = OutputFolder.Prepare(parsed.GetValue(output) ?? DefaultFolder);

        TrainingSimulation secure = new(plan, split), plain = new(plan with { Mode = TrainingMode.Plain }, split);
        using RunDisplay display = RunDisplay.Create(2 * plan.Rounds, "secure");
        display.Plan(secure);
        JobRun run = JobRun.Execute(secure, display, MetricsFiles.Begin(secure, folder.Path), stopping);
        display.Rename("plain FedAvg, same seed");
        JobResult result = new(plan, secure, run, JobRun.Execute(plain, display, metrics: null, stopping));
        display.Dispose();   // ends the live line before the summary begins
        folder.Write(result);
        if (parsed.GetValue(json)) Json.Print(JobJson.Of(result));
        else JobSummary.Print(result, folder.Path);
        return Task.FromResult(0);
    }

    internal static string ReadResource(string name)
    {
        using Stream stream = typeof(DemoVerb).Assembly.GetManifestResourceStream($"plans.{name}")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
