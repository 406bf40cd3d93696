using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;
using Tacit.Storage.Sql;

namespace Tacit.Storage.Jobs;

/// <summary>Jobs in SQL.</summary>
internal sealed class SqlJobStore(SqlDatabase database) : IJobStore
{
    private const int LargestHash = 64;
    private const string Columns = "SELECT id, plan, plan_hash, state, reason, created_us, changed_us FROM jobs ";

    public Task AddAsync(string id, string plan, ReadOnlyMemory<byte> planHash, Change by, CancellationToken stopping)
    {
        StoredText.Name(id, nameof(id));
        StoredText.Text(plan, nameof(plan));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(planHash.Length, LargestHash);
        string hash = Convert.ToHexStringLower(planHash.Span);
        return database.WriteAsync(
            by,
            async write =>
            {
                if (await FindAsync(write.Sql, id) is { } job)
                {
                    if (job.Plan == plan && job.PlanHash == hash) return;
                    throw SqlWrite.Conflict($"the job {id} exists with another plan; a plan is never changed, a new one is a new job");
                }

                await write.Sql.ExecuteAsync(
                    "INSERT INTO jobs (id, plan, plan_hash, state, reason, created_us, changed_us) VALUES (@id, @plan, @hash, 'planned', '', @at, @at)",
                    ("id", id), ("plan", plan), ("hash", hash), ("at", write.At));
                await write.AuditAsync("job.added", id, $"plan {hash}, text {StoredText.Hash(plan)}");
            },
            stopping);
    }

    public Task MoveAsync(string id, JobState state, string reason, Change by, CancellationToken stopping)
    {
        StoredText.Name(id, nameof(id));
        StoredText.Text(reason, nameof(reason));
        return database.WriteAsync(
            by,
            async write =>
            {
                JobRecord job = await FindAsync(write.Sql, id) ?? throw SqlWrite.Conflict($"there is no job {id}");
                if (job.State == state) return;
                if (!Allowed(job.State, state)) throw SqlWrite.Conflict($"the job {id} is {Text(job.State)} and cannot become {Text(state)}");
                await write.Sql.ExecuteAsync(
                    "UPDATE jobs SET state = @state, reason = @reason, changed_us = @at WHERE id = @id", ("state", Text(state)), ("reason", reason), ("at", write.At), ("id", id));
                await write.AuditAsync($"job.{Text(state)}", id, reason);
            },
            stopping);
    }

    public Task<JobRecord?> FindAsync(string id, CancellationToken stopping)
    {
        StoredText.Name(id, nameof(id));
        return database.ReadAsync(session => FindAsync(session, id), stopping);
    }

    public async Task<IReadOnlyList<JobRecord>> ListAsync(CancellationToken stopping) =>
        await database.ReadAsync(session => session.QueryAsync(Columns + "ORDER BY created_us, id", Read), stopping);

    private static bool Allowed(JobState from, JobState to) => (from, to) switch
    {
        (JobState.Planned, JobState.Running or JobState.Stopped or JobState.Failed) => true,
        (JobState.Running, JobState.Stopped or JobState.Finished or JobState.Failed) => true,
        (JobState.Stopped, JobState.Running or JobState.Failed) => true,
        (JobState.Failed, JobState.Running) => true,   // somebody removed the cause
        _ => false,
    };

    private static Task<JobRecord?> FindAsync(SqlSession session, string id) => session.FindAsync(Columns + "WHERE id = @id", Read, ("id", id));

    private static JobRecord Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), Enum.Parse<JobState>(row.GetString(3), ignoreCase: true), row.GetString(4), StoredTime.To(row.GetInt64(5)), StoredTime.To(row.GetInt64(6)));

    private static string Text(JobState state) => state.ToString().ToLowerInvariant();
}
