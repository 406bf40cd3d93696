using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Signatures;

namespace Tacit.Protocols.SecAgg.Phases;

/// <summary>Figure 4, Round 3, user: "Receive from the server a list U3 ⊆ U2 … verify |U3| ≥ t … generate σ'_u ← SIG.sign(d_u^SK, U3), send it".</summary>
internal sealed class ConsistencyCheckParticipant(Survival survival, ImmutableArray<PartyId> survivors) : IRoundPhase
{
    public Phase Phase => Phase.ConsistencyCheck;

    /// <summary>Checks the survivors that the coordinator names and goes on, or refuses.</summary>
    public static PhaseStep Answer(Survival survival, Envelope message, DateTimeOffset now)
    {
        WireReader reader = new(message.Payload.Span);
        if (message.Phase != Phase.ConsistencyCheck) return PhaseStep.Abort(FailureCodes.UnmaskRequestRefused, $"{survival.Self} is asked for {message.Phase.Name()} without the consistency check", PartyId.Coordinator);
        if (!reader.TryByte(out byte kind) || kind != (byte)MessageKind.Survivors || !survival.Roster.TryReadBitmap(ref reader, out ImmutableArray<PartyId> survivors) || !reader.AtEnd)
        {
            return PhaseStep.Abort(FailureCodes.MalformedMessage, "the survivors are malformed", PartyId.Coordinator);
        }

        return SurvivorChecks.Find(survival, survivors) is { } wrong ? wrong : new PhaseStep { Next = new ConsistencyCheckParticipant(survival, survivors) };
    }

    public PhaseStep Enter(DateTimeOffset now)
    {
        byte[] signature = survival.Secrets.Identity!.Sign(SurvivorStatement.Of(survival.Roster, survivors));
        WireWriter writer = new();
        writer.Byte((byte)MessageKind.Signature).Bytes(signature);
        return new PhaseStep
        {
            Outbound = [new Envelope(survival.Terms.Id, Phase, survival.Self, PartyId.Coordinator, writer.Written)],
            Deadline = survival.Terms.ParticipantDeadline(now),
        };
    }

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase < Phase) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"{message.Phase.Name()} is over");
        if (message.Phase > Phase) return UnmaskingParticipant.Answer(survival, survivors, message);

        // Signing a second set is what the split-view attack needs: the same set again is a duplicate, another one ends the round.
        WireReader reader = new(message.Payload.Span);
        bool same = reader.TryByte(out _) && survival.Roster.TryReadBitmap(ref reader, out ImmutableArray<PartyId> again) && again.SequenceEqual(survivors);
        return same
            ? PhaseStep.Reject(message, FailureCodes.DuplicateMessage, "the survivors came twice")
            : PhaseStep.Abort(FailureCodes.SurvivorsInconsistent, $"{survival.Self} was shown two survivor sets", PartyId.Coordinator);
    }

    public PhaseStep Expire(DateTimeOffset now) =>
        PhaseStep.Abort(FailureCodes.CoordinatorSilent, $"no unmask request reached {survival.Self} in time", PartyId.Coordinator);

    public void Dispose() => survival.Dispose();
}

/// <summary>Round 3, server: "Collect σ'_u from at least t users (denote with U4 ⊆ U3). Send to each user in U4 the set {v, σ'_v}_{v∈U4}."</summary>
internal sealed class ConsistencyCheckCoordinator(MaskedSum masked, IParallelLoop loop) : IRoundPhase
{
    private readonly RoundTerms terms = masked.Terms;
    private readonly byte[] statement = SurvivorStatement.Of(masked.Roster, masked.Survivors);
    private readonly Dictionary<PartyId, byte[]> signatures = [];

    public Phase Phase => Phase.ConsistencyCheck;

    public PhaseStep Enter(DateTimeOffset now)
    {
        WireWriter writer = new();
        writer.Byte((byte)MessageKind.Survivors).Bytes(masked.Roster.ToBitmap(masked.Survivors));
        return new PhaseStep
        {
            Outbound = [.. masked.Survivors.Select(survivor => new Envelope(terms.Id, Phase, PartyId.Coordinator, survivor, writer.Written))],
            Deadline = now + terms.PhaseTimeout,
        };
    }

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase != Phase) return PhaseStep.Reject(message, message.Phase < Phase ? FailureCodes.RoundClosed : FailureCodes.MalformedMessage, $"round {terms.Round} is in phase {Phase.Name()}, not {message.Phase.Name()}");
        if (!masked.IsSurvivor(message.From)) return PhaseStep.Reject(message, FailureCodes.RoundClosed, $"{message.From} is not a survivor of round {terms.Round}");
        if (signatures.ContainsKey(message.From)) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"{message.From} had already signed");

        WireReader reader = new(message.Payload.Span);
        if (!reader.TryByte(out byte kind) || kind != (byte)MessageKind.Signature || !reader.TryBytes(VerificationKey.SignatureBytes, out ReadOnlySpan<byte> signature) || !reader.AtEnd)
        {
            return PhaseStep.Reject(message, FailureCodes.MalformedMessage, "not a signature");
        }

        terms.TryGetMember(message.From, out CohortMember? member);
        if (!member!.Identity!.Verify(statement, signature))
        {
            return PhaseStep.Reject(message, FailureCodes.IdentitySignatureInvalid, $"{message.From} signed another survivor set or with another key");
        }

        signatures.Add(message.From, signature.ToArray());
        return signatures.Count == masked.Survivors.Length ? Close() : PhaseStep.Stay;
    }

    public PhaseStep Expire(DateTimeOffset now) => Close();

    public void Dispose() => masked.Sum.Clear();

    private PhaseStep Close()
    {
        if (signatures.Count < terms.Protection.Threshold) return PhaseStep.Abort(FailureCodes.CohortBelowThreshold, $"consistency-check: have {signatures.Count} signatures, need {terms.Protection.Threshold}");
        return new PhaseStep { Next = new UnmaskingCoordinator(masked, [.. masked.Survivors.Where(signatures.ContainsKey)], signatures, loop) };
    }
}
