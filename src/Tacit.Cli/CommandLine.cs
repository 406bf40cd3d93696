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
        bool literal = arguments.Contains("--");
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string token = parsed.UnmatchedTokens.FirstOrDefault(LooksLikeAnOption) ?? Positions(command).FirstOrDefault(LooksLikeAnOption) ?? parsed.UnmatchedTokens[0];   // a misspelt option makes its value one word too many
            if (!literal && LooksLikeAnOption(token)) throw UnknownOption(command.Command, token);
            throw command.Command.Subcommands.Count > 0 ? UnknownVerb(command.Command, token) : OneTooMany(command, token);
        }

        if (parsed.CommandResult.Children.FirstOrDefault(child => child.Tokens.Any(token => token.Value.Length == 0)) is { } empty)
        {
            string what = empty is OptionResult { Option: { } given } ? given.Name : empty is ArgumentResult { Argument: { } place } ? place.Name : "a value";
            throw new UsageException(FailureCodes.MissingValue, $"{what} is empty; leave it out or give a value (is a variable of your script not set?)");
        }

        if (!literal && Positions(command).FirstOrDefault(LooksLikeAnOption) is { } misspelt) throw UnknownOption(command.Command, misspelt);
        if (parsed.Errors.Count == 0) return;
        ParseError error = parsed.Errors[0];
        if (error.SymbolResult is OptionResult { Tokens.Count: 0 } option) throw new UsageException(FailureCodes.MissingValue, $"{option.Option.Name} has no value; write {option.Option.Name} {option.Option.HelpName ?? "VALUE"}");
        if (error.SymbolResult is OptionResult { Tokens.Count: > 1 } twice) throw new UsageException(FailureCodes.InvalidValue, $"{twice.Option.Name} is given {twice.Tokens.Count} times, as {string.Join(" and ", twice.Tokens)}; give it once");
        if (command.Command == root) throw UnknownVerb(root, arguments[0]);
        string verb = NameOf(command.Command);
        if (command.Command.Subcommands.Count > 0) throw new UsageException(FailureCodes.MissingValue, $"{verb} needs one of {VerbsOf(command.Command)}; see {verb} --help");
        if (command.Command.Arguments.FirstOrDefault(argument => argument.Arity.MinimumNumberOfValues > 0 && command.GetResult(argument) is not { Tokens.Count: > 0 }) is { } missing)
        {
            throw new UsageException(FailureCodes.MissingValue, $"{missing.Name} is missing; write {verb} {missing.Name}: {missing.Description}");
        }

        throw new UsageException(FailureCodes.MissingValue, $"{verb}: {error.Message.ReplaceLineEndings(" ")} See {verb} --help");
    }

    private static UsageException UnknownVerb(Command command, string token)
    {
        string hint = EditDistance.Nearest(token, command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name)) is { } near ? $"did you mean {near}?" : $"the verbs are {VerbsOf(command)}";
        return new UsageException(FailureCodes.UnknownCommand, $"\"{token}\" is not a verb of {NameOf(command)}; {hint}");
    }

    private static UsageException UnknownOption(Command command, string token)
    {
        string name = token.Split('=')[0];
        string hint = EditDistance.Nearest(name, command.Options.Select(option => option.Name)) is { } near ? $": did you mean {near}?" : "";
        return new UsageException(FailureCodes.UnknownOption, $"\"{name}\" is not an option of {NameOf(command)}{hint}; see {NameOf(command)} --help");
    }

    private static UsageException OneTooMany(CommandResult result, string token)
    {
        string takes = string.Join(' ', result.Command.Arguments.Select(argument => argument.Name));
        return new UsageException(FailureCodes.UnknownOption, $"\"{token}\" is one word too many for {NameOf(result.Command)}, which takes {(takes.Length > 0 ? $"{takes} and options" : "options only")}; a value with spaces needs quotes; see {NameOf(result.Command)} --help");
    }

    // Not after "--": what follows it is meant as it is.
    private static bool LooksLikeAnOption(string token) => token.StartsWith("--", StringComparison.Ordinal) || (token.Length > 1 && token[0] == '-' && char.IsLetter(token[1]));

    private static IEnumerable<string> Positions(CommandResult command) => command.Command.Arguments.SelectMany(argument => command.GetResult(argument)?.Tokens ?? []).Select(token => token.Value);

    private static string VerbsOf(Command command) => string.Join(", ", command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name));

    private static string NameOf(Command command) => command is RootCommand ? "tacit" : $"{NameOf(command.Parents.OfType<Command>().First())} {command.Name}";
}
