using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Rings;

namespace Tacit.Aggregation.Rounds;

/// <summary>How a round ended for one party: <see cref="Completed"/> or <see cref="Aborted"/>, nothing else.</summary>
public abstract record RoundOutcome
{
    private RoundOutcome()
    {
    }

    /// <summary>The round gave an aggregate.</summary>
    /// <param name="Sum">The sum of the included inputs modulo 2ᵇ; null where this party does not learn it: at a participant, or in shared-mask rounds at the coordinator.</param>
    /// <param name="Included">Whose inputs are in the sum, ascending.</param>
    /// <param name="Dropped">Who stopped answering, and when.</param>
    public sealed record Completed(ModularVector? Sum, ImmutableArray<PartyId> Included, ImmutableArray<Dropout> Dropped) : RoundOutcome;

    /// <summary>The round gave nothing. It is never retried: a new round has new secrets.</summary>
    /// <param name="Reason">The stable code.</param>
    /// <param name="Detail">One line: have and need, who and when.</param>
    /// <param name="Culprits">Who is held to have caused it; empty if nobody did wrong.</param>
    public sealed record Aborted(FailureCode Reason, string Detail, ImmutableArray<PartyId> Culprits) : RoundOutcome;
}
