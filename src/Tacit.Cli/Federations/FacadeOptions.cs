using System.CommandLine;
using System.IO;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Output;
using Tacit.Coordination;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Orchestration;

namespace Tacit.Cli.Federations;

/// <summary>What is served beside a coordinator: options of <c>serve</c> and <c>up</c>.</summary>
internal static class FacadeOptions
{
    private static readonly Option<string?> orchestrator = Arguments.Text("--orchestrator-port", "Port of the REST façade that starts runs by their privacy, such as 8001; off if not given.", "P");
    private static readonly Option<string?> tries = Arguments.Text("--tries-port", "Port of the REST façade for tries and comparisons, such as 3000; off if not given.", "P");
    private static readonly Option<string?> plans = Arguments.Text("--plans", "Folder with none.yaml, differential.yaml, combined.yaml and federation.json; what is not there is embedded.", "DIR");
    private static readonly Option<bool> metricsAnonymous = Arguments.Flag("--metrics-anonymous", "Answers /metrics without a token: for a network that nobody else reaches.");
    private static readonly Option<string?> logLevel = Arguments.Text("--log-level", "debug, information, warning, error or none: what is written to standard error; warning if not given.", "LEVEL");
    private static readonly Option<string?> logFormat = Arguments.Text("--log-format", "text or json; text if not given.", "FORMAT");

    public static void AddTo(Command command)
    {
        foreach (Option option in new Option[] { orchestrator, tries, plans, metricsAnonymous, logLevel, logFormat }) command.Options.Add(option);
    }

    /// <summary>Adds what the command line asks for.</summary>
    public static void Apply(ParseResult parsed, CoordinatorOptions options)
    {
        string? folder = parsed.GetValue(plans);
        if (folder is not null && !Directory.Exists(folder)) throw new FailureException(FailureCodes.InvalidValue, $"--plans is {folder}, which is no folder");
        options.Extensions.Add(new TacitOrchestration(new OrchestrationOptions
        {
            OrchestratorPort = Arguments.Integer(parsed, orchestrator, 0, 65535),
            TriesPort = Arguments.Integer(parsed, tries, 0, 65535),
            PlanFolder = folder,
            MetricsAnonymous = parsed.GetValue(metricsAnonymous),
            ReadPlan = ReadPlan,
            MostCompared = ModeComparison.DefaultPlan.Read().Data.Persons,
            Compare = (request, rows, stopping) => Task.Run(() => ModeComparison.Run(ModeComparison.DefaultPlan, request, rows, stopping), stopping),
        }));
        options.Logging = LoggingOf(parsed.GetValue(logLevel), parsed.GetValue(logFormat));
    }

    /// <summary>The façades that are on, and where.</summary>
    public static IEnumerable<(string Name, Uri At)> AddressesOf(CoordinatorServer server) => server.Listeners.Select(listener => (listener, server.AddressOf(listener)));

    private static FederatedJob ReadPlan(PlanRequest request) => JobDocument.Read(
        new JobDocument(request.Name, request.Text, request.Participants, [.. request.Settings], Data: null, request.Input.Channels, request.Input.Steps, request.Classes).Write(), submitted: true);

    private static Action<ILoggingBuilder> LoggingOf(string? level, string? format)
    {
        LogLevel least = level switch
        {
            "debug" => LogLevel.Debug,
            "information" => LogLevel.Information,
            null or "warning" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "none" => LogLevel.None,
            _ => throw new UsageException(FailureCodes.InvalidValue, $"--log-level is {level}; it must be debug, information, warning, error or none"),
        };
        if (format is not (null or "text" or "json")) throw new UsageException(FailureCodes.InvalidValue, $"--log-format is {format}; it must be text or json");
        return logging =>
        {
            if (level == "debug") logging.AddFilter("Tacit", LogLevel.Debug);
            logging.AddFilter<ConsoleLoggerProvider>("Tacit", least).AddFilter<ConsoleLoggerProvider>("Microsoft.Extensions.Hosting", LogLevel.None).AddFilter<ConsoleLoggerProvider>("Microsoft", least > LogLevel.Warning ? least : LogLevel.Warning);
            if (format == "json") logging.AddJsonConsole(console => (console.UseUtcTimestamp, console.TimestampFormat) = (true, "O"));
            else logging.AddSimpleConsole(console => (console.SingleLine, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, "yyyy-MM-dd HH:mm:ss'Z' "));
            logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        };
    }
}
