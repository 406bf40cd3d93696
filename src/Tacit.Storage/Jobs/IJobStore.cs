using System.Threading;
using System.Threading.Tasks;

namespace Tacit.Storage.Jobs;

/// <summary>Jobs with their plans: a plan is never changed, a new one is a new job.</summary>
public interface IJobStore
{
    /// <summary>Adds a planned job.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="plan">The plan's text.</param>
    /// <param name="planHash">The hash that parties compare; at most 64 bytes.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task AddAsync(string id, string plan, ReadOnlyMemory<byte> planHash, Change by, CancellationToken stopping);

    /// <summary>
    /// Moves a job on: planned → running, stopped or failed; running → stopped, finished or failed; stopped → running or failed. To the state it has already: nothing happens.
    /// </summary>
    /// <param name="id">Which.</param>
    /// <param name="state">Where to.</param>
    /// <param name="reason">Why; may be empty.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task MoveAsync(string id, JobState state, string reason, Change by, CancellationToken stopping);

    /// <summary>Finds a job.</summary>
    /// <param name="id">By its name.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<JobRecord?> FindAsync(string id, CancellationToken stopping);

    /// <summary>All jobs, oldest first.</summary>
    /// <param name="stopping">Ends the wait.</param>
    Task<IReadOnlyList<JobRecord>> ListAsync(CancellationToken stopping);
}
