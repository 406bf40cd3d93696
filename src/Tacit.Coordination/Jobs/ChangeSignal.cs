namespace Tacit.Coordination.Jobs;

/// <summary>Tells whoever watches that something has changed: a job, a round, a phase, an arrival, a participant. What it is has to be asked for. Thread-safe.</summary>
public sealed class ChangeSignal
{
    private readonly Lock gate = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long version;

    /// <summary>Goes up with each change.</summary>
    public long Version => Interlocked.Read(ref version);

    /// <summary>Waits for a change.</summary>
    /// <param name="after">The version that the caller has seen.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>The present version, above <paramref name="after"/>.</returns>
    public async Task<long> NextAsync(long after, CancellationToken stopping)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (version > after) return version;
                next = changed.Task;
            }

            await next.WaitAsync(stopping);
        }
    }

    internal void Raise()
    {
        TaskCompletionSource done;
        lock (gate)
        {
            version++;
            done = changed;
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        done.TrySetResult();
    }
}
