using System.CommandLine;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Federations;
using Tacit.Cli.Output;
using Tacit.Coordination.Certificates;
using Tacit.Coordination.Jobs;
using Tacit.Storage.Files;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit serve</c>: a coordinator alone, for participants on other machines.</summary>
internal static class ServeVerb
{
    public const string DefaultFolder = "tacit-data";

    private static readonly Option<string?> folder = Arguments.Text("--data-dir", $"Where the coordinator keeps its database and its keys; {DefaultFolder} if not given.", "DIR");
    private static readonly Option<string?> database = Arguments.Text("--database-env", "The environment variable with a PostgreSQL connection string, instead of a file in --data-dir.", "NAME");
    private static readonly Option<string?> listen = Arguments.Text("--listen", "Address and port; 127.0.0.1:8443 if not given, where only this host reaches it.", "ADDRESS:PORT");
    private static readonly Option<string?> hosts = Arguments.Text("--host", "Names and addresses for the coordinator's certificate, separated by commas, besides those of loopback.", "NAMES");
    private static readonly Option<string?> certificate = Arguments.Text("--certificate", "A PEM file with a certificate and its private key, instead of the coordinator's own authority.", "FILE");
    private static readonly Option<string?> clients = Arguments.Text("--client-certificates", "Whether participants show certificates besides their token: none, optional or required; none if not given.", "MODE");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("serve", "A coordinator alone: jobs, participants and receipts survive its restarts.") { folder, database, listen, hosts, certificate, clients, json };
        FacadeOptions.AddTo(command);
        command.SetAction(RunAsync);
        return command.WithExamples(
            "tacit serve",
            "tacit serve --data-dir /var/lib/tacit --listen 0.0.0.0:8443",
            "tacit serve --orchestrator-port 8001 --tries-port 3000 --log-format json --log-level information",
            "tacit serve --data-dir /var/lib/tacit --database-env TACIT_DATABASE");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        string home = parsed.GetValue(folder) ?? DefaultFolder;
        IPEndPoint at = EndPointOf(parsed.GetValue(listen));
        string? connection = DatabaseConnection.From(parsed.GetValue(database));
        ClientCertificateMode mode = ModeOf(parsed.GetValue(clients));
        string[] names = parsed.GetValue(hosts)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        using X509Certificate2? given = parsed.GetValue(certificate) is { } path ? GivenCertificate.Read(path) : null;
        PrivateFolder.Create(home);
        await using CoordinatorProcess coordinator = await CoordinatorProcess.StartAsync(
            home,
            "--listen",
            at,
            options =>
            {
                options.Database = connection;
                options.HostNames = names;
                options.ClientCertificates = mode;
                options.OwnAuthority = given is null;
                options.Certificate = given;
                FacadeOptions.Apply(parsed, options);
            },
            stopping);
        coordinator.Server.Jobs.RoundFinished += (job, round) => UpDisplay.Finished(round, job.Id);
        Announce(coordinator, home, parsed.GetValue(json));
        try
        {
            await Task.Delay(Timeout.Infinite, stopping);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("serve: stopping; running jobs go on at the next start");
        }

        return 0;
    }

    private static void Announce(CoordinatorProcess coordinator, string home, bool asJson)
    {
        foreach (JobReport job in coordinator.Server.Jobs.All.Where(job => !job.IsOver)) Console.Error.WriteLine($"serve: job {job.Id} goes on after round {job.RoundsDone} of {job.RoundsPlanned}");
        Console.Error.WriteLine($"serve: coordinator at {coordinator.Server.Address}, certificate {coordinator.CertificateHash}");
        foreach ((string name, Uri at) in FacadeOptions.AddressesOf(coordinator.Server)) Console.Error.WriteLine($"serve: {name} at {at}");
        Console.Error.WriteLine($"serve: dashboard, opens once: {coordinator.DashboardLink()}");
        Console.Error.WriteLine($"serve: the owner's token is in {System.IO.Path.Combine(home, ConnectionFile.Name)}");
        if (asJson) Json.Print(new System.Text.Json.Nodes.JsonObject { ["address"] = coordinator.Server.Address.ToString(), ["certificate"] = coordinator.CertificateHash, ["data_dir"] = home });
    }

    private static IPEndPoint EndPointOf(string? text)
    {
        const int DefaultPort = 8443;
        if (text is null) return new IPEndPoint(IPAddress.Loopback, DefaultPort);
        return IPEndPoint.TryParse(text, out IPEndPoint? at) && text.Contains(':', StringComparison.Ordinal)
            ? at
            : throw new UsageException(FailureCodes.InvalidValue, $"--listen is {text}; it must be an address and a port, such as 127.0.0.1:8443, 0.0.0.0:8443 or [::]:8443");
    }

    private static ClientCertificateMode ModeOf(string? text) => text switch
    {
        null or "none" => ClientCertificateMode.None,
        "optional" => ClientCertificateMode.Optional,
        "required" => ClientCertificateMode.Required,
        _ => throw new UsageException(FailureCodes.InvalidValue, $"--client-certificates is {text}; it must be none, optional or required"),
    };
}
