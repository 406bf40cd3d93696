using System.CommandLine;
using System.Globalization;
using System.Net.Http;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit invite NAME</c>: one string for somebody who is to join.</summary>
internal static class InviteVerb
{
    private static readonly Argument<string> name = new("NAME") { Description = "Who joins: letters, digits, dots, dashes and underscores." };
    private static readonly Option<string?> role = Arguments.Text("--role", "participant, viewer, operator or owner; participant if not given.", "ROLE");
    private static readonly Option<string?> valid = Arguments.Text("--valid", "How long the invitation can be used, such as 7d or 12h; 7d if not given.", "TIME");
    private static readonly Option<string?> address = Arguments.Text("--address", "The coordinator's address as the invited reach it, if it is another one than yours.", "URL");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("invite", "Makes an invitation: one string, good once. Whoever joins with it waits until you have compared words.") { name, role, valid, address, json };
        CoordinatorClient.AddTo(command);
        command.SetAction(RunAsync);
        return command.WithExamples("tacit invite hospital-b", "tacit invite hospital-b --valid 2d --address https://tacit.example.org:8443", "tacit invite anna --role viewer");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        InviteRequest request = new(parsed.GetValue(name)!, parsed.GetValue(role) ?? "participant", HoursOf(parsed.GetValue(valid)), parsed.GetValue(address) ?? "");
        using CoordinatorClient calls = CoordinatorClient.Create(parsed);
        if (request.Coordinator.Length == 0) request = request with { Coordinator = calls.Address.AbsoluteUri };
        InviteAnswer answer = await calls.SendAsync<InviteAnswer>(HttpMethod.Post, Routes.Invites, request, stopping);
        if (parsed.GetValue(json))
        {
            Json.Print(new JsonObject { ["name"] = answer.Name, ["invite"] = answer.Invite, ["ends"] = answer.Ends.ToString("O", CultureInfo.InvariantCulture), ["replaces"] = answer.Replaces });
            return 0;
        }

        Console.Out.WriteLine(answer.Invite);
        if (answer.Replaces) Console.Error.WriteLine($"invite: {answer.Name} had an invitation that was not used; it is void now");
        Console.Error.WriteLine($"invite: for {answer.Name}, good once, until {answer.Ends.UtcDateTime:yyyy-MM-dd HH:mm} UTC. Send it over a channel that you trust; then compare words: tacit approve {answer.Name}");
        return 0;
    }

    private static int HoursOf(string? text)
    {
        if (text is null) return 7 * 24;
        int unit = text.EndsWith('d') ? 24 : text.EndsWith('h') ? 1 : 0;
        return unit > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= 2160
            ? count * unit
            : throw new UsageException(FailureCodes.InvalidValue, $"--valid is {text}; it must be days or hours, such as 7d or 12h");
    }
}
