using System.CommandLine;
using System.Globalization;
using System.Net.Http;
using System.Text.Json.Nodes;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit metrics</c>: what a coordinator measures.</summary>
internal static class MetricsVerb
{
    private static readonly Option<string?> prefix = Arguments.Text("--name", "Only metrics whose name begins so; tacit_ if not given.", "PREFIX");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("metrics", "What a running coordinator measures, in Prometheus' text format.") { prefix, json };
        CoordinatorClient.AddTo(command);
        command.SetAction(RunAsync);
        return command.WithExamples("tacit metrics", "tacit metrics --name tacit_privacy", "tacit metrics --name dotnet_ --json");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        using CoordinatorClient client = CoordinatorClient.Create(parsed);
        string wanted = parsed.GetValue(prefix) ?? "tacit_";
        string[] lines = [.. (await client.TextAsync(HttpMethod.Get, "/metrics", stopping)).Split('\n').Where(line => line.StartsWith(wanted, StringComparison.Ordinal))];
        if (parsed.GetValue(json)) Json.Print(new JsonObject { ["metrics"] = Json.Array(lines, Of) });
        else foreach (string line in lines) Console.Out.WriteLine(Printable.Line(line));
        return 0;
    }

    private static JsonObject Of(string line)
    {
        int space = line.LastIndexOf(' ');
        double? value = double.TryParse(line[(space + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;
        return new JsonObject { ["series"] = line[..space], ["value"] = value };
    }
}
