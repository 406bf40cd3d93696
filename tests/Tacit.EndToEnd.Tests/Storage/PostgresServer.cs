using System.Diagnostics;
using System.Globalization;
using System.IO;
using Npgsql;
using Xunit;

namespace Tacit.EndToEnd.Tests.Storage;

/// <summary>A PostgreSQL of the tests' own: made by initdb in a temporary folder, reached by a socket in it, gone afterwards.</summary>
/// <remarks>As root it runs as the user postgres, because initdb refuses root. Without one, tests say so; with TACIT_REQUIRE_POSTGRES=1 they fail.</remarks>
public sealed class PostgresServer : IDisposable
{
    private const string RequireVariable = "TACIT_REQUIRE_POSTGRES";
    private const string Installed = "/usr/lib/postgresql";

    private readonly string folder = Path.Combine(Path.GetTempPath(), $"tacit-pg-{Guid.NewGuid().ToString("N")[..8]}");
    private readonly string? programs = FindPrograms();
    private readonly bool started;

    public PostgresServer()
    {
        if (programs is null)
        {
            Absence = "PostgreSQL absent (no initdb in PATH or below /usr/lib/postgresql; apt-get install postgresql-15): nothing was checked";
            if (Environment.GetEnvironmentVariable(RequireVariable) == "1") throw new InvalidOperationException(Absence);
            return;
        }

        Directory.CreateDirectory(folder);
        if (IsRoot) Run("chown", "postgres", folder);
        AsServer("initdb", "--pgdata", Data, "--auth", "trust", "--username", "tacit", "--encoding", "UTF8", "--no-locale", "--no-sync");
        Start();
        started = true;
    }

    /// <summary>Why there is no server; null if there is one.</summary>
    public string? Absence { get; }

    private string Data => Path.Combine(folder, "data");

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateAsync()
    {
        string name = $"t{Guid.NewGuid():N}";
        await using NpgsqlConnection connection = new(Connection("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        await command.ExecuteNonQueryAsync();
        return Connection(name);
    }

    public void Start() => AsServer("pg_ctl", "start", "--wait", "--silent", "--pgdata", Data, "--log", Path.Combine(folder, "log"), "--options", $"-k {folder} -c listen_addresses='' -c max_connections=50");

    /// <summary>Ends all server processes at once, as a crash does: nothing is written on the way out.</summary>
    public void Crash() => AsServer("pg_ctl", "stop", "--wait", "--silent", "--pgdata", Data, "--mode", "immediate");

    public void Dispose()
    {
        if (started) Crash();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private string Connection(string database) => $"Host={folder};Username=tacit;Database={database};Maximum Pool Size=10";

    private void AsServer(string program, params string[] arguments)
    {
        string path = Path.Combine(programs!, program);
        if (IsRoot) Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        else Run(path, arguments);
    }

    private static void Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false, WorkingDirectory = "/", RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}");
    }

    // The newest version that is installed, else what the path says.
    private static string? FindPrograms()
    {
        IEnumerable<string> versions = Directory.Exists(Installed)
            ? Directory.GetDirectories(Installed).OrderByDescending(path => double.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out double version) ? version : 0).Select(path => Path.Combine(path, "bin"))
            : [];
        return versions.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')).FirstOrDefault(path => File.Exists(Path.Combine(path, "initdb")) && File.Exists(Path.Combine(path, "pg_ctl")));
    }
}

/// <summary>Tests that share the server run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresTests : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}
