using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination.Jobs;

namespace Tacit.Coordination.Rounds;

/// <summary>What arrived of one participant in one phase.</summary>
/// <param name="First">When the first message did.</param>
/// <param name="Last">When the newest one did.</param>
/// <param name="Messages">How many.</param>
/// <param name="Bytes">Of their payloads.</param>
internal readonly record struct PhaseArrival(DateTimeOffset First, DateTimeOffset Last, int Messages, long Bytes);

/// <summary>Who sent something when, in which phase; of messages only sizes are kept, and the first bytes of a masked input. Thread-safe.</summary>
internal sealed class RoundTimeline
{
    /// <summary>Bytes of a masked input that are kept, to be shown: uniform where it is masked.</summary>
    public const int PrefixBytes = 8;

    private const int Header = 5;   // an upload's kind and offset
    private static readonly int phases = Enum.GetValues<Phase>().Length;

    private readonly ChangeSignal changes;
    private readonly Lock gate = new();
    private readonly PhaseArrival?[] arrivals;
    private readonly ReadOnlyMemory<byte>[] prefixes;
    private readonly DateTimeOffset?[] opened = new DateTimeOffset?[phases];
    private DateTimeOffset? deadline;
    private DateTimeOffset? ended;

    public RoundTimeline(int cohort, DateTimeOffset began, ChangeSignal changes)
    {
        this.changes = changes;
        (arrivals, prefixes) = (new PhaseArrival?[cohort * phases], new ReadOnlyMemory<byte>[cohort]);
        Began = began;
    }

    public DateTimeOffset Began { get; }

    /// <summary>When the round was over; null before.</summary>
    public DateTimeOffset? Ended
    {
        get { lock (gate) return ended; }
        set { lock (gate) ended = value; }
    }

    /// <summary>When the phase that is open ends at the latest; null if none is.</summary>
    public DateTimeOffset? Deadline
    {
        get { lock (gate) return deadline; }
        set { lock (gate) deadline = value; }
    }

    /// <summary>A message came in. Whoever sent it was authenticated; whether the machine takes it is another question.</summary>
    public void Arrived(PartyId from, Phase phase, ReadOnlySpan<byte> payload, DateTimeOffset at) => Arrived(from, phase, payload, payload.Length, at);

    /// <summary>The same, when only the beginning of the payload is at hand.</summary>
    public void Arrived(PartyId from, Phase phase, ReadOnlySpan<byte> beginning, long bytes, DateTimeOffset at)
    {
        int party = from.Value - 1, place = (party * phases) + (int)phase;
        if (party < 0 || party >= prefixes.Length) return;
        bool first;
        lock (gate)
        {
            opened[(int)phase] ??= at;
            first = arrivals[place] is null;
            arrivals[place] = arrivals[place] is { } before ? before with { Last = at, Messages = before.Messages + 1, Bytes = before.Bytes + bytes } : new PhaseArrival(at, at, 1, bytes);
            if (phase == Phase.MaskedInput && prefixes[party].IsEmpty && beginning.Length > Header) prefixes[party] = beginning[Header..Math.Min(beginning.Length, Header + PrefixBytes)].ToArray();
        }

        if (first) changes.Raise();   // the other chunks of an upload show nothing new
    }

    /// <summary>The coordinator sent a message of a phase: the phase is open.</summary>
    public void Sent(Phase phase, DateTimeOffset at)
    {
        lock (gate)
        {
            if (opened[(int)phase] is not null) return;
            opened[(int)phase] = at;
        }

        changes.Raise();
    }

    /// <summary>When a phase was opened; null before.</summary>
    public DateTimeOffset? Opened(Phase phase)
    {
        lock (gate) return opened[(int)phase];
    }

    /// <summary>What arrived of everybody, in the cohort's order; by phase, null where nothing did.</summary>
    public ImmutableArray<ImmutableArray<PhaseArrival?>> Arrivals()
    {
        lock (gate) return [.. Enumerable.Range(0, prefixes.Length).Select(party => ImmutableArray.Create(arrivals, party * phases, phases))];
    }

    /// <summary>The first bytes of a participant's masked input, in hexadecimal; empty before.</summary>
    public string PrefixOf(int party)
    {
        lock (gate) return Convert.ToHexStringLower(prefixes[party].Span);
    }
}
