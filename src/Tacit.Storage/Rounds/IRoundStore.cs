using System.Threading;
using System.Threading.Tasks;

namespace Tacit.Storage.Rounds;

/// <summary>Rounds with their public transcripts. Rounds are disposable, jobs are durable: what a crash left running is abandoned, and the job goes on with the next number.</summary>
public interface IRoundStore
{
    /// <summary>Begins a round of a running job. To be awaited before anybody is asked for anything.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="number">Above every number of the job so far, and none of them still running.</param>
    /// <param name="roundId">The round's id.</param>
    /// <param name="terms">What all parties agree on, encoded.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>Whether it was begun by this call. False: it had been begun before with the same content, perhaps by this very call on a connection that was lost. Ask nobody for it: end it as aborted and go on with the next number.</returns>
    Task<bool> BeginAsync(string job, long number, string roundId, ReadOnlyMemory<byte> terms, Change by, CancellationToken stopping);

    /// <summary>Adds a phase to the transcript of a running round.</summary>
    /// <param name="phase">What was public.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task AddPhaseAsync(PhaseRecord phase, Change by, CancellationToken stopping);

    /// <summary>Ends a round, with the next model if there is one: both or neither.</summary>
    /// <param name="end">How it ended.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task FinishAsync(RoundEnd end, Change by, CancellationToken stopping);

    /// <summary>Aborts every round that is still running: the first thing after a start.</summary>
    /// <param name="reason">Why, for the record.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>Which rounds.</returns>
    Task<IReadOnlyList<RoundRecord>> AbandonAsync(string reason, Change by, CancellationToken stopping);

    /// <summary>Finds a round.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="number">Which.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<RoundRecord?> FindAsync(string job, long number, CancellationToken stopping);

    /// <summary>A job's rounds by number.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<IReadOnlyList<RoundRecord>> ListAsync(string job, CancellationToken stopping);

    /// <summary>A round's phases in order.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="number">Which.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<IReadOnlyList<PhaseRecord>> PhasesAsync(string job, long number, CancellationToken stopping);

    /// <summary>Keeps what was seen of a round, for people; also of one that never began. The same report again is no error.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="number">Which.</param>
    /// <param name="report">A text of at most 1 MiB.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task AddReportAsync(string job, long number, string report, Change by, CancellationToken stopping);

    /// <summary>A job's reports by number.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<IReadOnlyList<string>> ReportsAsync(string job, CancellationToken stopping);

    /// <summary>The highest number of any job's round or report; 0 if there is none. Numbers above it are free for every job.</summary>
    /// <param name="stopping">Ends the wait.</param>
    Task<long> LastNumberAsync(CancellationToken stopping);
}
