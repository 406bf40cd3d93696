using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;
using Tacit.Aggregation.Failures;
using Tacit.Storage.Audit;

namespace Tacit.Storage.Sql;

/// <summary>The dialect layer: connections, transactions and the few words in which the two databases differ.</summary>
internal abstract class SqlDatabase : IAsyncDisposable
{
    private const int Attempts = 4;

    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(50);

    private long epoch;

    private protected SqlDatabase()
    {
    }

    /// <summary>The folder of its migrations.</summary>
    public abstract string Dialect { get; }

    /// <summary>One line for each table, column and trigger, in an order that does not change.</summary>
    public abstract string ShapeSql { get; }

    /// <summary>Called before each statement of a change and around its commit, so that tests can end the process there.</summary>
    public Action<string>? Probe { get; set; }

    /// <summary>What is said after SELECT to hold a row until the transaction ends.</summary>
    protected abstract string RowLock { get; }

    /// <summary>Runs a transaction that no other writer is inside of.</summary>
    /// <param name="work">Does the work; called again if the connection failed, so everything in it can be repeated.</param>
    /// <param name="schema">Whether it may change tables, for which PostgreSQL has no row to lock yet.</param>
    /// <param name="stopping">Ends the work before its commit, never within.</param>
    public Task<T> TransactAsync<T>(Func<SqlSession, Task<T>> work, bool schema, CancellationToken stopping) =>
        RetryAsync(() => TransactOnceAsync(work, schema, stopping), stopping);

    /// <summary>Reads.</summary>
    /// <param name="work">The statements.</param>
    /// <param name="snapshot">Whether all statements see one moment.</param>
    /// <param name="stopping">Ends the work.</param>
    public Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, bool snapshot, CancellationToken stopping) =>
        RetryAsync(() => ReadOnceAsync(work, snapshot, stopping), stopping);

    /// <summary>Reads, without a common moment of its statements.</summary>
    public Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken stopping) => ReadAsync(work, snapshot: false, stopping);

    /// <summary>Changes, if this store has claimed the database and nobody else has since.</summary>
    public Task<T> WriteAsync<T>(Change by, Func<SqlWrite, Task<T>> work, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(by);
        StoredText.Name(by.Actor, nameof(by));
        long own = Interlocked.Read(ref epoch);
        if (own == 0) throw new InvalidOperationException("ClaimAsync comes before the first write.");
        return TransactAsync(
            async session =>
            {
                AuditHead head = await ReadHeadAsync(session);
                if (head.Epoch != own) throw new FailureException(FailureCodes.StorageTakenOver, $"{head.Owner} has claimed this database with epoch {head.Epoch}; this coordinator has {own} and may not write any more. Restart it if it is the one that should go on");
                return await work(new SqlWrite(session, head, by));
            },
            schema: false,
            stopping);
    }

    /// <summary>Changes without a result.</summary>
    public Task WriteAsync(Change by, Func<SqlWrite, Task> work, CancellationToken stopping) => WriteAsync(
        by,
        async write =>
        {
            await work(write);
            return true;
        },
        stopping);

    /// <summary>Takes the database over.</summary>
    public async Task<long> ClaimAsync(Change by, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(by);
        StoredText.Name(by.Actor, nameof(by));
        long claimed = await TransactAsync(
            async session =>
            {
                AuditHead head = await ReadHeadAsync(session);
                AuditHead own = head with { Epoch = head.Epoch + 1, Owner = by.Actor };
                await session.ExecuteAsync("UPDATE head SET epoch = @epoch, owner = @owner WHERE id = 1", ("epoch", own.Epoch), ("owner", own.Owner));
                await new SqlWrite(session, own, by).AuditAsync("store.claimed", by.Actor, $"after {(head.Owner.Length == 0 ? "nobody" : head.Owner)}");
                return own.Epoch;
            },
            schema: false,
            stopping);
        Interlocked.Exchange(ref epoch, claimed);
        return claimed;
    }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>One attempt at a transaction.</summary>
    protected abstract Task<T> TransactOnceAsync<T>(Func<SqlSession, Task<T>> work, bool schema, CancellationToken stopping);

    /// <summary>One attempt at reading.</summary>
    protected abstract Task<T> ReadOnceAsync<T>(Func<SqlSession, Task<T>> work, bool snapshot, CancellationToken stopping);

    /// <summary>Whether a failure may pass by itself.</summary>
    protected abstract bool IsPassing(DbException problem);

    /// <summary>Whether a rule of the tables refused the change.</summary>
    protected abstract bool IsRefusal(DbException problem);

    /// <summary>Ends a transaction that did its work. Cancelling here would leave its fate unknown.</summary>
    protected async Task CommitAsync(DbTransaction transaction)
    {
        Probe?.Invoke("before commit");
        await transaction.CommitAsync(CancellationToken.None);
        Probe?.Invoke("after commit");
    }

    private async Task<AuditHead> ReadHeadAsync(SqlSession session) => await session.FindAsync(
        "SELECT epoch, owner, audit_index, audit_hash FROM head WHERE id = 1" + RowLock, row => new AuditHead(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetString(3)))
        ?? throw new FailureException(FailureCodes.StorageAltered, "the table head has lost its only row; restore a backup");

    private async Task<T> RetryAsync<T>(Func<Task<T>> attempt, CancellationToken stopping)
    {
        for (int tried = 1; ; tried++)
        {
            try
            {
                return await attempt();
            }
            catch (DbException problem) when (IsPassing(problem) && tried < Attempts)
            {
                await Task.Delay(pause * tried, stopping);
            }
            catch (DbException problem) when (IsRefusal(problem))
            {
                throw new FailureException(FailureCodes.StorageConflict, $"the database refused the change: {OneLine(problem)}", problem);
            }
            catch (DbException problem) when (!stopping.IsCancellationRequested)
            {
                throw new FailureException(FailureCodes.StorageUnavailable, $"the database gives no answer to work with: {OneLine(problem)}", problem);
            }
        }
    }

    private static string OneLine(DbException problem) => problem.Message.ReplaceLineEndings(" ");
}
