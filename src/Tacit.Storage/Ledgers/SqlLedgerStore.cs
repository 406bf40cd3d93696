using System.Threading;
using System.Threading.Tasks;
using Tacit.Privacy.Budgets;
using Tacit.Storage.Sql;

namespace Tacit.Storage.Ledgers;

/// <summary>A privacy ledger's lines in SQL.</summary>
/// <remarks>
/// Lines are numbered by what this instance has read and written. A second ledger that is open on the same lines finds its number taken and cannot
/// spend. If the answer to a commit is lost, the line is sent again and found to be there. A line that was written without anybody being told counts:
/// a failure costs budget, never privacy; open the ledger again to go on.
/// </remarks>
internal sealed class SqlLedgerStore(SqlDatabase database, string name, string actor, TimeProvider clock) : ILedgerStore
{
    private readonly Lock gate = new();
    private long? count;

    public IReadOnlyList<string> ReadAll()
    {
        lock (gate)
        {
            List<(long Entry, string Line)> rows = Wait(() => database.ReadAsync(
                session => session.QueryAsync("SELECT entry, line FROM ledger WHERE name = @name ORDER BY entry", row => (row.GetInt64(0), row.GetString(1)), ("name", name)), CancellationToken.None));
            foreach ((int i, (long entry, _)) in rows.Index())
            {
                if (entry != i + 1) throw new LedgerCorruptException(i + 1, "it is missing");
            }

            count = rows.Count;
            return rows.ConvertAll(row => row.Line);
        }
    }

    public void Append(string line)
    {
        StoredText.Text(line, nameof(line));
        lock (gate)
        {
            long entry = (count ?? throw new InvalidOperationException("ReadAll comes before the first Append.")) + 1;
            Wait(() => database.WriteAsync(new Change(actor, clock.GetUtcNow()), write => AppendAsync(write, entry, line), CancellationToken.None));
            count = entry;
        }
    }

    private async Task<bool> AppendAsync(SqlWrite write, long entry, string line)
    {
        string[] known = [.. await write.Sql.QueryAsync("SELECT line FROM ledger WHERE name = @name AND entry = @entry", row => row.GetString(0), ("name", name), ("entry", entry))];
        if (known is [var other]) return other == line ? true : throw SqlWrite.Conflict($"entry {entry} of the ledger {name} was written by another one; open the ledger again");
        await write.Sql.ExecuteAsync("INSERT INTO ledger (name, entry, line, saved_us) VALUES (@name, @entry, @line, @at)", ("name", name), ("entry", entry), ("line", line), ("at", write.At));
        await write.AuditAsync("ledger.charged", name, $"{entry}, line {StoredText.Hash(line)}");
        return true;
    }

    // The ledger charges under a lock, without tasks. No context of the caller's is waited for; SQLite does all of it on this thread, PostgreSQL's
    // answers need one of the pool.
    private static T Wait<T>(Func<Task<T>> work)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return work().GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
