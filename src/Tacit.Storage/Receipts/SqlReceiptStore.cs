using System.Data.Common;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Hashing;
using Tacit.Storage.Sql;

namespace Tacit.Storage.Receipts;

/// <summary>Receipts in SQL.</summary>
internal sealed class SqlReceiptStore(SqlDatabase database) : IReceiptStore
{
    private const string Columns = "SELECT job, number, participant, receipt, saved_us, hash FROM receipts ";

    public Task AddAsync(IReadOnlyList<ReceiptRecord> receipts, Change by, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(receipts);
        foreach (ReceiptRecord receipt in receipts)
        {
            StoredText.Name(receipt.Job, nameof(receipts));
            StoredText.Name(receipt.Participant, nameof(receipts));
        }

        return database.WriteAsync(
            by,
            async write =>
            {
                using TranscriptHash all = new("tacit/receipts/1");
                int added = 0;
                foreach (ReceiptRecord receipt in receipts)
                {
                    if (await AddAsync(write, receipt) is not { } hash) continue;
                    all.Append("job", receipt.Job).Append("round", receipt.Number).Append("participant", receipt.Participant).Append("receipt", hash);
                    added++;
                }

                if (added > 0) await write.AuditAsync("receipts.added", $"{receipts[0].Job}/{receipts[0].Number}", $"{added} receipts, {Convert.ToHexStringLower(all.Digest())}");
            },
            stopping);
    }

    public Task<ReceiptRecord?> FindAsync(string job, long number, string participant, CancellationToken stopping)
    {
        StoredText.Name(job, nameof(job));
        StoredText.Name(participant, nameof(participant));
        return database.ReadAsync(
            session => session.FindAsync(Columns + "WHERE job = @job AND number = @number AND participant = @participant", Read, ("job", job), ("number", number), ("participant", participant)), stopping);
    }

    public async Task<IReadOnlyList<ReceiptRecord>> ListAsync(string participant, CancellationToken stopping)
    {
        StoredText.Name(participant, nameof(participant));
        return await database.ReadAsync(session => session.QueryAsync(Columns + "WHERE participant = @participant ORDER BY job, number", Read, ("participant", participant)), stopping);
    }

    public async Task<IReadOnlyList<ReceiptRecord>> ListAfterAsync(string job, string participant, long after, CancellationToken stopping)
    {
        StoredText.Name(job, nameof(job));
        StoredText.Name(participant, nameof(participant));
        return await database.ReadAsync(
            session => session.QueryAsync(Columns + "WHERE job = @job AND participant = @participant AND number > @after ORDER BY number", Read, ("job", job), ("participant", participant), ("after", after)), stopping);
    }

    public Task<ReceiptList> NewestAsync(string? participant, int most, CancellationToken stopping)
    {
        if (participant is not null) StoredText.Name(participant, nameof(participant));
        string mine = participant is null ? "" : "WHERE participant = @participant ";
        (string, object?)[] whose = participant is null ? [] : [("participant", participant)];
        return database.ReadAsync(
            async session => new ReceiptList(
                await session.CountAsync("SELECT count(*) FROM receipts " + mine, whose),
                [.. await session.QueryAsync("SELECT DISTINCT participant FROM receipts ORDER BY participant", row => row.GetString(0))],
                [
                    .. await session.QueryAsync(
                        $"SELECT job, number, participant, length(receipt), saved_us FROM receipts {mine}ORDER BY saved_us DESC, number DESC, participant LIMIT @most",
                        row => new ReceiptLine(row.GetString(0), row.GetInt64(1), row.GetString(2), Convert.ToInt64(row.GetValue(3), CultureInfo.InvariantCulture), StoredTime.To(row.GetInt64(4))),
                        [.. whose, ("most", (long)most)]),
                ]),
            stopping);
    }

    public async Task<IReadOnlyList<ReceiptRecord>> ListJobAsync(string job, CancellationToken stopping)
    {
        StoredText.Name(job, nameof(job));
        return await database.ReadAsync(session => session.QueryAsync(Columns + "WHERE job = @job ORDER BY number, participant", Read, ("job", job)), stopping);
    }

    private static async Task<string?> AddAsync(SqlWrite write, ReceiptRecord receipt)
    {
        byte[] body = StoredText.Body(receipt.Receipt, nameof(receipt));
        string hash = StoredText.Hash(body);
        int added = await write.Sql.ExecuteAsync(
            "INSERT INTO receipts (job, number, participant, hash, receipt, saved_us) VALUES (@job, @number, @participant, @hash, @receipt, @at) ON CONFLICT (job, number, participant) DO NOTHING",
            ("job", receipt.Job), ("number", receipt.Number), ("participant", receipt.Participant), ("hash", hash), ("receipt", body), ("at", write.At));
        if (added == 1) return hash;

        string known = (await write.Sql.QueryAsync(
            "SELECT hash FROM receipts WHERE job = @job AND number = @number AND participant = @participant", row => row.GetString(0),
            ("job", receipt.Job), ("number", receipt.Number), ("participant", receipt.Participant))).Single();
        return known == hash ? null : throw SqlWrite.Conflict($"{receipt.Participant} has another receipt for round {receipt.Number} of {receipt.Job}");
    }

    private static ReceiptRecord Read(DbDataReader row)
    {
        ReceiptRecord receipt = new(row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetFieldValue<byte[]>(3), StoredTime.To(row.GetInt64(4)));
        if (StoredText.Hash(receipt.Receipt.Span) != row.GetString(5)) throw new FailureException(FailureCodes.StorageCorrupt, $"the receipt of {receipt.Participant} for round {receipt.Number} of {receipt.Job} does not have its hash; restore a backup");
        return receipt;
    }
}
