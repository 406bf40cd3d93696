using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;
using Tacit.Storage.Sql;

namespace Tacit.Storage.Audit;

/// <summary>The audit log in SQL.</summary>
internal sealed class SqlAuditLog(SqlDatabase database) : IAuditLog
{
    private const int Page = 1000, LargestPage = 10_000;
    private const string Columns = "SELECT entry, event_id, at_us, epoch, actor, action, subject, detail, previous, hash FROM audit ";

    public Task AddAsync(AuditEvent happened, Change by, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(happened);
        StoredText.Name(happened.Id, nameof(happened));
        StoredText.Name(happened.Action, nameof(happened));
        StoredText.Text(happened.Subject, nameof(happened));
        StoredText.Text(happened.Detail, nameof(happened));
        return database.WriteAsync(
            by,
            async write =>
            {
                (AuditRow Row, string Hash)[] known = [.. await write.Sql.QueryAsync(Columns + "WHERE event_id = @event", Read, ("event", happened.Id))];
                if (known is [var (row, _)])
                {
                    if (row.Action == happened.Action && row.Subject == happened.Subject && row.Detail == happened.Detail) return;
                    throw SqlWrite.Conflict($"the event {happened.Id} is already in the audit log with other content, in row {row.Entry}");
                }

                await write.AuditAsync(happened.Action, happened.Subject, happened.Detail, happened.Id);
            },
            stopping);
    }

    public async Task<IReadOnlyList<AuditRow>> ReadAsync(long after, int most, CancellationToken stopping)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, LargestPage);
        return await database.ReadAsync(async session => (await PageAsync(session, after, most)).ConvertAll(row => row.Row), stopping);
    }

    public Task<AuditVerification> VerifyAsync(CancellationToken stopping) => database.ReadAsync(
        async session =>
        {
            (long entries, string end) = (await session.QueryAsync("SELECT audit_index, audit_hash FROM head WHERE id = 1", row => (row.GetInt64(0), row.GetString(1)))).Single();
            (long seen, string hash) = (0, AuditRow.Genesis);
            while (await PageAsync(session, seen, Page) is { Count: > 0 } page)
            {
                foreach ((AuditRow row, string stored) in page)
                {
                    string problem = row.Entry != seen + 1 ? "it is missing" : row.Previous != hash ? "previous is not the hash of the row before" : row.Hash != stored ? "the hash does not fit the content" : "";
                    if (problem.Length > 0) return new AuditVerification(seen, hash, seen + 1, problem);
                    (seen, hash) = (row.Entry, row.Hash);
                }
            }

            return seen < entries ? new AuditVerification(seen, hash, seen + 1, $"it is missing, and the head row knows {entries}")
                : hash != end || seen > entries ? new AuditVerification(seen, hash, seen, "the head row knows another end")
                : new AuditVerification(seen, hash, null, "");
        },
        snapshot: true,
        stopping);

    private static Task<List<(AuditRow Row, string Hash)>> PageAsync(SqlSession session, long after, int most) =>
        session.QueryAsync(Columns + "WHERE entry > @after ORDER BY entry LIMIT @most", Read, ("after", after), ("most", (long)most));

    private static (AuditRow Row, string Hash) Read(DbDataReader row) => (
        new AuditRow(
            row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1), StoredTime.To(row.GetInt64(2)), row.GetInt64(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7), row.GetString(8)),
        row.GetString(9));
}
