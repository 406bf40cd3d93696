using Tacit.Aggregation.Rounds;

namespace Tacit.Coordination.Rounds;

/// <summary>One participant's place in a round: what waits for it, and whether it may send its input. Thread-safe.</summary>
internal sealed class Seat
{
    private readonly Turns turn = new(1);
    private volatile bool hasRoom;

    public Outbox Outbox { get; } = new();

    /// <summary>Whether the coordinator has granted room for an input of many chunks.</summary>
    public bool HasRoom => hasRoom;

    public void Add(Envelope message)
    {
        if (message.Phase == Phase.MaskedInput) hasRoom = true;   // the only thing that a coordinator says in this phase
        Outbox.Add(message);
    }

    /// <summary>One body after another: whoever opens many connections is read as slowly as others.</summary>
    public ValueTask EnterAsync(CancellationToken stopping) => turn.EnterAsync(stopping);

    public void Leave() => turn.Leave();
}
