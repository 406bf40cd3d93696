using System.Threading;
using System.Threading.Tasks;

namespace Tacit.Storage.Receipts;

/// <summary>What participants keep, as handed out: one for each participant and round, never changed.</summary>
public interface IReceiptStore
{
    /// <summary>Adds the receipts of a round, all in one transaction.</summary>
    /// <param name="receipts">Of any rounds that were begun.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task AddAsync(IReadOnlyList<ReceiptRecord> receipts, Change by, CancellationToken stopping);

    /// <summary>Finds a receipt, checked against its hash.</summary>
    /// <param name="job">Of which job.</param>
    /// <param name="number">Of which round.</param>
    /// <param name="participant">Whose.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<ReceiptRecord?> FindAsync(string job, long number, string participant, CancellationToken stopping);

    /// <summary>All receipts of a participant, by job and round.</summary>
    /// <param name="participant">Whose.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<IReadOnlyList<ReceiptRecord>> ListAsync(string participant, CancellationToken stopping);

    /// <summary>A participant's receipts of a job above a round, by round.</summary>
    /// <param name="job">Which.</param>
    /// <param name="participant">Whose.</param>
    /// <param name="after">The last round that is not wanted.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<IReadOnlyList<ReceiptRecord>> ListAfterAsync(string job, string participant, long after, CancellationToken stopping);

    /// <summary>The newest receipts without their bytes, and how many there are in all.</summary>
    /// <param name="participant">Whose; null for everybody's.</param>
    /// <param name="most">How many.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<ReceiptList> NewestAsync(string? participant, int most, CancellationToken stopping);

    /// <summary>All receipts of a job, by round and participant.</summary>
    /// <param name="job">Which.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<IReadOnlyList<ReceiptRecord>> ListJobAsync(string job, CancellationToken stopping);
}
