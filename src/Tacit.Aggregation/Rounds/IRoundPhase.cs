using System.Collections.Immutable;
using Tacit.Aggregation.Failures;

namespace Tacit.Aggregation.Rounds;

/// <summary>The state of one phase of one party. A transition returns the next phase, so that illegal order cannot be written down.</summary>
public interface IRoundPhase : IDisposable
{
    /// <summary>The phase.</summary>
    Phase Phase { get; }

    /// <summary>Runs once, when the phase begins.</summary>
    /// <param name="now">The time.</param>
    PhaseStep Enter(DateTimeOffset now);

    /// <summary>Takes a message of this round in; it may be of another phase.</summary>
    /// <param name="message">Its sender is a member of the round or the coordinator.</param>
    /// <param name="now">The time.</param>
    PhaseStep Receive(Envelope message, DateTimeOffset now);

    /// <summary>The deadline passed.</summary>
    /// <param name="now">The time.</param>
    PhaseStep Expire(DateTimeOffset now);
}

/// <summary>What a phase's method caused. The defaults mean: nothing, stay.</summary>
public readonly record struct PhaseStep
{
    /// <summary>Nothing happened.</summary>
    public static PhaseStep Stay => default;

    /// <summary>Messages to send.</summary>
    public ImmutableArray<Envelope> Outbound { get; init; }

    /// <summary>The new deadline, or null to keep the one in force.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The phase to enter next.</summary>
    public IRoundPhase? Next { get; init; }

    /// <summary>The end of the round.</summary>
    public RoundOutcome? Outcome { get; init; }

    /// <summary>What others did wrong.</summary>
    public ImmutableArray<Incident> Incidents { get; init; }

    /// <summary>Ends the round without a sum.</summary>
    /// <param name="reason">The stable code.</param>
    /// <param name="detail">One line.</param>
    /// <param name="culprits">Who caused it.</param>
    public static PhaseStep Abort(FailureCode reason, string detail, params ImmutableArray<PartyId> culprits) =>
        new() { Outcome = new RoundOutcome.Aborted(reason, detail, culprits) };

    /// <summary>Drops a message and holds it against its sender.</summary>
    /// <param name="message">What was dropped.</param>
    /// <param name="code">Why.</param>
    /// <param name="detail">One line.</param>
    public static PhaseStep Reject(Envelope message, FailureCode code, string detail) =>
        new() { Incidents = [new Incident(message.From, message.Phase, code, detail)] };
}
