using System.IO;
using System.Net;
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
/// <param name="Certificate">SHA-256 of its authority or certificate, 64 hexadecimal digits; null without TLS.</param>
/// <param name="Token">The owner's bearer token.</param>
internal sealed record ConnectionFile(Uri Address, string? Certificate, string Token)
{
    public const string Name = "connection.json";

    private static readonly JsonSerializerOptions web = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Reads the file of a folder, or null if there is none.</summary>
    /// <exception cref="FailureException">KEY_FILE_PERMISSIONS or MALFORMED_FILE.</exception>
    public static ConnectionFile? Find(string folder)
    {
        string path = Path.Combine(folder, Name);
        if (!File.Exists(path)) return null;
        PrivateFolder.ThrowIfShared(path);
        try
        {
            return JsonSerializer.Deserialize<ConnectionFile>(File.ReadAllBytes(path), web) is { Address: not null } read ? read : throw new JsonException("null");
        }
        catch (JsonException problem)
        {
            throw new FailureException(FailureCodes.MalformedFile, $"{path} is not what tacit serve writes; start the coordinator again to write it", problem);
        }
    }

    public void Write(string folder) => PrivateFolder.Write(Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(this, web));

    public override string ToString() => $"{Address}";
}

/// <summary>A coordinator in this process, as <c>tacit serve</c> and <c>tacit up</c> start it.</summary>
internal sealed class CoordinatorProcess : IAsyncDisposable
{
    private CoordinatorProcess(CoordinatorServer server) => Server = server;

    public CoordinatorServer Server { get; }

    public string CertificateHash => Server.Pin!;

    /// <summary>A link to the dashboard that works once; whoever opens it is the owner.</summary>
    public Uri DashboardLink() => TacitDashboard.CreateLink(Server.Sessions, Server.Address, Role.Owner);

    /// <summary>Starts it and writes <see cref="ConnectionFile"/>.</summary>
    /// <param name="folder">The data directory.</param>
    /// <param name="option">The option that says where; for messages.</param>
    /// <param name="at">Where it listens; port 0 takes a free one.</param>
    /// <param name="configure">Changes the options.</param>
    /// <param name="stopping">Gives up.</param>
    /// <exception cref="FailureException">INVALID_VALUE: it cannot listen there; and what the store says.</exception>
    public static async Task<CoordinatorProcess> StartAsync(string folder, string option, IPEndPoint at, Action<CoordinatorOptions> configure, CancellationToken stopping)
    {
        try
        {
            CoordinatorServer server = await CoordinatorServer.StartAsync(
                options =>
                {
                    options.Address = at.Address;
                    options.Port = at.Port;
                    options.OwnAuthority = true;
                    options.DataDirectory = folder;
                    options.ReadJob = JobDocument.Read;
                    options.Extensions.Add(new DashboardExtension());
                    configure(options);
                },
                stopping: stopping);
            string token = await server.Access.OwnerTokenAsync(ConnectionFile.Find(folder)?.Token);
            new ConnectionFile(server.Address, server.Pin, token).Write(folder);
            return new CoordinatorProcess(server);
        }
        catch (IOException taken)
        {
            throw new FailureException(FailureCodes.InvalidValue, $"{option} is {(option == "--port" ? $"{at.Port}" : $"{at}")}, which cannot be listened on: {taken.Message.ReplaceLineEndings(" ").TrimEnd('.')}; take another port, or 0 for a free one", taken);
        }
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
