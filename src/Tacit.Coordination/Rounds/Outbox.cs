using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;

namespace Tacit.Coordination.Rounds;

/// <summary>Envelopes for one participant in one round, in order. They stay until the round is over, so that a lost answer can be asked for again. Thread-safe.</summary>
internal sealed class Outbox
{
    private readonly List<byte[]> envelopes = [];
    private readonly Lock gate = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(Envelope message)
    {
        byte[] encoded = EnvelopeCodec.Encode(message);
        lock (gate)
        {
            envelopes.Add(encoded);
            Wake();
        }
    }

    /// <summary>Wakes whoever waits: the round is over.</summary>
    public void Close()
    {
        lock (gate) Wake();
    }

    /// <summary>Everything from a place on, and a task that ends when there may be more.</summary>
    public (byte[][] Envelopes, Task More) From(int place)
    {
        lock (gate) return ([.. envelopes.Skip(place)], changed.Task);
    }

    private void Wake()
    {
        changed.TrySetResult();
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
