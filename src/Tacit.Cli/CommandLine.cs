using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Output;
using Tacit.Cli.Verbs;
using Tacit.Learning.Jobs;

namespace Tacit.Cli;

/// <summary>Parses, runs the verb, and turns every failure into one line, a stable code and an exit code.</summary>
internal static class CommandLine
{
    private static readonly string[] secretOptions = ["--private-key", "--secret", "--secret-key", "--password", "--passphrase", "--token", "--signing-key", "--identity-key"];

    public static int Run(string[] arguments)
    {
        if (arguments.Length == 0) arguments = ["--help"];
        bool json = arguments.Contains("--json");
        using CancellationTokenSource interruption = new();
        Console.CancelKeyPress += (_, press) =>
        {
            press.Cancel = !interruption.IsCancellationRequested;   // the first one asks, the second one ends the process
            interruption.Cancel();
        };
        // Containers and service managers end a program so: as if a person had.
        using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = !interruption.IsCancellationRequested;
            interruption.Cancel();
        });
        try
        {
            RefuseSecrets(arguments);
            RootCommand root = Root();
            ParseResult parsed = root.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false });
            RefuseErrors(root, parsed, arguments);
            return parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interruption.Token).GetAwaiter().GetResult();
        }
        catch (Exception problem)
        {
            return Failures.Report(problem, json);
        }
    }

    private static RootCommand Root() => new("tacit: learn together without telling. Secure aggregation, distributed privacy, checked.")
    {
        DemoVerb.Create(), SimulateVerb.Create(), CompareVerb.Create(), UpVerb.Create(), ServeVerb.Create(), RunVerb.Create(), UpParticipantVerb.Create(), StatusVerb.Create(), ListVerb.Create(), StopVerbs.CreateStop(), StopVerbs.CreateResume(), DashboardVerb.Create(), LogsVerb.Create(), MetricsVerb.Create(), DoctorVerb.Create(), InviteVerb.Create(), JoinVerb.Create(), ApproveVerb.Create(), RevokeVerb.Create(), TokenVerb.Create(), RotateVerb.Create(), ClusterVerb.Create(), PlanVerb.Create(), AuditVerb.Create(), VerifyVerb.Create(), AggregateVerb.Create(), ParametersVerb.Create(), AccountVerb.Create(), ExplainVerb.Create(),
    };

    private static void RefuseSecrets(string[] arguments)
    {
        string? secret = arguments.Select(argument => argument.Split('=')[0]).FirstOrDefault(secretOptions.Contains);
        if (secret is not null) throw new UsageException(FailureCodes.SecretOnCommandLine, $"{secret} would show a secret to every user of this machine; put it in a file that only you can read");
    }

    private static void RefuseErrors(RootCommand root, ParseResult parsed, string[] arguments)
    {
        if (arguments.Any(argument => argument is "--help" or "-h" or "-?" or "--version")) return;
        CommandResult command = parsed.CommandResult;
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string token = parsed.UnmatchedTokens[0];
            if (command.Command == root && !token.StartsWith('-')) throw UnknownVerb(root, token);
            throw UnknownOption(command.Command, token);
        }

        if (parsed.Errors.Count == 0) return;
        ParseError error = parsed.Errors[0];
        if (error.SymbolResult is OptionResult { Tokens.Count: 0 } option) throw new UsageException(FailureCodes.MissingValue, $"{option.Option.Name} has no value; write {option.Option.Name} {option.Option.HelpName ?? "VALUE"}");
        if (command.Command == root) throw UnknownVerb(root, arguments[0]);
        throw new UsageException(FailureCodes.MissingValue, $"{command.Command.Name}: {error.Message.ReplaceLineEndings(" ")} See tacit {command.Command.Name} --help");
    }

    private static UsageException UnknownVerb(RootCommand root, string token)
    {
        string[] verbs = [.. root.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name)];
        string hint = EditDistance.Nearest(token, verbs) is { } near ? $"did you mean {near}?" : $"the verbs are {string.Join(", ", verbs)}";
        return new UsageException(FailureCodes.UnknownCommand, $"\"{token}\" is not a verb of tacit; {hint}");
    }

    private static UsageException UnknownOption(Command command, string token)
    {
        string name = token.Split('=')[0];
        string hint = EditDistance.Nearest(name, command.Options.Select(option => option.Name)) is { } near ? $": did you mean {near}?" : "";
        return new UsageException(FailureCodes.UnknownOption, $"\"{name}\" is not an option of tacit {command.Name}{hint}; see tacit {command.Name} --help");
    }
}
