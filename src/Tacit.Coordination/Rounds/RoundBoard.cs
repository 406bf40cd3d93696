using System.Collections.Concurrent;
using Tacit.Coordination.Jobs;

namespace Tacit.Coordination.Rounds;

/// <summary>All rounds of this process, and the one that is offered now. Thread-safe.</summary>
internal sealed class RoundBoard(ChangeSignal changes)
{
    private const int Kept = 1000;

    private readonly ConcurrentDictionary<long, RoundEntry> rounds = new();
    private readonly Lock gate = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RoundEntry? current;
    private string waiting = "";
    private long last;

    public IEnumerable<RoundEntry> All => rounds.Values.OrderBy(round => round.Number);

    /// <summary>Why nothing goes on, or empty.</summary>
    public string Waiting
    {
        get => Volatile.Read(ref waiting);
        set
        {
            if (Interlocked.Exchange(ref waiting, value) != value) changes.Raise();
        }
    }

    /// <summary>Whom to tell of changes.</summary>
    public ChangeSignal Changes => changes;

    public long NextNumber() => Interlocked.Increment(ref last);

    /// <summary>Numbers up to here are taken.</summary>
    public void StartAfter(long number) => Interlocked.Exchange(ref last, Math.Max(number, Interlocked.Read(ref last)));

    public RoundEntry? Find(long number) => rounds.GetValueOrDefault(number);

    public void Offer(RoundEntry entry)
    {
        rounds[entry.Number] = entry;
        rounds.TryRemove(entry.Number - Kept, out _);
        lock (gate)
        {
            current = entry;
            changed.TrySetResult();
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changes.Raise();
    }

    /// <summary>The newest round, and a task that ends when there is a newer one.</summary>
    public (RoundEntry? Round, Task Newer) Current()
    {
        lock (gate) return (current, changed.Task);
    }
}
