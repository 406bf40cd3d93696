using System.Threading;
using System.Threading.Tasks;

namespace Tacit.Storage.Checkpoints;

/// <summary>Models between rounds, at most 512 MiB each. <see cref="Rounds.IRoundStore.FinishAsync"/> saves a round's model together with its end.</summary>
public interface ICheckpointStore
{
    /// <summary>Saves a model outside of a round's end, such as the one a job begins with.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="number">0, or the round that made it.</param>
    /// <param name="model">The bytes.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task SaveAsync(string job, long number, ReadOnlyMemory<byte> model, Change by, CancellationToken stopping);

    /// <summary>The model with the highest number, checked against its hash; null if there is none.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<Checkpoint?> LatestAsync(string job, CancellationToken stopping);

    /// <summary>One model, checked against its hash; null if it was never saved.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="number">Which.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<Checkpoint?> FindAsync(string job, long number, CancellationToken stopping);

    /// <summary>All of a job, without their bytes, by number.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="stopping">Ends the wait.</param>
    Task<IReadOnlyList<Checkpoint>> ListAsync(string job, CancellationToken stopping);

    /// <summary>Drops the bytes of all models but the last ones; their hashes stay.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="keep">How many to keep; at least 1.</param>
    /// <param name="by">Who and when.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>How many lost their bytes.</returns>
    Task<int> PruneAsync(string job, int keep, Change by, CancellationToken stopping);
}
