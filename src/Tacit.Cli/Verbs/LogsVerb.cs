using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit logs</c>: events of a coordinator's log.</summary>
internal static class LogsVerb
{
    private static readonly string[] levels = ["debug", "information", "warning", "error", "critical"];

    private static readonly Option<bool> follow = Arguments.Flag("--follow", "Goes on until Ctrl-C.");
    private static readonly Option<string?> after = Arguments.Text("--after", "Only events above this number.", "N");
    private static readonly Option<string?> level = Arguments.Text("--level", "debug, information, warning, error or critical: the least that is shown; information if not given.", "LEVEL");
    private static readonly Option<bool> json = new("--json") { Description = "One JSON object a line." };

    public static Command Create()
    {
        Command command = new("logs", "Events of a running coordinator's log: jobs, rounds, budgets, refusals. No secrets, no names of participants.") { follow, after, level, json };
        CoordinatorClient.AddTo(command);
        command.SetAction(RunAsync);
        return command.WithExamples("tacit logs", "tacit logs --follow --level warning", "tacit logs --after 120 --json");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        long seen = Arguments.Integer(parsed, after, 0) ?? 0;
        string wanted = parsed.GetValue(level) ?? "information";
        int least = Array.IndexOf(levels, wanted);
        if (least < 0) throw new UsageException(Aggregation.Failures.FailureCodes.InvalidValue, $"--level is {wanted}; it must be one of {string.Join(", ", levels)}");
        using CoordinatorClient client = CoordinatorClient.Create(parsed);
        bool following = parsed.GetValue(follow);
        try
        {
            do
            {
                JsonElement answer = await client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/api/v1/logs?after={seen}&wait={(following ? "true" : "false")}"), stopping);
                foreach (JsonElement entry in answer.Items("events").Where(entry => Array.IndexOf(levels, entry.Text("level")) >= least)) Print(entry, parsed.GetValue(json));
                seen = answer.GetProperty("last").GetInt64();
            }
            while (following);
        }
        catch (OperationCanceledException) when (following)
        {
            // this is how following ends
        }

        return 0;
    }

    private static void Print(JsonElement entry, bool asJson)
    {
        if (asJson) Printable.PrintAsIs(entry);
        else Console.Out.WriteLine($"{entry.Text("number"),6} {entry.Text("at")} {entry.Text("level"),-11} {entry.Text("message")}");
    }
}
