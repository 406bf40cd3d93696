using System.CommandLine;
using System.Net.Http;
using System.Text.Json.Nodes;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit revoke NAME</c>: shuts somebody out for good.</summary>
internal static class RevokeVerb
{
    private static readonly Argument<string> name = new("NAME") { Description = "Who." };
    private static readonly Option<string?> reason = Arguments.Text("--reason", "Why, for the audit log; has to be given.", "TEXT");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("revoke", "Shuts somebody out at once and for good: the name and its keys are not used again.") { name, reason, json };
        CoordinatorClient.AddTo(command);
        command.SetAction(RunAsync);
        return command.WithExamples("tacit revoke hospital-b --reason \"left the study\"");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        string who = parsed.GetValue(name)!;
        RevokeRequest request = new(Arguments.Required(parsed, reason));
        using CoordinatorClient calls = CoordinatorClient.Create(parsed);
        await calls.SendAsync<JsonObject>(HttpMethod.Post, $"{Routes.Roster}/{Uri.EscapeDataString(who)}/revoke", request, stopping);
        if (parsed.GetValue(json)) Json.Print(new JsonObject { ["name"] = who, ["state"] = "revoked" });
        else Console.Out.WriteLine($"{who} is revoked");
        return 0;
    }
}
