using System.Data.Common;
using System.IO;
using System.Threading;
using Microsoft.Data.Sqlite;
using Npgsql;
using Tacit.Storage;
using Tacit.Storage.Sql;

namespace Tacit.EndToEnd.Tests.Storage;

/// <summary>One empty database that can be opened again and again, and reached past the store.</summary>
/// <remarks>Disposing closes what is pooled; the folder of a file goes only with the one that made it.</remarks>
internal sealed class TestDatabase(string kind, string place, string? folder = null) : IDisposable
{
    public const string File = "file", Postgres = "postgres";

    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public string Kind => kind;

    public string Place => place;

    public static TestDatabase InFile()
    {
        string folder = Directory.CreateTempSubdirectory("tacit-storage-").FullName;
        return new TestDatabase(File, Path.Combine(folder, "coordinator.db"), folder);
    }

    /// <summary>Opens without the right to write.</summary>
    public Task<ICoordinatorStore> OpenAsync(Action<string>? probe = null) => CoordinatorStore.OpenAsync(
        () =>
        {
            SqlDatabase database = Layer();
            database.Probe = probe;
            return database;
        },
        kind,
        Noon,
        CancellationToken.None);

    public SqlDatabase Layer() => kind == File ? SqliteDatabase.Open(place) : PostgresDatabase.Open(place);

    /// <summary>Opens for writing.</summary>
    public async Task<ICoordinatorStore> ClaimAsync(string owner = "coordinator")
    {
        ICoordinatorStore store = await OpenAsync();
        await store.ClaimAsync(new Change(owner, Noon), CancellationToken.None);
        return store;
    }

    /// <summary>Changes something as somebody with the database's password could.</summary>
    public async Task TamperAsync(string sql)
    {
        await using DbConnection connection = kind == File
            ? new SqliteConnection($"Data Source={place};Pooling=false")
            : new NpgsqlConnection(place + ";Pooling=false;Search Path=federated");
        await connection.OpenAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Lifts the triggers that refuse changes, and changes.</summary>
    public Task TamperPastTriggersAsync(string table, string sql) => TamperAsync(kind == File
        ? $"DROP TRIGGER {table}_update; DROP TRIGGER {table}_delete; {sql}"
        : $"ALTER TABLE {table} DISABLE TRIGGER USER; {sql}; ALTER TABLE {table} ENABLE TRIGGER USER");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        if (folder is not null) Directory.Delete(folder, recursive: true);
    }
}
