using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit status</c>: what a coordinator does and what it waits for.</summary>
internal static class StatusVerb
{
    private static readonly Option<bool> live = Arguments.Flag("--live", "Asks only whether the process answers; needs no token. For health checks of containers.");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("status", "What a running coordinator does and what it waits for.") { live, json };
        CoordinatorClient.AddTo(command);
        command.SetAction(RunAsync);
        return command.WithExamples("tacit status", "tacit status --live --data-dir /data", "tacit status --coordinator https://tacit.example.org:8443 --token-file operator.token --pin 5e88...");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        using CoordinatorClient client = CoordinatorClient.Create(parsed);
        if (parsed.GetValue(live)) return await LiveAsync(client, parsed.GetValue(json), stopping);
        JsonElement status = await client.GetAsync("/api/v1/status", stopping);
        if (parsed.GetValue(json))
        {
            Printable.PrintAsIs(status);
            return 0;
        }

        Console.Out.WriteLine($"{client.Address}: {status.Text("present")} of {status.Text("participants")} participants are there{(status.Text("waiting") is { Length: > 0 } waiting ? $"; {waiting}" : "")}");
        string[] asking = [.. status.Items("approvals").Select(name => Printable.Line(name.GetString() ?? ""))];
        if (asking.Length > 0) Console.Out.WriteLine($"{asking.Length} {(asking.Length == 1 ? "waits" : "wait")} for approval: {string.Join(", ", asking.Take(10))}{(asking.Length > 10 ? ", …" : "")}; compare words, then tacit approve {asking[0]}");
        foreach (JsonElement job in status.Items("jobs")) Console.Out.WriteLine(ListVerb.LineOf(job));
        if (status.TryGetProperty("round", out JsonElement round) && round.ValueKind == JsonValueKind.Object) Console.Out.WriteLine($"round {round.Text("number")}: {round.Text("state")}{(round.Text("phase") is { Length: > 0 } phase ? $", {phase}" : "")}, {round.Text("ready")} of {round.Text("invited")} ready");
        return 0;
    }

    private static async Task<int> LiveAsync(CoordinatorClient client, bool asJson, CancellationToken stopping)
    {
        if (!await client.IsLiveAsync(stopping)) throw new FailureException(FailureCodes.CoordinatorUnreachable, $"{client.Address} answers, and does not say that it is live");
        if (asJson) Json.Print(new JsonObject { ["status"] = "live" });
        else Console.Out.WriteLine("live");
        return 0;
    }
}
