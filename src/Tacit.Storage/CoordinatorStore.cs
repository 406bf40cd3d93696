using System.Data.Common;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Tacit.Aggregation.Failures;
using Tacit.Privacy.Budgets;
using Tacit.Storage.Audit;
using Tacit.Storage.Checkpoints;
using Tacit.Storage.Jobs;
using Tacit.Storage.Ledgers;
using Tacit.Storage.Receipts;
using Tacit.Storage.Roster;
using Tacit.Storage.Rounds;
using Tacit.Storage.Schema;
using Tacit.Storage.Sql;
using Tacit.Storage.Tokens;

namespace Tacit.Storage;

/// <summary>Opens the coordinator's store: a SQLite file without any set-up, memory for tests, or PostgreSQL.</summary>
/// <remarks>
/// Opening migrates the tables, or throws a <see cref="FailureException"/>: <c>STORAGE_NEWER</c>, <c>STORAGE_ALTERED</c> or
/// <c>STORAGE_UNAVAILABLE</c>. Several processes may open one database at the same moment.
/// </remarks>
public sealed class CoordinatorStore : ICoordinatorStore
{
    private readonly SqlDatabase database;

    private CoordinatorStore(SqlDatabase database)
    {
        this.database = database;
        Roster = new SqlRosterStore(database);
        Tokens = new SqlTokenStore(database);
        Jobs = new SqlJobStore(database);
        Rounds = new SqlRoundStore(database);
        Checkpoints = new SqlCheckpointStore(database);
        Receipts = new SqlReceiptStore(database);
        Audit = new SqlAuditLog(database);
    }

    /// <inheritdoc/>
    public IRosterStore Roster { get; }

    /// <inheritdoc/>
    public ITokenStore Tokens { get; }

    /// <inheritdoc/>
    public IJobStore Jobs { get; }

    /// <inheritdoc/>
    public IRoundStore Rounds { get; }

    /// <inheritdoc/>
    public ICheckpointStore Checkpoints { get; }

    /// <inheritdoc/>
    public IReceiptStore Receipts { get; }

    /// <inheritdoc/>
    public IAuditLog Audit { get; }

    /// <summary>Opens or creates a SQLite file that only its owner can read.</summary>
    /// <param name="path">The file; its folder has to exist. On a local disk: network file systems do not lock as SQLite needs it.</param>
    /// <param name="now">The time, for the list of migrations.</param>
    /// <param name="stopping">Ends the wait.</param>
    public static Task<ICoordinatorStore> OpenFileAsync(string path, DateTimeOffset now, CancellationToken stopping)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return OpenAsync(() => SqliteDatabase.Open(path), Path.GetFileName(path), now, stopping);
    }

    /// <summary>Opens a store that is gone when it is disposed.</summary>
    /// <param name="now">The time, for the list of migrations.</param>
    /// <param name="stopping">Ends the wait.</param>
    public static Task<ICoordinatorStore> OpenMemoryAsync(DateTimeOffset now, CancellationToken stopping) =>
        OpenAsync(() => SqliteDatabase.Open(path: null), "the database in memory", now, stopping);

    /// <summary>Opens a PostgreSQL database, 15 or newer, and its schema <c>federated</c>.</summary>
    /// <param name="connection">Npgsql's connection string. A secret: it is in no message.</param>
    /// <param name="now">The time, for the list of migrations.</param>
    /// <param name="stopping">Ends the wait.</param>
    public static Task<ICoordinatorStore> OpenPostgresAsync(string connection, DateTimeOffset now, CancellationToken stopping)
    {
        ArgumentException.ThrowIfNullOrEmpty(connection);
        return OpenAsync(() => PostgresDatabase.Open(connection), "PostgreSQL", now, stopping);
    }

    /// <inheritdoc/>
    public Task<long> ClaimAsync(Change by, CancellationToken stopping) => database.ClaimAsync(by, stopping);

    /// <inheritdoc/>
    public ILedgerStore Ledger(string name, string actor, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return new SqlLedgerStore(database, StoredText.Name(name, nameof(name)), StoredText.Name(actor, nameof(actor)), clock);
    }

    /// <inheritdoc/>
    public Task<long> ProbeAsync(CancellationToken stopping) => database.ReadAsync(session => session.CountAsync("SELECT epoch FROM head WHERE id = 1"), stopping);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => database.DisposeAsync();

    /// <summary>Opens and migrates; tests give databases that end the process at a chosen point.</summary>
    internal static async Task<ICoordinatorStore> OpenAsync(Func<SqlDatabase> open, string name, DateTimeOffset now, CancellationToken stopping)
    {
        SqlDatabase database;
        try
        {
            database = open();
        }
        catch (Exception problem) when (problem is DbException or IOException or UnauthorizedAccessException)
        {
            throw new FailureException(FailureCodes.StorageUnavailable, $"{name} cannot be opened: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }

        try
        {
            await Migrator.RunAsync(database, Migration.For(database.Dialect), now, stopping);
            return new CoordinatorStore(database);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }
}
