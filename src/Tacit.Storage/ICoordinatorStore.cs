using System.Threading;
using System.Threading.Tasks;
using Tacit.Privacy.Budgets;
using Tacit.Storage.Audit;
using Tacit.Storage.Checkpoints;
using Tacit.Storage.Jobs;
using Tacit.Storage.Receipts;
using Tacit.Storage.Roster;
using Tacit.Storage.Rounds;
using Tacit.Storage.Tokens;

namespace Tacit.Storage;

/// <summary>Everything a coordinator keeps, in one database; opened by <see cref="CoordinatorStore"/>.</summary>
/// <remarks>
/// A method returns only when its change would survive a loss of power, and each change with its audit row is there whole or not at all.
/// Repeating a write that succeeded changes nothing and is no error, so a caller that does not know whether a write arrived repeats it. Thread-safe;
/// changes come one after the other. Methods throw <see cref="Aggregation.Failures.FailureException"/> with the codes
/// <c>STORAGE_CONFLICT</c> (a write that contradicts what is stored), <c>STORAGE_TAKEN_OVER</c> (another coordinator claimed the database),
/// <c>STORAGE_CORRUPT</c> and <c>STORAGE_UNAVAILABLE</c>; <see cref="ArgumentException"/> for names, texts and sizes that cannot be stored; and
/// <see cref="InvalidOperationException"/> for a write before <see cref="ClaimAsync"/>. After a cancellation nothing was
/// written, unless the connection was lost as well: repeat the write to know.
/// </remarks>
public interface ICoordinatorStore : IAsyncDisposable
{
    /// <summary>Who may take part, with their keys and roles.</summary>
    IRosterStore Roster { get; }

    /// <summary>What people and programs that watch or operate show, as hashes.</summary>
    ITokenStore Tokens { get; }

    /// <summary>Jobs with their plans.</summary>
    IJobStore Jobs { get; }

    /// <summary>Rounds with their public transcripts.</summary>
    IRoundStore Rounds { get; }

    /// <summary>Models between rounds.</summary>
    ICheckpointStore Checkpoints { get; }

    /// <summary>What participants keep, as handed out.</summary>
    IReceiptStore Receipts { get; }

    /// <summary>Who changed what.</summary>
    IAuditLog Audit { get; }

    /// <summary>Makes this the only store that may write, in this and all other processes; the one before is refused from now on.</summary>
    /// <param name="by">The coordinator's name and the time.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>The epoch, one higher than any before. It is in every audit row.</returns>
    Task<long> ClaimAsync(Change by, CancellationToken stopping);

    /// <summary>A privacy ledger's lines, for <see cref="PrivacyLedger.Open"/>. Appending blocks until the line is on disk.</summary>
    /// <param name="name">Which ledger; 1 to 100 letters, digits, dots, dashes or underscores.</param>
    /// <param name="actor">Who charges, for the audit log; as above.</param>
    /// <param name="clock">For the time of audit rows.</param>
    ILedgerStore Ledger(string name, string actor, TimeProvider clock);

    /// <summary>Asks the database who may write, for readiness probes.</summary>
    /// <returns>The newest epoch that it was claimed with.</returns>
    /// <param name="stopping">Ends the wait.</param>
    Task<long> ProbeAsync(CancellationToken stopping);
}
