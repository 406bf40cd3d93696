using System.CommandLine;
using System.Text.Json;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit list</c>: all jobs of a coordinator.</summary>
internal static class ListVerb
{
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("list", "All jobs of a running coordinator, oldest first.") { json };
        CoordinatorClient.AddTo(command);
        command.SetAction(RunAsync);
        return command.WithExamples("tacit list", "tacit list --json");
    }

    /// <summary>A job in one line.</summary>
    public static string LineOf(JsonElement job)
    {
        string reason = job.Text("reason") is { Length: > 0 } why ? $": {why}" : job.Text("waiting") is { Length: > 0 } waiting ? $": {waiting}" : "";
        return $"{job.Text("id"),-24} {job.Text("state"),-9} round {job.Text("roundsDone")} of {job.Text("roundsPlanned")}, {job.Text("protocol")}, {job.Text("mechanism")}{reason}";
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        using CoordinatorClient client = CoordinatorClient.Create(parsed);
        JsonElement jobs = await client.GetAsync("/api/v1/jobs", stopping);
        if (parsed.GetValue(json))
        {
            Printable.PrintAsIs(jobs);
            return 0;
        }

        JsonElement[] all = [.. jobs.Items("jobs")];
        foreach (JsonElement job in all) Console.Out.WriteLine(LineOf(job));
        if (all.Length == 0) Console.Out.WriteLine("no jobs yet; tacit run PLAN submits one");
        return 0;
    }
}
