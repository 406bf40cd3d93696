using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.Rings;

namespace Tacit.Protocols.SecAgg;

/// <summary>What the coordinator has after the uploads: Σ y_u over U3, and who is in it.</summary>
/// <param name="Participation">U1, U2 and the graph.</param>
/// <param name="Sum">Masked; unmasked in place.</param>
/// <param name="Survivors">U3, ascending.</param>
internal sealed record MaskedSum(Participation Participation, ModularVector Sum, ImmutableArray<PartyId> Survivors)
{
    public Roster Roster => Participation.Roster;

    public RoundTerms Terms => Participation.Terms;

    /// <summary>U2 \ U3.</summary>
    public ImmutableArray<PartyId> Dropped { get; } = [.. Participation.Sharers.Where(sharer => Survivors.BinarySearch(sharer) < 0)];

    public bool IsSurvivor(PartyId party) => Survivors.BinarySearch(party) >= 0;
}

/// <summary>What a participant knows when it is asked who survived.</summary>
/// <param name="Roster">U1 and the graph.</param>
/// <param name="Secrets">Its own.</param>
/// <param name="Held">The shares it holds.</param>
/// <param name="Sharers">N(u) ∩ U2.</param>
internal sealed record Survival(Roster Roster, ParticipantSecrets Secrets, HeldShares Held, ImmutableArray<PartyId> Sharers) : IDisposable
{
    public RoundTerms Terms => Roster.Terms;

    public PartyId Self => Secrets.Self;

    public void Dispose()
    {
        Held.Dispose();
        Secrets.Dispose();
    }

    public override string ToString() => "<redacted>";
}

/// <summary>What is signed in the consistency check: the session (round, model, roster) and the survivors.</summary>
internal static class SurvivorStatement
{
    public static byte[] Of(Roster roster, ImmutableArray<PartyId> survivors)
    {
        using TranscriptHash hash = new("tacit/secagg/consistency-check/1");
        return hash.Append("session", roster.Session.Digest.AsSpan()).Append("survivors", roster.ToBitmap(survivors)).Digest();
    }
}
