using System.CommandLine;
using System.IO;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Diagnosis;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit doctor</c>: looks at everything that a coordinator needs, and says the way out of what is wrong.</summary>
internal static class DoctorVerb
{
    private static readonly Option<string?> database = Arguments.Text("--database-env", "The environment variable with a PostgreSQL connection string: tries a connection.", "NAME");
    private static readonly Option<string?> ports = Arguments.Text("--ports", "Ports that have to be free; 8443,8001,3000 if not given.", "P,P");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("doctor", "Looks at runtime, processor, disk, rights, ports, database and a running coordinator, and says the way out of what is wrong. Exit 6 if something will not work.") { database, ports, json };
        CoordinatorClient.AddTo(command);
        command.SetAction(RunAsync);
        return command.WithExamples("tacit doctor", "tacit doctor --data-dir /var/lib/tacit --database-env TACIT_DATABASE", "tacit doctor --coordinator https://tacit.example.org:8443 --token-file operator.token --pin 5e88...");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        string folder = CoordinatorClient.FolderOf(parsed);
        List<Finding> findings = [MachineChecks.Runtime(), MachineChecks.Processor(), MachineChecks.Memory(), MachineChecks.Disk(folder), MachineChecks.DataFolder(folder)];
        bool named = parsed.Tokens.Any(token => token.Value.StartsWith("--coordinator", StringComparison.Ordinal)), local = File.Exists(Path.Combine(folder, ConnectionFile.Name));
        List<Finding> running = [];
        if (named || local)
        {
            using CoordinatorClient client = CoordinatorClient.Create(parsed);
            running = await CoordinatorChecks.OfAsync(client, TimeProvider.System, stopping);
        }

        // The file of a coordinator that has ended is left behind: that is no fault.
        if (!named && running is [{ Weight: Weight.Problem } gone]) running = [Finding.Good("coordinator", $"none runs here ({gone.Found})")];
        findings.Add(MachineChecks.Ports(PortsOf(parsed), running.Count > 1));
        findings.AddRange(running);
        if (parsed.GetValue(database) is { } variable) findings.Add(await CoordinatorChecks.DatabaseAsync(variable, stopping));
        int exit = findings.Any(finding => finding.Weight == Weight.Problem) ? (int)FailureKind.Environment : 0;
        if (parsed.GetValue(json)) Json.Print(Of(findings, exit));
        else Print(findings);
        return exit;
    }

    private static void Print(List<Finding> findings)
    {
        IAnsiConsole console = Consoles.Output();
        foreach (Finding finding in findings)
        {
            string mark = finding.Weight switch { Weight.Good => "[green]✓[/]", Weight.Advice => "[yellow]⚠[/]", _ => "[red]✗[/]" };
            console.MarkupLine($"{mark} {finding.Name,-12} {Markup.Escape(Printable.Line(finding.Found))}");
            if (finding.WayOut.Length > 0) console.MarkupLine($"  {"",-12} → {Markup.Escape(Printable.Line(finding.WayOut))}");
        }

        int problems = findings.Count(finding => finding.Weight == Weight.Problem), advice = findings.Count(finding => finding.Weight == Weight.Advice);
        console.MarkupLine(FormattableString.Invariant($"{findings.Count} looked at, {problems} will not work, {advice} could be better"));
    }

    private static JsonObject Of(List<Finding> findings, int exit) => new()
    {
        ["findings"] = Json.Array(findings, finding => new JsonObject
        {
            ["name"] = finding.Name,
            ["weight"] = finding.Weight.ToString().ToLowerInvariant(),
            ["found"] = finding.Found,
            ["way_out"] = finding.WayOut.Length > 0 ? finding.WayOut : null,
        }),
        ["exit"] = exit,
    };

    private static IEnumerable<int> PortsOf(ParseResult parsed) => (parsed.GetValue(ports) ?? "8443,8001,3000").Split(',').Select(text =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int port) && port is >= 1 and <= 65535
            ? port
            : throw new UsageException(FailureCodes.InvalidNumber, $"--ports is \"{parsed.GetValue(ports)}\"; it must be numbers from 1 to 65535, with commas between"));
}
