using System.IO;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Tacit.Aggregation.Failures;
using Tacit.Coordination;
using Tacit.Coordination.Access;
using Tacit.Coordination.Hosting;
using Tacit.Dashboard;
using Tacit.Storage.Files;

namespace Tacit.Cli.Federations;

/// <summary>How a coordinator of this host is reached: in <c>connection.json</c> of its data directory, readable by its owner alone.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Certificate">SHA-256 of its certificate, 64 hexadecimal digits.</param>
/// <param name="Token">The owner's bearer token.</param>
internal sealed record ConnectionFile(Uri Address, string Certificate, string Token)
{
    public const string Name = "connection.json";

    private static readonly JsonSerializerOptions web = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public void Write(string folder) => PrivateFolder.Write(Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(this, web));

    public override string ToString() => $"{Address}";
}

/// <summary>A coordinator in this process, as <c>tacit serve</c> and <c>tacit up</c> start it.</summary>
internal sealed class CoordinatorProcess : IAsyncDisposable
{
    private readonly X509Certificate2 certificate;

    private CoordinatorProcess(CoordinatorServer server, X509Certificate2 certificate) => (Server, this.certificate) = (server, certificate);

    public CoordinatorServer Server { get; }

    public string CertificateHash => ServerCertificate.HashOf(certificate);

    /// <summary>A link to the dashboard that works once; whoever opens it is the owner.</summary>
    public Uri DashboardLink() => TacitDashboard.CreateLink(Server.Sessions, Server.Address, Role.Owner);

    /// <summary>Starts it and writes <see cref="ConnectionFile"/>.</summary>
    /// <param name="folder">The data directory.</param>
    /// <param name="at">Where it listens; port 0 takes a free one.</param>
    /// <param name="configure">Changes the options.</param>
    /// <param name="stopping">Gives up.</param>
    /// <exception cref="FailureException">INVALID_VALUE: it cannot listen there; and what the store says.</exception>
    public static async Task<CoordinatorProcess> StartAsync(string folder, IPEndPoint at, Action<CoordinatorOptions> configure, CancellationToken stopping)
    {
        X509Certificate2 certificate = ServerCertificate.Create("localhost", TimeProvider.System.GetUtcNow());
        try
        {
            CoordinatorServer server = await CoordinatorServer.StartAsync(
                options =>
                {
                    options.Address = at.Address;
                    options.Port = at.Port;
                    options.Certificate = certificate;
                    options.DataDirectory = folder;
                    options.ReadJob = JobDocument.Read;
                    options.MapMore = routes => routes.MapTacitDashboard();
                    configure(options);
                },
                stopping: stopping);
            CoordinatorProcess started = new(server, certificate);
            new ConnectionFile(server.Address, started.CertificateHash, server.Secrets.Operator).Write(folder);
            return started;
        }
        catch (IOException taken)
        {
            certificate.Dispose();
            throw new FailureException(FailureCodes.InvalidValue, $"--port is {at.Port}, which cannot be listened on: {taken.Message.ReplaceLineEndings(" ")}; leave it out to take a free one", taken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        certificate.Dispose();
    }
}
