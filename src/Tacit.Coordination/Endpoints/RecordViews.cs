using Tacit.Coordination.Hosting;
using Tacit.Storage.Audit;
using Tacit.Storage.Jobs;
using Tacit.Storage.Receipts;
using Tacit.Storage.Rounds;

namespace Tacit.Coordination.Endpoints;

/// <summary>What is stored, as JSON: tries, rounds, receipts, the audit log.</summary>
internal sealed class RecordViews(CoordinatorState state, CoordinatorOptions options, TimeProvider clock)
{
    private const int MostRows = 200, MostReceipts = 500;
    private static readonly TimeSpan chainAge = TimeSpan.FromSeconds(10);   // walking a long log costs: not for everybody who looks

    private (AuditVerification Chain, long At)? walked;

    public async Task<object> RecordsAsync(CancellationToken stopping)
    {
        IReadOnlyList<JobRecord> jobs = await state.Store.Jobs.ListAsync(stopping);
        List<RoundRecord> rounds = [];
        int total = 0;
        foreach (JobRecord job in jobs.Reverse())
        {
            IReadOnlyList<RoundRecord> all = await state.Store.Rounds.ListAsync(job.Id, stopping);
            total += all.Count;
            rounds.AddRange(all.Reverse().Take(MostRows - rounds.Count));
        }

        return new
        {
            store = options.Database is not null ? "PostgreSQL" : options.DataDirectory is not null ? "SQLite" : null,
            jobs = jobs.Reverse().Take(MostRows).Select(job => new { id = job.Id, state = JobViews.Name(job.State), reason = job.Reason, planHash = job.PlanHash, createdAt = job.CreatedAt, changedAt = job.ChangedAt }),
            rounds = rounds.Select(round => new
            {
                job = round.Job, number = round.Number, roundId = round.RoundId, state = round.State.ToString().ToLowerInvariant(), reason = round.Reason, survivors = round.Survivors.Length,
                transcriptRoot = round.TranscriptRoot, startedAt = round.StartedAt, endedAt = round.EndedAt,
            }),
            roundsTotal = total,
        };
    }

    /// <summary>The last rows, newest first, and whether the chain was whole when it was walked, at most ten seconds ago.</summary>
    public async Task<object> AuditAsync(CancellationToken stopping)
    {
        if (walked is not { } last || clock.GetElapsedTime(last.At) > chainAge) walked = last = (await state.Store.Audit.VerifyAsync(stopping), clock.GetTimestamp());
        AuditVerification chain = last.Chain;
        IReadOnlyList<AuditRow> rows = await state.Store.Audit.ReadAsync(Math.Max(0, chain.Rows - (MostRows / 2)), MostRows, stopping);
        return new
        {
            verification = new { whole = chain.IsWhole, rows = chain.Rows, head = chain.Head, broken = chain.Broken, problem = chain.Problem },
            rows = rows.Reverse().Select(row => new { entry = row.Entry, at = row.At, actor = row.Actor, action = row.Action, subject = row.Subject, detail = row.Detail, hash = row.Hash }),
        };
    }

    /// <summary>The newest receipts, of one participant or of everybody.</summary>
    public async Task<object> ReceiptsAsync(string? participant, CancellationToken stopping)
    {
        if (participant is not null) Access.Roles.ThrowUnlessName(participant);
        ReceiptList list = await state.Store.Receipts.NewestAsync(participant, MostReceipts, stopping);
        return new
        {
            participants = list.Participants,
            total = list.Total,
            receipts = list.Newest.Select(receipt => new { job = receipt.Job, number = receipt.Number, participant = receipt.Participant, bytes = receipt.Bytes, savedAt = receipt.SavedAt }),
        };
    }

    public Task<ReceiptRecord?> ReceiptAsync(string job, long number, string participant, CancellationToken stopping)
    {
        Access.Roles.ThrowUnlessName(job);
        Access.Roles.ThrowUnlessName(participant);
        return state.Store.Receipts.FindAsync(job, number, participant, stopping);
    }
}
