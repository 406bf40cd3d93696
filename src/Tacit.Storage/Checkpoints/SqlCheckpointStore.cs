using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;
using Tacit.Aggregation.Failures;
using Tacit.Storage.Sql;

namespace Tacit.Storage.Checkpoints;

/// <summary>Checkpoints in SQL.</summary>
internal sealed class SqlCheckpointStore(SqlDatabase database) : ICheckpointStore
{
    private const string Columns = "SELECT job, number, hash, bytes, model, saved_us FROM checkpoints ";

    public Task SaveAsync(string job, long number, ReadOnlyMemory<byte> model, Change by, CancellationToken stopping)
    {
        StoredText.Name(job, nameof(job));
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        byte[] body = StoredText.Body(model, nameof(model));
        return database.WriteAsync(by, write => SaveAsync(write, job, number, body), stopping);
    }

    public Task<Checkpoint?> LatestAsync(string job, CancellationToken stopping)
    {
        StoredText.Name(job, nameof(job));
        return database.ReadAsync(session => session.FindAsync(Columns + "WHERE job = @job AND number = (SELECT max(number) FROM checkpoints WHERE job = @job)", ReadWhole, ("job", job)), stopping);
    }

    public Task<Checkpoint?> FindAsync(string job, long number, CancellationToken stopping)
    {
        StoredText.Name(job, nameof(job));
        return database.ReadAsync(session => session.FindAsync(Columns + "WHERE job = @job AND number = @number", ReadWhole, ("job", job), ("number", number)), stopping);
    }

    public async Task<IReadOnlyList<Checkpoint>> ListAsync(string job, CancellationToken stopping)
    {
        StoredText.Name(job, nameof(job));
        return await database.ReadAsync(
            session => session.QueryAsync("SELECT job, number, hash, bytes, saved_us FROM checkpoints WHERE job = @job ORDER BY number", row => Read(row, default, savedAt: 4), ("job", job)), stopping);
    }

    public Task<int> PruneAsync(string job, int keep, Change by, CancellationToken stopping)
    {
        StoredText.Name(job, nameof(job));
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        return database.WriteAsync(
            by,
            async write =>
            {
                int pruned = await write.Sql.ExecuteAsync(
                    "UPDATE checkpoints SET model = NULL WHERE job = @job AND model IS NOT NULL AND number NOT IN (SELECT number FROM checkpoints WHERE job = @job ORDER BY number DESC LIMIT @keep)",
                    ("job", job), ("keep", (long)keep));
                if (pruned > 0) await write.AuditAsync("checkpoints.pruned", job, $"{pruned} models, {keep} kept");
                return pruned;
            },
            stopping);
    }

    internal static async Task SaveAsync(SqlWrite write, string job, long number, byte[] model)
    {
        string hash = StoredText.Hash(model);
        string[] known = [.. await write.Sql.QueryAsync("SELECT hash FROM checkpoints WHERE job = @job AND number = @number", row => row.GetString(0), ("job", job), ("number", number))];
        if (known is [var other])
        {
            if (other == hash) return;
            throw SqlWrite.Conflict($"the model after round {number} of {job} is stored and another one");
        }

        await write.Sql.ExecuteAsync(
            "INSERT INTO checkpoints (job, number, hash, bytes, model, saved_us) VALUES (@job, @number, @hash, @bytes, @model, @at)",
            ("job", job), ("number", number), ("hash", hash), ("bytes", (long)model.Length), ("model", model), ("at", write.At));
        await write.AuditAsync("checkpoint.saved", $"{job}/{number}", $"model {hash}, {model.Length} bytes");
    }

    private static Checkpoint ReadWhole(DbDataReader row)
    {
        byte[]? model = row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4);
        Checkpoint checkpoint = Read(row, model, savedAt: 5);
        if (model is not null && StoredText.Hash(model) != checkpoint.Hash) throw new FailureException(FailureCodes.StorageCorrupt, $"the model after round {checkpoint.Number} of {checkpoint.Job} does not have its hash {checkpoint.Hash}; restore a backup");
        return checkpoint;
    }

    private static Checkpoint Read(DbDataReader row, ReadOnlyMemory<byte> model, int savedAt) =>
        new(row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3), model, StoredTime.To(row.GetInt64(savedAt)));
}
