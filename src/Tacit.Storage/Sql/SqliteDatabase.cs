using System.Data.Common;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Data.Sqlite;

namespace Tacit.Storage.Sql;

/// <summary>SQLite: one connection writes, others read beside it (write-ahead log); in memory one does both.</summary>
/// <remarks>SQLite's calls block. At most one blocks on a write; everybody else waits without a thread.</remarks>
internal sealed class SqliteDatabase : SqlDatabase
{
    private const int BusyCode = 5, LockedCode = 6, ConstraintCode = 19;
    private const string InMemory = ":memory:";

    private readonly SemaphoreSlim gate = new(1);
    private readonly SqliteConnection writer;
    private readonly string? readers;

    private SqliteDatabase(SqliteConnection writer, string? readers) => (this.writer, this.readers) = (writer, readers);

    public override string Dialect => "Sqlite";

    public override string ShapeSql =>
        "SELECT type || ' ' || name || ': ' || sql FROM sqlite_master WHERE type IN ('table', 'trigger', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY type, name";

    protected override string RowLock => "";   // BEGIN IMMEDIATE has locked everything

    public static SqliteDatabase Open(string? path)
    {
        SQLitePCL.Batteries_V2.Init();
        if (path is not null) CreateForOwnerOnly(path);
        SqliteConnectionStringBuilder builder = new() { DataSource = path ?? InMemory, Mode = path is null ? SqliteOpenMode.Memory : SqliteOpenMode.ReadWrite, ForeignKeys = true };
        SqliteConnection writer = new(new SqliteConnectionStringBuilder(builder.ConnectionString) { Pooling = false }.ConnectionString);
        try
        {
            writer.Open();
            // FULL: the log is flushed at each commit; NORMAL could lose the last commits with the power.
            Run(writer, path is null ? "PRAGMA temp_store = MEMORY" : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            return new SqliteDatabase(writer, path is null ? null : builder.ConnectionString);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync();
        if (readers is not null)
        {
            await using SqliteConnection pool = new(readers);
            SqliteConnection.ClearPool(pool);
        }

        gate.Dispose();
    }

    protected override async Task<T> TransactOnceAsync<T>(Func<SqlSession, Task<T>> work, bool schema, CancellationToken stopping)
    {
        await gate.WaitAsync(stopping);
        try
        {
            await using SqliteTransaction transaction = writer.BeginTransaction(deferred: false);
            T result = await work(new SqlSession(writer, transaction, Probe, stopping));
            await CommitAsync(transaction);
            return result;
        }
        finally
        {
            gate.Release();
        }
    }

    protected override async Task<T> ReadOnceAsync<T>(Func<SqlSession, Task<T>> work, bool snapshot, CancellationToken stopping)
    {
        if (readers is not null)
        {
            await using SqliteConnection reader = new(readers);
            await reader.OpenAsync(stopping);
            await using SqliteTransaction? moment = snapshot ? reader.BeginTransaction(deferred: true) : null;
            return await work(new SqlSession(reader, moment, null, stopping));
        }

        await gate.WaitAsync(stopping);
        try
        {
            return await work(new SqlSession(writer, null, null, stopping));
        }
        finally
        {
            gate.Release();
        }
    }

    protected override bool IsPassing(DbException problem) => problem is SqliteException { SqliteErrorCode: BusyCode or LockedCode };

    protected override bool IsRefusal(DbException problem) => problem is SqliteException { SqliteErrorCode: ConstraintCode };

    // SQLite gives its log and index the rights of the file. Only a new file is opened here: closing one that is in use would drop this process's locks on it.
    private static void CreateForOwnerOnly(string path)
    {
        if (File.Exists(path)) return;
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using FileStream created = new(path, options);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody else was first.
        }
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
