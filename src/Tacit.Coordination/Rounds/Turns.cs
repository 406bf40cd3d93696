namespace Tacit.Coordination.Rounds;

/// <summary>So many at a time, the others in the order in which they came. Thread-safe, and nothing of it has to be disposed of.</summary>
/// <param name="free">Places that are free at the beginning.</param>
internal sealed class Turns(int free)
{
    private readonly Lock gate = new();
    private readonly Queue<TaskCompletionSource> waiting = new();
    private int free = free;

    /// <summary>Waits for a place; whoever gives up waiting has none.</summary>
    public async ValueTask EnterAsync(CancellationToken stopping)
    {
        TaskCompletionSource place;
        lock (gate)
        {
            if (free > 0)
            {
                free--;
                return;
            }

            waiting.Enqueue(place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        using CancellationTokenRegistration giveUp = stopping.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), place);
        await place.Task;
    }

    public void Leave()
    {
        lock (gate)
        {
            while (waiting.TryDequeue(out TaskCompletionSource? next))
            {
                if (next.TrySetResult()) return;   // false: it gave up
            }

            free++;
        }
    }
}
