using System.CommandLine;
using System.IO;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;
using Tacit.Federation.Identities;
using Tacit.Participation.Enrolment;
using Tacit.Simulation.Files;
using Tacit.Simulation.Plans;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit join</c>: a participant of a coordinator elsewhere, from the invitation to its rounds.</summary>
internal static class JoinVerb
{
    public const string DefaultFolder = "tacit-participant";

    private const int LongestInvite = 4096;

    private static readonly Argument<string?> invite = new("INVITE") { Description = "The invitation, or - to read it from standard input; left out to go on with what --data-dir holds.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> data = Arguments.Text("--data", "File or folder (or .zip) with this site's examples; all of them are its own.", "PATH");
    private static readonly Option<string?> policy = Arguments.Text("--policy", "What this site agrees to, in YAML.", "POLICY.yaml");
    private static readonly Option<string?> folder = Arguments.Text("--data-dir", $"Where this site keeps its key, its ledger and its receipts; {DefaultFolder} if not given.", "DIR");
    private static readonly Option<string?> name = Arguments.Text("--name", "Refuses an invitation that is for another name.", "NAME");
    private static readonly Option<bool> json = new("--json") { Description = "One JSON object a line, for each event; lines for people stay on standard error." };

    public static Command Create()
    {
        Command command = new("join", "Takes part in the rounds of a coordinator as far as this site's policy allows, until Ctrl-C.") { invite, data, policy, folder, name, json };
        command.SetAction(RunAsync);
        return command.WithExamples(
            "tacit join tacit1:AbC… --data ./cohort.csv --policy policy.yaml",
            "tacit join - --data ./cohort.csv --policy policy.yaml < invitation.txt",
            "tacit join --data-dir tacit-participant",
            "tacit join --data-dir tacit-participant --json > events.ndjson");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        string home = parsed.GetValue(folder) ?? DefaultFolder;
        string? examples = parsed.GetValue(data) is { } path ? Path.GetFullPath(path) : null, rules = parsed.GetValue(policy) is { } file ? Path.GetFullPath(file) : null;
        if (rules is not null) ReadPolicy(rules);   // refused before anything is made or sent
        if (examples is not null) DataFiles.ThrowUnlessThere(examples);
        ParticipantFolder own = Open(parsed, home, examples, rules);
        own.Remember(examples, rules);
        JoinReport report = new(parsed.GetValue(json));
        if (own.Policy is null)
        {
            await PersonJoin.RunAsync(own, report, stopping);
            return 0;
        }

        SitePolicy site = ReadPolicy(own.Policy);
        report.Policy(site.Sentence);
        await new JoinLoop(own, site, report).RunAsync(stopping);
        return 0;
    }

    private static ParticipantFolder Open(ParseResult parsed, string home, string? examples, string? rules)
    {
        if (parsed.GetValue(invite) is not { } text)
        {
            return ParticipantFolder.Exists(home) ? ParticipantFolder.Open(home) : throw new UsageException(FailureCodes.MissingValue, $"the invitation is missing, and {home} holds none: tacit join INVITE --data PATH --policy POLICY.yaml");
        }

        Invite read = Invite.Read(text == "-" ? ReadInput() : text);
        if (parsed.GetValue(name) is { } wanted && wanted != read.Name) throw new FailureException(FailureCodes.InvitationRefused, $"--name is {wanted}; the invitation is for {read.Name}");
        if (examples is not null && rules is null) throw new UsageException(FailureCodes.MissingValue, "--policy is missing; say in YAML what this site agrees to");
        return ParticipantFolder.Create(home, read, examples, rules, TimeProvider.System.GetUtcNow());
    }

    private static SitePolicy ReadPolicy(string path) => SitePolicy.Read(Path.GetFileName(path), PlanFile.Read(path));

    private static string ReadInput()
    {
        char[] room = new char[LongestInvite];
        return new string(room, 0, Console.In.ReadBlock(room));
    }
}
