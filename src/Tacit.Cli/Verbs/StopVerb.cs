using System.CommandLine;
using System.Text.Json;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit stop</c>: ends a job after what it is doing.</summary>
internal static class StopVerb
{
    private static readonly Argument<string> id = new("job") { Description = "The job's id, as tacit list shows it.", HelpName = "JOB" };
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("stop", "Stops a job of a running coordinator; it can be resumed. What it has spent stays spent.") { id, json };
        CoordinatorClient.AddTo(command);
        command.SetAction(RunAsync);
        return command.WithExamples("tacit stop har-ddg-1", "tacit stop har-ddg-1 --json");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        using CoordinatorClient client = CoordinatorClient.Create(parsed);
        JsonElement job = await client.PostAsync($"/api/v1/jobs/{Uri.EscapeDataString(parsed.GetValue(id)!)}/stop", stopping);
        if (parsed.GetValue(json)) Printable.PrintAsIs(job);
        else Console.Out.WriteLine(ListVerb.LineOf(job));
        return 0;
    }
}
