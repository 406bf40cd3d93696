using Tacit.Aggregation.Rounds;

namespace Tacit.Coordination.Rounds;

/// <summary>Sees what goes into a round's machine and what comes out, in order: with it a round can be replayed byte for byte. Where durable state goes.</summary>
/// <remarks>Called by the round's actor, one call at a time; the round waits for it.</remarks>
public interface IRoundJournal
{
    /// <summary>A round begins.</summary>
    /// <param name="terms">What all parties agree on.</param>
    /// <param name="names">The participants' names, in the order of the cohort.</param>
    /// <param name="now">The time.</param>
    void Started(RoundTerms terms, IReadOnlyList<string> names, DateTimeOffset now);

    /// <summary>A message goes into the machine.</summary>
    /// <param name="message">The message. The payload of a masked input is only good during the call: its memory is used again for the next one.</param>
    /// <param name="now">The time.</param>
    void Received(Envelope message, DateTimeOffset now);

    /// <summary>A deadline has passed.</summary>
    /// <param name="round">The round.</param>
    /// <param name="now">The time.</param>
    void Expired(RoundId round, DateTimeOffset now);

    /// <summary>The round is over; told before the sum is used.</summary>
    /// <param name="round">The round.</param>
    /// <param name="outcome">How it ended.</param>
    void Ended(RoundId round, RoundOutcome outcome);
}
