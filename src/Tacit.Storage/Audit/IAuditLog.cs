using System.Threading;
using System.Threading.Tasks;

namespace Tacit.Storage.Audit;

/// <summary>Who changed what, hash-chained and append-only. Every change of the store adds its own rows; callers add events.</summary>
public interface IAuditLog
{
    /// <summary>Adds an event, once for its id.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task AddAsync(AuditEvent happened, Change by, CancellationToken stopping);

    /// <summary>Reads rows in order.</summary>
    /// <param name="after">The entry before the first row; 0 to begin.</param>
    /// <param name="most">At most this many rows; 1 to 10,000.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<IReadOnlyList<AuditRow>> ReadAsync(long after, int most, CancellationToken stopping);

    /// <summary>Walks the chain from the first row to the head row, and names the first that does not fit.</summary>
    /// <param name="stopping">Ends the walk.</param>
    Task<AuditVerification> VerifyAsync(CancellationToken stopping);
}
