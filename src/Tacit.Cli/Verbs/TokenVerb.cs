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

/// <summary><c>tacit token create|list|revoke</c>: tokens of people and programs that watch or operate.</summary>
internal static class TokenVerb
{
    private static readonly Argument<string> name = new("NAME") { Description = "Whose: letters, digits, dots, dashes and underscores." };
    private static readonly Option<string?> role = Arguments.Text("--role", "viewer, operator or owner.", "ROLE");
    private static readonly Option<string?> days = Arguments.Text("--days", "How long it is good; 90 if not given.", "N");
    private static readonly Option<string?> reason = Arguments.Text("--reason", "Why, for the audit log; has to be given.", "TEXT");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command create = new("create", "Makes a token and shows it once.") { name, role, days, json };
        Command list = new("list", "Lists tokens, without their secrets.") { json };
        Command revoke = new("revoke", "Takes a token back at once.") { name, reason, json };
        create.SetAction(CreateAsync);
        list.SetAction(ListAsync);
        revoke.SetAction(RevokeAsync);
        Command command = new("token", "Tokens of people and programs that watch or operate a coordinator.") { create, list, revoke };
        foreach (Command verb in new[] { create, list, revoke }) CoordinatorClient.AddTo(verb);
        return command.WithExamples("tacit token create anna --role viewer --days 30", "tacit token list", "tacit token revoke anna --reason \"left\"");
    }

    private static async Task<int> CreateAsync(ParseResult parsed, CancellationToken stopping)
    {
        TokenRequest request = new(parsed.GetValue(name)!, Arguments.Required(parsed, role), Arguments.Integer(parsed, days, 1, 730) ?? 90);
        if (request.Role is not ("viewer" or "operator" or "owner")) throw new UsageException(FailureCodes.InvalidValue, $"--role is {request.Role}; it must be viewer, operator or owner");
        using CoordinatorClient calls = CoordinatorClient.Create(parsed);
        TokenAnswer answer = await calls.SendAsync<TokenAnswer>(HttpMethod.Post, Routes.Tokens, request, stopping);
        if (parsed.GetValue(json))
        {
            Json.Print(new JsonObject { ["name"] = answer.Name, ["role"] = answer.Role, ["token"] = answer.Token, ["ends"] = Text(answer.Ends) });
            return 0;
        }

        Console.Out.WriteLine(answer.Token);
        Console.Error.WriteLine($"token: of {answer.Name}, {answer.Role}, until {answer.Ends.UtcDateTime:yyyy-MM-dd}. It is shown this once; keep it in a file that only its owner can read");
        return 0;
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken stopping)
    {
        using CoordinatorClient calls = CoordinatorClient.Create(parsed);
        TokensAnswer answer = await calls.SendAsync<TokensAnswer>(HttpMethod.Get, Routes.Tokens, null, stopping);
        if (parsed.GetValue(json))
        {
            Json.Print(new JsonObject
            {
                ["tokens"] = Json.Array(answer.Tokens, token => new JsonObject
                {
                    ["name"] = token.Name,
                    ["role"] = token.Role,
                    ["created"] = Text(token.Created),
                    ["ends"] = Text(token.Ends),
                    ["revoked"] = token.Revoked is { } at ? Text(at) : null,
                }),
            });
            return 0;
        }

        foreach (TokenLine token in answer.Tokens)
        {
            string state = token.Revoked is { } at ? $"revoked {at.UtcDateTime:yyyy-MM-dd}" : $"until {token.Ends.UtcDateTime:yyyy-MM-dd}";
            Console.Out.WriteLine($"{token.Name,-24} {token.Role,-10} {state}");
        }

        return 0;
    }

    private static async Task<int> RevokeAsync(ParseResult parsed, CancellationToken stopping)
    {
        string who = parsed.GetValue(name)!;
        RevokeRequest request = new(Arguments.Required(parsed, reason));
        using CoordinatorClient calls = CoordinatorClient.Create(parsed);
        await calls.SendAsync<JsonObject>(HttpMethod.Post, $"{Routes.Tokens}/{Uri.EscapeDataString(who)}/revoke", request, stopping);
        if (parsed.GetValue(json)) Json.Print(new JsonObject { ["name"] = who, ["state"] = "revoked" });
        else Console.Out.WriteLine($"the token of {who} is revoked");
        return 0;
    }

    private static string Text(DateTimeOffset at) => at.ToString("O", CultureInfo.InvariantCulture);
}
