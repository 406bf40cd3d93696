using System.Threading.Tasks;
using Tacit.Aggregation.Failures;
using Tacit.Storage.Audit;

namespace Tacit.Storage.Sql;

/// <summary>One change: a transaction that holds the head row, so that changes come one after the other and the audit chain has one end.</summary>
internal sealed class SqlWrite(SqlSession session, AuditHead head, Change by)
{
    /// <summary>The statements of the change.</summary>
    public SqlSession Sql => session;

    /// <summary>Who changes, and when.</summary>
    public Change By => by;

    /// <summary>The moment as it is stored.</summary>
    public long At { get; } = StoredTime.From(by.At);

    /// <summary>The end of the chain, with what this change has added.</summary>
    public AuditHead Head { get; private set; } = head;

    /// <summary>Adds a row to the audit log, in the change's own transaction.</summary>
    public async Task AuditAsync(string action, string subject, string detail, string? eventId = null)
    {
        AuditRow row = AuditRow.After(Head, eventId, by, action, subject, detail);
        await session.ExecuteAsync(
            "INSERT INTO audit (entry, event_id, at_us, epoch, actor, action, subject, detail, previous, hash) VALUES (@entry, @event, @at, @epoch, @actor, @action, @subject, @detail, @previous, @hash)",
            ("entry", row.Entry), ("event", row.EventId), ("at", At), ("epoch", row.Epoch), ("actor", row.Actor), ("action", row.Action), ("subject", row.Subject), ("detail", row.Detail), ("previous", row.Previous), ("hash", row.Hash));
        Head = Head with { Entry = row.Entry, Hash = row.Hash };
        await session.ExecuteAsync("UPDATE head SET audit_index = @entry, audit_hash = @hash WHERE id = 1", ("entry", row.Entry), ("hash", row.Hash));
    }

    /// <summary>A refusal: nothing of the change is kept.</summary>
    public static FailureException Conflict(string message) => new(FailureCodes.StorageConflict, message);
}
