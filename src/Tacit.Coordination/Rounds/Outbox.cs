using Tacit.Aggregation.Rounds;

namespace Tacit.Coordination.Rounds;

/// <summary>Envelopes for one participant in one round, in order. They stay until the participant says that it has them, so that a lost answer can be asked for again. Thread-safe.</summary>
/// <remarks>Kept as they are, not as bytes: what all participants are told is in memory once.</remarks>
internal sealed class Outbox
{
    private readonly Queue<Envelope> envelopes = new();
    private readonly Lock gate = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int taken;

    public void Add(Envelope message)
    {
        lock (gate)
        {
            envelopes.Enqueue(message);
            Wake();
        }
    }

    /// <summary>Wakes whoever waits: the round is over.</summary>
    public void Close()
    {
        lock (gate) Wake();
    }

    /// <summary>Everything from a place on, and a task that ends when there may be more. What comes before the place is forgotten.</summary>
    public (Envelope[] Envelopes, Task More) From(int place)
    {
        lock (gate)
        {
            for (; taken < place && envelopes.TryDequeue(out _); taken++) ;
            return (place <= taken ? [.. envelopes] : [], changed.Task);
        }
    }

    private void Wake()
    {
        changed.TrySetResult();
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
