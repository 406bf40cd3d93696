using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;
using Tacit.Cli.Reports;
using Tacit.Orchestration.Comparisons;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit compare</c>: the three modes beside each other, as CSV.</summary>
internal static class CompareVerb
{
    private static readonly Argument<string?> file = new("plan") { Description = "A training plan in YAML; the embedded demo if not given.", HelpName = "PLAN", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> data = Arguments.Text("--data", "File or folder (or .zip) with the examples; instead of data.path.", "DIR");
    private static readonly Option<string?> participants = Arguments.Text("--participants", "Numbers of participants; 5,10,25 if not given.", "N,N");
    private static readonly Option<string?> modes = Arguments.Text("--modes", "central, plain, secure; all if not given.", "MODE,MODE");
    private static readonly Option<string?> rounds = Arguments.Text("--rounds", "Rounds of each run; 10 if not given.", "R");
    private static readonly Option<string?> output = Arguments.Text("--out", "Folder for accuracy.csv, times.csv and participants.csv; tacit-out if not given.", "DIR");
    private static readonly Option<string[]> settings = Arguments.Texts("--set", "Replaces a value of the plan. Repeatable.", "KEY=VALUE");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("compare", "Central, plain federated and secure training on the same examples: accuracy by iteration and times as CSV. Simulated in this process.") { file, data, participants, modes, rounds, output, settings, json };
        command.SetAction(RunAsync);
        return command.WithExamples("tacit compare", "tacit compare plans/har-small-conv1d.yaml --data ../shared/data/har --participants 5,10,21 --rounds 8 --out compared");
    }

    private static Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        ComparisonRequest request = new([.. Modes(parsed.GetValue(modes))], [.. Counts(parsed.GetValue(participants))], Arguments.Integer(parsed, rounds, 1, 1000) ?? 10);
        string[] replaced = Arguments.Settings(parsed, settings);
        LocalPlan plan = parsed.GetValue(file) is { } path
            ? LocalPlan.FromFile(path, replaced, parsed.GetValue(data))
            : ModeComparison.DefaultPlan with { Settings = [.. ModeComparison.DefaultPlan.Settings, .. replaced] };
        OutputFolder folder = OutputFolder.Prepare(parsed.GetValue(output) ?? "tacit-out");
        Rows rows = new();
        ModeComparison.Run(plan, request, rows, stopping);
        foreach (string name in ComparisonFiles.All) OutputFolder.Put(folder.Path, name, Encoding.UTF8.GetBytes(ComparisonFiles.Write(name, rows.All)));
        Print(rows.All, folder.Path, parsed.GetValue(json));
        return Task.FromResult(0);
    }

    private static void Print(List<ComparisonRow> rows, string folder, bool asJson)
    {
        ComparisonRow[][] runs = [.. rows.GroupBy(row => (row.Mode, row.Participants)).Select(run => run.ToArray())];
        if (asJson)
        {
            Json.Print(new JsonObject
            {
                ["task"] = "comparison",
                ["out"] = folder,
                ["runs"] = Json.Array(runs, run => new JsonObject
                {
                    ["mode"] = run[0].Mode.ToString().ToLowerInvariant(),
                    ["participants"] = run[0].Participants,
                    ["iterations"] = run.Length,
                    ["accuracy"] = Json.Number(run[^1].Accuracy),
                    ["seconds"] = Json.Number(run.Sum(row => row.Seconds), 3),
                    ["training_seconds"] = Json.Number(run.Sum(row => row.TrainingSeconds), 3),
                }),
            });
            return;
        }

        foreach (ComparisonRow[] run in runs)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run[0].Mode.ToString().ToLowerInvariant(),-8} {run[0].Participants,4} participants  accuracy {run[^1].Accuracy:P1}  {run.Sum(row => row.Seconds):F2} s, {run.Sum(row => row.TrainingSeconds):F2} s of it training"));
        }

        Console.Out.WriteLine($"DONE  {string.Join(", ", ComparisonFiles.All)} in {folder}");
    }

    private static IEnumerable<ComparedMode> Modes(string? text) => text is null ? Enum.GetValues<ComparedMode>() : text.Split(',').Select(name => name switch
    {
        "central" => ComparedMode.Central,
        "plain" => ComparedMode.Plain,
        "secure" => ComparedMode.Secure,
        _ => throw new UsageException(FailureCodes.InvalidValue, $"--modes is \"{text}\"; it must be central, plain and secure, with commas between"),
    }).Distinct();

    private static IEnumerable<int> Counts(string? text) => text is null ? [5, 10, 25] : text.Split(',').Select(number =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 2 and <= 1000
            ? count
            : throw new UsageException(FailureCodes.InvalidNumber, $"--participants is \"{text}\"; it must be whole numbers from 2 to 1000, with commas between")).Distinct();

    private sealed class Rows : IProgress<ComparisonRow>
    {
        public List<ComparisonRow> All { get; } = [];

        public void Report(ComparisonRow value)
        {
            All.Add(value);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"compare: {value.Mode.ToString().ToLowerInvariant()}, {value.Participants} participants, iteration {value.Iteration}: accuracy {value.Accuracy:P1}, {value.Seconds:F2} s"));
        }
    }
}
