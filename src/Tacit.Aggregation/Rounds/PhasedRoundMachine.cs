using System.Collections.Immutable;
using Tacit.Aggregation.Failures;

namespace Tacit.Aggregation.Rounds;

/// <summary>Runs the phases of one party one after another, and enforces what is common to all protocols.</summary>
/// <param name="terms">The round.</param>
/// <param name="self">The party that this machine plays.</param>
/// <param name="first">The first phase; owned by the machine.</param>
public sealed class PhasedRoundMachine(RoundTerms terms, PartyId self, IRoundPhase first) : IRoundMachine
{
    private IRoundPhase phase = first;   // nothing else keeps a phase: one that is over is garbage with all it gathered
    private DateTimeOffset? deadline;
    private bool started;
    private bool ended;

    /// <inheritdoc/>
    public RoundStep Start(DateTimeOffset now)
    {
        if (started || ended) throw new InvalidOperationException("A machine serves one round and starts once.");
        started = true;
        return Follow(phase.Enter(now), now);
    }

    /// <inheritdoc/>
    public RoundStep Receive(Envelope message, DateTimeOffset now)
    {
        IRoundPhase current = Current();
        if (message.Round != terms.Id) return Dropped(message, CodeOf(message.Round), $"message of round {message.Round}; this is round {terms.Id}");
        if (message.To != self) return Dropped(message, FailureCodes.Misrouted, $"message to {message.To} reached {self}");
        bool fromMember = self == PartyId.Coordinator ? terms.TryGetMember(message.From, out _) : message.From == PartyId.Coordinator;
        if (!fromMember) return Dropped(message, FailureCodes.UnknownParty, $"{message.From} is not a party that {self} talks to in this round");
        return Follow(current.Receive(message, now), now);
    }

    /// <inheritdoc/>
    public RoundStep Expire(DateTimeOffset now) => Follow(Current().Expire(now), now);

    /// <inheritdoc/>
    public void Dispose()
    {
        ended = true;
        phase.Dispose();
    }

    private FailureCode CodeOf(RoundId other) => other.Number < terms.Round ? FailureCodes.ReplayedMessage
        : other.Number == terms.Round && other.ModelTag != terms.Id.ModelTag ? FailureCodes.ModelInconsistent
        : FailureCodes.UnknownRound;

    private IRoundPhase Current()
    {
        if (ended) throw new InvalidOperationException("The round has ended: a machine serves one round.");
        return started ? phase : throw new InvalidOperationException("The machine has not been started.");
    }

    private RoundStep Dropped(Envelope message, FailureCode code, string detail) =>
        new([], deadline, null, [new Incident(message.From, message.Phase, code, detail)]);

    private RoundStep Follow(PhaseStep step, DateTimeOffset now)
    {
        ImmutableArray<Envelope> outbound = [];
        ImmutableArray<Incident> incidents = [];
        while (true)
        {
            outbound = Joined(outbound, step.Outbound);
            incidents = Joined(incidents, step.Incidents);
            if (step.Deadline is not null) deadline = step.Deadline;
            if (step.Outcome is not null)
            {
                ended = true;
                deadline = null;
                phase.Dispose();
                break;
            }

            if (step.Next is null) break;
            phase = step.Next;
            step = phase.Enter(now);
        }

        return new RoundStep(outbound, deadline, step.Outcome, incidents);
    }

    // Most messages are chunks of uploads, which nothing follows from.
    private static ImmutableArray<TItem> Joined<TItem>(ImmutableArray<TItem> first, ImmutableArray<TItem> second) =>
        second.IsDefaultOrEmpty ? first : first.IsEmpty ? second : first.AddRange(second);
}
