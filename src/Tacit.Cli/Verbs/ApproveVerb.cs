using System.CommandLine;
using System.Net.Http;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit approve NAME</c>: lets somebody take part whose words were compared.</summary>
internal static class ApproveVerb
{
    private static readonly Argument<string> name = new("NAME") { Description = "Who waits." };
    private static readonly Option<string?> words = Arguments.Text("--words", "The words that the other side shows, as you heard them. Without it, you are asked.", "\"WORDS\"");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("approve", "Lets somebody take part: compares the words that both sides show, and refuses if they differ.") { name, words, json };
        CoordinatorClient.AddTo(command);
        command.SetAction(RunAsync);
        return command.WithExamples("tacit approve hospital-b --words \"bado lumi fanu goti riso zupa\"", "tacit approve hospital-b");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        string who = parsed.GetValue(name)!;
        using CoordinatorClient calls = CoordinatorClient.Create(parsed);
        string said = parsed.GetValue(words) ?? await AskAsync(calls, who, stopping);
        await calls.SendAsync<JsonObject>(HttpMethod.Post, $"{Routes.Roster}/{Uri.EscapeDataString(who)}/approve", new ApproveRequest(said), stopping);
        if (parsed.GetValue(json)) Json.Print(new JsonObject { ["name"] = who, ["state"] = "approved" });
        else Console.Out.WriteLine($"{who} is approved");
        return 0;
    }

    private static async Task<string> AskAsync(CoordinatorClient calls, string who, CancellationToken stopping)
    {
        if (Console.IsInputRedirected) throw new UsageException(FailureCodes.MissingValue, "--words is missing; write the words that the other side shows, or run this at a terminal");
        RosterAnswer answer = await calls.SendAsync<RosterAnswer>(HttpMethod.Get, Routes.Roster, null, stopping);
        RosterLine line = answer.Roster.FirstOrDefault(entry => entry.Name == who) ?? throw new FailureException(FailureCodes.InvalidValue, $"{who} is not in the roster");
        if (line.State != "waiting") throw new FailureException(FailureCodes.StorageConflict, $"{who} is {line.State}; only somebody who waits can be approved");
        Console.Error.WriteLine($"{who} must show, word for word:  {line.Words.ToUpperInvariant()}");
        Console.Error.Write("Are all six the same there? Type yes: ");
        return Console.In.ReadLine()?.Trim() == "yes" ? line.Words : throw new FailureException(FailureCodes.WordsDiffer, $"{who} was not approved");
    }
}
