using System.Collections.Immutable;

namespace Tacit.Aggregation.Rounds;

/// <summary>One party's side of one round: a pure state machine. It serves one round and is disposed; there is no reset, retry or rewind.</summary>
/// <remarks>
/// <see cref="Receive"/> never throws for what a message contains. Misuse by the caller throws <see cref="InvalidOperationException"/>:
/// starting twice, anything before <see cref="Start"/>, anything after an outcome. Time must not run backwards.
/// </remarks>
public interface IRoundMachine : IDisposable
{
    /// <summary>Begins the round.</summary>
    /// <param name="now">The time.</param>
    RoundStep Start(DateTimeOffset now);

    /// <summary>Takes a message in.</summary>
    /// <param name="message">
    /// From any party; its sender field is authenticated by the transport, its payload may be hostile. The payload of a masked input is read during the
    /// call and not kept, so its memory may be used again afterwards; payloads of other phases may be kept and must not change.
    /// </param>
    /// <param name="now">The time.</param>
    RoundStep Receive(Envelope message, DateTimeOffset now);

    /// <summary>Tells that the deadline of the last step has passed.</summary>
    /// <param name="now">The time.</param>
    RoundStep Expire(DateTimeOffset now);
}

/// <summary>Everything that one call caused.</summary>
/// <param name="Outbound">Messages to send, in order.</param>
/// <param name="Deadline">When to call <see cref="IRoundMachine.Expire"/>; null once the round has ended.</param>
/// <param name="Outcome">Set by the call that ends the round for this party.</param>
/// <param name="Incidents">What others did wrong in this call.</param>
public readonly record struct RoundStep(
    ImmutableArray<Envelope> Outbound,
    DateTimeOffset? Deadline,
    RoundOutcome? Outcome,
    ImmutableArray<Incident> Incidents);
