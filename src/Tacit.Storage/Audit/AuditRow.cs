using Tacit.Cryptography.Hashing;
using Tacit.Privacy.Budgets;
using Tacit.Storage.Sql;

namespace Tacit.Storage.Audit;

/// <summary>One thing that happened. Each row holds the hash of the one before, so none can be changed or taken out unseen.</summary>
/// <param name="Entry">From 1.</param>
/// <param name="EventId">The caller's key of an event that it added itself; null for the store's own rows.</param>
/// <param name="At">When, in UTC.</param>
/// <param name="Epoch">Which claim of the database was writing.</param>
/// <param name="Actor">Who.</param>
/// <param name="Action">What, such as <c>participant.approved</c>.</param>
/// <param name="Subject">To what.</param>
/// <param name="Detail">More about it: hashes of what was stored, a reason. Never a secret.</param>
/// <param name="Previous">The hash of the row before; zeros for the first.</param>
public sealed record AuditRow(long Entry, string? EventId, DateTimeOffset At, long Epoch, string Actor, string Action, string Subject, string Detail, string Previous)
{
    /// <summary>SHA-256 of everything above, in hexadecimal.</summary>
    public string Hash { get; } = Digest(Entry, EventId, StoredTime.From(At), Epoch, Actor, Action, Subject, Detail, Previous);

    /// <summary>What stands before the first row.</summary>
    public static string Genesis => LedgerEntry.Genesis;

    internal static AuditRow After(AuditHead head, string? eventId, Change by, string action, string subject, string detail) =>
        new(head.Entry + 1, eventId, StoredTime.To(StoredTime.From(by.At)), head.Epoch, by.Actor, action, subject, StoredText.Text(detail, nameof(detail)), head.Hash);

    private static string Digest(long entry, string? eventId, long at, long epoch, string actor, string action, string subject, string detail, string previous)
    {
        using TranscriptHash hash = new("tacit/audit-row/1");
        hash.Append("entry", entry);
        if (eventId is not null) hash.Append("event", eventId);
        return Convert.ToHexStringLower(hash.Append("at", at).Append("epoch", epoch).Append("actor", actor).Append("action", action)
            .Append("subject", subject).Append("detail", detail).Append("previous", previous).Digest());
    }
}
