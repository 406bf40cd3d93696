using System.CommandLine;
using System.Text.Json;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit stop</c> and <c>tacit resume</c>: a job ends after what it is doing, and goes on from there.</summary>
internal static class StopVerbs
{
    private static readonly Argument<string> id = new("job") { Description = "The job's id, as tacit list shows it.", HelpName = "JOB" };
    private static readonly Option<bool> json = Arguments.Json();

    public static Command CreateStop() => Create("stop", "Stops a job of a running coordinator; it can be resumed. What it has spent stays spent.");

    public static Command CreateResume() => Create("resume", "Lets a job that was stopped, or that failed, go on from its last model. What it has spent stays spent.");

    private static Command Create(string verb, string description)
    {
        Command command = new(verb, description) { id, json };
        CoordinatorClient.AddTo(command);
        command.SetAction((parsed, stopping) => RunAsync(verb, parsed, stopping));
        return command.WithExamples($"tacit {verb} har-ddg-1", $"tacit {verb} har-ddg-1 --json");
    }

    private static async Task<int> RunAsync(string verb, ParseResult parsed, CancellationToken stopping)
    {
        using CoordinatorClient client = CoordinatorClient.Create(parsed);
        JsonElement job = await client.PostAsync($"/api/v1/jobs/{Uri.EscapeDataString(parsed.GetValue(id)!)}/{verb}", stopping);
        if (parsed.GetValue(json)) Printable.PrintAsIs(job);
        else Console.Out.WriteLine(ListVerb.LineOf(job));
        return 0;
    }
}
