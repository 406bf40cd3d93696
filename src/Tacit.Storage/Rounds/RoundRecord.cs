using System.Collections.Immutable;

namespace Tacit.Storage.Rounds;

/// <summary>How a round stands.</summary>
public enum RoundState
{
    /// <summary>Begun and not ended. After a restart it can only be abandoned: machines serve one round, without rewind.</summary>
    Running,

    /// <summary>Gave an aggregate.</summary>
    Completed,

    /// <summary>Gave nothing.</summary>
    Aborted,
}

/// <summary>One round.</summary>
/// <param name="Job">Whose.</param>
/// <param name="Number">From 1; a number that was begun is never begun again.</param>
/// <param name="RoundId">The hash of its terms, unlike any other's; 1 to 100 letters, digits, dots, dashes or underscores.</param>
/// <param name="Terms">What all parties agreed on, encoded.</param>
/// <param name="State">How it stands.</param>
/// <param name="Reason">Why it ended so; may be empty.</param>
/// <param name="Survivors">Whose contributions are in the sum, by name, in order.</param>
/// <param name="TranscriptRoot">A hash of the public transcript, as receipts carry it; empty while running.</param>
/// <param name="StartedAt">When it was begun.</param>
/// <param name="EndedAt">When it ended; null while running.</param>
public sealed record RoundRecord(
    string Job, long Number, string RoundId, ReadOnlyMemory<byte> Terms, RoundState State, string Reason, ImmutableArray<string> Survivors, string TranscriptRoot, DateTimeOffset StartedAt, DateTimeOffset? EndedAt);

/// <summary>What was public in one phase of a round.</summary>
/// <param name="Job">Whose round.</param>
/// <param name="Number">Which round.</param>
/// <param name="Ordinal">From 0, in the order of the protocol.</param>
/// <param name="Name">The phase's name.</param>
/// <param name="Body">Its public messages, encoded: never shares, masked vectors or anything else that the transcript's root does not cover.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="ClosedAt">When it was closed.</param>
public sealed record PhaseRecord(string Job, long Number, int Ordinal, string Name, ReadOnlyMemory<byte> Body, DateTimeOffset OpenedAt, DateTimeOffset ClosedAt);

/// <summary>How a round ended.</summary>
/// <param name="Job">Whose.</param>
/// <param name="Number">Which.</param>
/// <param name="Completed">Whether it gave an aggregate.</param>
/// <param name="Reason">Why; may be empty.</param>
/// <param name="Survivors">Whose contributions are in the sum.</param>
/// <param name="TranscriptRoot">A hash of the public transcript; at most 100 characters of a name, or empty.</param>
/// <param name="Model">The next model, saved in the same transaction under the round's number; null for none.</param>
public sealed record RoundEnd(string Job, long Number, bool Completed, string Reason, ImmutableArray<string> Survivors, string TranscriptRoot, ReadOnlyMemory<byte>? Model);
