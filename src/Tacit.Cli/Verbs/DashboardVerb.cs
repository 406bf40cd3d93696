using System.CommandLine;
using System.Globalization;
using System.Net.Http;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;
using Tacit.Federation.Sessions;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit dashboard</c>: a fresh link to the dashboard of a running coordinator.</summary>
internal static class DashboardVerb
{
    private static readonly Option<string?> role = Arguments.Text("--role", "viewer, operator or owner; the token's own if not given. Nobody makes a link to more.", "ROLE");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("dashboard", "Prints a link to the dashboard of a running coordinator. It opens one session in one browser, once, within an hour.") { role, json };
        CoordinatorClient.AddTo(command);
        command.SetAction(RunAsync);
        return command.WithExamples("tacit dashboard", "tacit dashboard --role viewer", "tacit dashboard --coordinator https://tacit.example.org:8443 --token-file token --pin 3f2a… --json");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        string? wanted = parsed.GetValue(role);
        if (wanted is not (null or "viewer" or "operator" or "owner")) throw new UsageException(FailureCodes.InvalidValue, $"--role is {wanted}; it must be viewer, operator or owner");
        using CoordinatorClient client = CoordinatorClient.Create(parsed);
        wanted ??= (await client.GetAsync(Routes.Session, stopping)).GetProperty("role").GetString()!;
        JsonElement link = await client.SendAsync<JsonElement>(HttpMethod.Post, $"{Routes.Session}/links", new { role = wanted }, stopping);
        Uri url = new(client.Address, link.GetProperty("path").GetString()!);
        int seconds = link.GetProperty("seconds").GetInt32();
        if (parsed.GetValue(json))
        {
            Json.Print(new JsonObject { ["url"] = url.AbsoluteUri, ["role"] = wanted, ["seconds"] = seconds });
            return 0;
        }

        Console.Out.WriteLine(url.AbsoluteUri);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"dashboard: opens once, as {wanted}, within {seconds / 60} minutes"));
        return 0;
    }
}
