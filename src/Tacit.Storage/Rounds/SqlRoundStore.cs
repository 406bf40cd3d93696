using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;
using Tacit.Storage.Checkpoints;
using Tacit.Storage.Sql;

namespace Tacit.Storage.Rounds;

/// <summary>Rounds in SQL.</summary>
internal sealed class SqlRoundStore(SqlDatabase database) : IRoundStore
{
    private const string Columns = "SELECT job, number, round_id, terms, state, reason, survivors, transcript_root, started_us, ended_us FROM rounds ";
    private const string PhaseColumns = "SELECT job, number, ordinal, name, body, opened_us, closed_us FROM phases ";

    public Task<bool> BeginAsync(string job, long number, string roundId, ReadOnlyMemory<byte> terms, Change by, CancellationToken stopping)
    {
        StoredText.Name(job, nameof(job));
        StoredText.Name(roundId, nameof(roundId));
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        byte[] body = StoredText.Body(terms, nameof(terms));
        return database.WriteAsync(
            by,
            async write =>
            {
                if (await FindAsync(write.Sql, job, number) is { } round)
                {
                    if (round.RoundId == roundId && round.Terms.Span.SequenceEqual(body)) return false;
                    throw SqlWrite.Conflict($"round {number} of {job} was begun with other terms");
                }

                await CheckJobAsync(write.Sql, job, number);
                await write.Sql.ExecuteAsync(
                    "INSERT INTO rounds (job, number, round_id, terms, state, reason, survivors, transcript_root, started_us, ended_us) VALUES (@job, @number, @id, @terms, 'running', '', '', '', @at, NULL)",
                    ("job", job), ("number", number), ("id", roundId), ("terms", body), ("at", write.At));
                await write.AuditAsync("round.begun", Subject(job, number), $"{roundId}, terms {StoredText.Hash(body)}");
                return true;
            },
            stopping);
    }

    public Task AddPhaseAsync(PhaseRecord phase, Change by, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(phase);
        StoredText.Name(phase.Job, nameof(phase));
        StoredText.Name(phase.Name, nameof(phase));
        byte[] body = StoredText.Body(phase.Body, nameof(phase));
        return database.WriteAsync(
            by,
            async write =>
            {
                PhaseRecord? known = await write.Sql.FindAsync(
                    PhaseColumns + "WHERE job = @job AND number = @number AND ordinal = @ordinal", ReadPhase, ("job", phase.Job), ("number", phase.Number), ("ordinal", (long)phase.Ordinal));
                if (known is not null)
                {
                    if (known.Name == phase.Name && known.Body.Span.SequenceEqual(body)) return;
                    throw SqlWrite.Conflict($"phase {phase.Ordinal} of round {phase.Number} of {phase.Job} is stored with other content");
                }

                RoundRecord round = await RequireAsync(write.Sql, phase.Job, phase.Number);
                if (round.State != RoundState.Running) throw SqlWrite.Conflict($"round {phase.Number} of {phase.Job} has ended; its transcript takes no phase any more");
                await write.Sql.ExecuteAsync(
                    "INSERT INTO phases (job, number, ordinal, name, body, opened_us, closed_us) VALUES (@job, @number, @ordinal, @name, @body, @opened, @closed)",
                    ("job", phase.Job), ("number", phase.Number), ("ordinal", (long)phase.Ordinal), ("name", phase.Name), ("body", body), ("opened", StoredTime.From(phase.OpenedAt)), ("closed", StoredTime.From(phase.ClosedAt)));
                await write.AuditAsync("phase.closed", Subject(phase.Job, phase.Number), $"{phase.Ordinal} {phase.Name}, body {StoredText.Hash(body)}");
            },
            stopping);
    }

    public Task FinishAsync(RoundEnd end, Change by, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(end);
        StoredText.Name(end.Job, nameof(end));
        StoredText.Text(end.Reason, nameof(end));
        if (end.TranscriptRoot.Length > 0) StoredText.Name(end.TranscriptRoot, nameof(end));
        string survivors = string.Join(' ', end.Survivors.Select(name => StoredText.Name(name, nameof(end))).Order(StringComparer.Ordinal));
        RoundState state = end.Completed ? RoundState.Completed : RoundState.Aborted;
        byte[]? model = end.Model is { } bytes ? StoredText.Body(bytes, nameof(end)) : null;
        return database.WriteAsync(
            by,
            async write =>
            {
                RoundRecord round = await RequireAsync(write.Sql, end.Job, end.Number);
                if (round.State == RoundState.Running)
                {
                    await EndAsync(write, round, state, end.Reason, survivors, end.TranscriptRoot);
                }
                else if (round.State != state || round.TranscriptRoot != end.TranscriptRoot || string.Join(' ', round.Survivors) != survivors)
                {
                    throw SqlWrite.Conflict($"round {end.Number} of {end.Job} has ended otherwise: {Text(round.State)}, {round.Reason}");
                }

                if (model is not null) await SqlCheckpointStore.SaveAsync(write, end.Job, end.Number, model);
            },
            stopping);
    }

    public Task<IReadOnlyList<RoundRecord>> AbandonAsync(string reason, Change by, CancellationToken stopping)
    {
        StoredText.Text(reason, nameof(reason));
        return database.WriteAsync<IReadOnlyList<RoundRecord>>(
            by,
            async write =>
            {
                List<RoundRecord> running = await write.Sql.QueryAsync(Columns + "WHERE state = 'running' ORDER BY started_us, round_id", Read);
                foreach (RoundRecord round in running) await EndAsync(write, round, RoundState.Aborted, reason, "", "");
                return running;
            },
            stopping);
    }

    public Task<RoundRecord?> FindAsync(string job, long number, CancellationToken stopping)
    {
        StoredText.Name(job, nameof(job));
        return database.ReadAsync(session => FindAsync(session, job, number), stopping);
    }

    public async Task<IReadOnlyList<RoundRecord>> ListAsync(string job, CancellationToken stopping)
    {
        StoredText.Name(job, nameof(job));
        return await database.ReadAsync(session => session.QueryAsync(Columns + "WHERE job = @job ORDER BY number", Read, ("job", job)), stopping);
    }

    public async Task<IReadOnlyList<PhaseRecord>> PhasesAsync(string job, long number, CancellationToken stopping)
    {
        StoredText.Name(job, nameof(job));
        return await database.ReadAsync(session => session.QueryAsync(PhaseColumns + "WHERE job = @job AND number = @number ORDER BY ordinal", ReadPhase, ("job", job), ("number", number)), stopping);
    }

    public Task AddReportAsync(string job, long number, string report, Change by, CancellationToken stopping)
    {
        StoredText.Name(job, nameof(job));
        StoredText.Text(report, nameof(report));
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        return database.WriteAsync(
            by,
            async write =>
            {
                string[] known = [.. await write.Sql.QueryAsync("SELECT report FROM round_reports WHERE job = @job AND number = @number", row => row.GetString(0), ("job", job), ("number", number))];
                if (known is [var other])
                {
                    if (other == report) return;
                    throw SqlWrite.Conflict($"round {number} of {job} has another report");
                }

                await write.Sql.ExecuteAsync(
                    "INSERT INTO round_reports (job, number, report, saved_us) VALUES (@job, @number, @report, @at)", ("job", job), ("number", number), ("report", report), ("at", write.At));
                await write.AuditAsync("round.reported", Subject(job, number), $"report {StoredText.Hash(report)}");
            },
            stopping);
    }

    public async Task<IReadOnlyList<string>> ReportsAsync(string job, CancellationToken stopping)
    {
        StoredText.Name(job, nameof(job));
        return await database.ReadAsync(session => session.QueryAsync("SELECT report FROM round_reports WHERE job = @job ORDER BY number", row => row.GetString(0), ("job", job)), stopping);
    }

    public Task<long> LastNumberAsync(CancellationToken stopping) => database.ReadAsync(
        async session => Math.Max(
            await session.CountAsync("SELECT coalesce(max(number), 0) FROM rounds"),
            await session.CountAsync("SELECT coalesce(max(number), 0) FROM round_reports")),
        stopping);

    private static async Task CheckJobAsync(SqlSession session, string job, long number)
    {
        if (await session.CountAsync("SELECT count(*) FROM jobs WHERE id = @job AND state = 'running'", ("job", job)) == 0) throw SqlWrite.Conflict($"there is no running job {job}");
        if (await session.CountAsync("SELECT count(*) FROM rounds WHERE job = @job AND state = 'running'", ("job", job)) > 0) throw SqlWrite.Conflict($"a round of {job} is still running; end or abandon it first");
        long last = await session.CountAsync("SELECT coalesce(max(number), 0) FROM rounds WHERE job = @job", ("job", job));
        if (number <= last) throw SqlWrite.Conflict($"round {number} of {job} comes too late: {last} was begun");
    }

    private static async Task EndAsync(SqlWrite write, RoundRecord round, RoundState state, string reason, string survivors, string root)
    {
        await write.Sql.ExecuteAsync(
            "UPDATE rounds SET state = @state, reason = @reason, survivors = @survivors, transcript_root = @root, ended_us = @at WHERE job = @job AND number = @number",
            ("state", Text(state)), ("reason", reason), ("survivors", survivors), ("root", root), ("at", write.At), ("job", round.Job), ("number", round.Number));
        await write.AuditAsync($"round.{Text(state)}", Subject(round.Job, round.Number), $"transcript {root}, survivors {StoredText.Hash(survivors)}: {reason}");
    }

    private static async Task<RoundRecord> RequireAsync(SqlSession session, string job, long number) =>
        await FindAsync(session, job, number) ?? throw SqlWrite.Conflict($"round {number} of {job} was never begun");

    private static Task<RoundRecord?> FindAsync(SqlSession session, string job, long number) =>
        session.FindAsync(Columns + "WHERE job = @job AND number = @number", Read, ("job", job), ("number", number));

    private static RoundRecord Read(DbDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetFieldValue<byte[]>(3), Enum.Parse<RoundState>(row.GetString(4), ignoreCase: true), row.GetString(5),
        [.. row.GetString(6).Split(' ', StringSplitOptions.RemoveEmptyEntries)], row.GetString(7), StoredTime.To(row.GetInt64(8)), row.IsDBNull(9) ? null : StoredTime.To(row.GetInt64(9)));

    private static PhaseRecord ReadPhase(DbDataReader row) => new(
        row.GetString(0), row.GetInt64(1), checked((int)row.GetInt64(2)), row.GetString(3), row.GetFieldValue<byte[]>(4), StoredTime.To(row.GetInt64(5)), StoredTime.To(row.GetInt64(6)));

    private static string Subject(string job, long number) => $"{job}/{number}";

    private static string Text(RoundState state) => state.ToString().ToLowerInvariant();
}
