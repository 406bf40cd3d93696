using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Signatures;

namespace Tacit.Protocols.SecAgg.Phases;

/// <summary>Figure 4, Round 4, user: "verify U4 ⊆ U3, |U4| ≥ t and all signatures; send s^SK_{v,u} for v ∈ U2 \ U3 and b_{v,u} for v ∈ U3".</summary>
/// <remarks>The answer ends the participant's round, so there is no second one.</remarks>
internal static class UnmaskingParticipant
{
    /// <summary>Checks the request and answers it, or refuses.</summary>
    /// <param name="survival">What the participant knows.</param>
    /// <param name="signed">The survivors that it signed; null in semi-honest mode.</param>
    /// <param name="message">The request.</param>
    public static PhaseStep Answer(Survival survival, ImmutableArray<PartyId>? signed, Envelope message)
    {
        if (message.Phase != Phase.Unmasking) return PhaseStep.Reject(message, FailureCodes.MalformedMessage, $"{message.Phase.Name()} instead of unmasking");
        if (!UnmaskRequest.TryDecode(survival.Roster, message.Payload.Span, out UnmaskRequest? request)) return Refuse(FailureCodes.MalformedMessage, "the unmask request is malformed");
        if (Find(survival, signed, request!) is { } wrong) return wrong;

        var items = ImmutableArray.CreateBuilder<(PartyId, ShareKind, ReadOnlyMemory<byte>)>();
        foreach (PartyId owner in survival.Roster.HoldersOf(survival.Self))
        {
            ShareKind kind = request!.Survivors.BinarySearch(owner) >= 0 ? ShareKind.SelfMask : ShareKind.MaskKey;
            if (survival.Held.TryGet(owner, kind, out ReadOnlySpan<byte> share)) items.Add((owner, kind, share.ToArray()));
        }

        return new PhaseStep
        {
            Outbound = [new Envelope(survival.Terms.Id, Phase.Unmasking, survival.Self, PartyId.Coordinator, new UnmaskResponse(items.DrainToImmutable()).Encode())],
            Outcome = new RoundOutcome.Completed(null, request!.Survivors, [.. request.Dropped.Select(party => new Dropout(party, Phase.MaskedInput, Recovered: true))]),
        };
    }

    private static PhaseStep? Find(Survival survival, ImmutableArray<PartyId>? signed, UnmaskRequest request)
    {
        if (signed is { } set && !request.Survivors.SequenceEqual(set)) return Refuse(FailureCodes.SurvivorsInconsistent, $"{survival.Self} signed other survivors than it is asked to unmask");
        if (SurvivorChecks.Find(survival, request.Survivors) is { } wrong) return wrong;
        if (request.Survivors.FirstOrDefault(party => request.Dropped.BinarySearch(party) >= 0) is { Value: > 0 } both)
        {
            return Refuse(FailureCodes.UnmaskRequestRefused, $"both shares of {both} are asked for: {both} is on both lists");
        }

        if (survival.Sharers.FirstOrDefault(party => request.Survivors.BinarySearch(party) < 0 && request.Dropped.BinarySearch(party) < 0) is { Value: > 0 } neither)
        {
            return Refuse(FailureCodes.UnmaskRequestRefused, $"{neither} is on neither list");
        }

        return signed is null ? null : FindUnsigned(survival, request);
    }

    private static PhaseStep? FindUnsigned(Survival survival, UnmaskRequest request)
    {
        byte[] statement = SurvivorStatement.Of(survival.Roster, request.Survivors);
        ImmutableArray<PartyId> holders = survival.Roster.HoldersOf(survival.Self);
        List<SignatureClaim> claims = [];
        foreach ((PartyId party, ReadOnlyMemory<byte> signature) in request.Signatures)
        {
            if (holders.BinarySearch(party) < 0 || request.Survivors.BinarySearch(party) < 0) return Refuse(FailureCodes.UnknownParty, $"a signature of {party}, who is no surviving neighbour of {survival.Self}");
            survival.Terms.TryGetMember(party, out CohortMember? member);
            claims.Add(new SignatureClaim(member!.Identity!, statement, signature));
        }

        if (SignatureBatch.FirstInvalid(claims) is >= 0 and int other) return Refuse(FailureCodes.SurvivorsInconsistent, $"{request.Signatures[other].Party} did not sign these survivors: participants were shown different sets");
        int need = survival.Terms.Protection.Threshold;
        return claims.Count < need ? Refuse(FailureCodes.CohortBelowThreshold, $"consistency-check: have {claims.Count} signatures of neighbours, need {need}") : null;
    }

    private static PhaseStep Refuse(FailureCode code, string detail) => PhaseStep.Abort(code, detail, PartyId.Coordinator);
}

/// <summary>Round 4, server: "Collect responses from at least t users (denote with U5). For each u ∈ U2 \ U3 reconstruct s_u^SK, for each u ∈ U3 reconstruct b_u, and compute and output z."</summary>
internal sealed class UnmaskingCoordinator(
    MaskedSum masked, ImmutableArray<PartyId> asked, IReadOnlyDictionary<PartyId, byte[]> signatures, IParallelLoop loop) : IRoundPhase
{
    private readonly RoundTerms terms = masked.Terms;
    private readonly OpenedShares opened = new(masked);

    public Phase Phase => Phase.Unmasking;

    public PhaseStep Enter(DateTimeOffset now) => new()
    {
        Outbound = Requests(),
        Deadline = now + terms.PhaseTimeout,
    };

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase != Phase) return PhaseStep.Reject(message, FailureCodes.RoundClosed, $"round {terms.Round} is in phase {Phase.Name()}: {message.Phase.Name()} is closed");
        if (asked.BinarySearch(message.From) < 0) return PhaseStep.Reject(message, FailureCodes.RoundClosed, $"{message.From} was not asked to unmask");
        if (opened.HasAnswered(message.From)) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"{message.From} had already answered");
        if (!UnmaskResponse.TryDecode(message.Payload, out UnmaskResponse? response)) return PhaseStep.Reject(message, FailureCodes.MalformedMessage, "not an unmask response");
        if (opened.Find(message.From, response!) is { } wrong) return PhaseStep.Reject(message, FailureCodes.InvalidShare, wrong);

        opened.Add(message.From, message.Payload.Span);
        return opened.Answers == asked.Length ? Close() : PhaseStep.Stay;
    }

    public PhaseStep Expire(DateTimeOffset now) => Close();

    public void Dispose() => opened.Dispose();

    // The survivors and the dropped are the same for everybody: their bitmaps are made once.
    private ImmutableArray<Envelope> Requests()
    {
        byte[] survivors = masked.Roster.ToBitmap(masked.Survivors), dropped = masked.Roster.ToBitmap(masked.Dropped);
        ReadOnlyMemory<byte> shared = UnmaskRequest.Encode(survivors, dropped, []);
        return [.. asked.Select(party => new Envelope(terms.Id, Phase, PartyId.Coordinator, party, signatures.Count == 0 ? shared : UnmaskRequest.Encode(survivors, dropped, Near(party))))];
    }

    private ImmutableArray<(PartyId, ReadOnlyMemory<byte>)> Near(PartyId party) =>
        [.. masked.Roster.HoldersOf(party).Where(signatures.ContainsKey).Select(holder => (holder, (ReadOnlyMemory<byte>)signatures[holder]))];

    private PhaseStep Close()
    {
        if (opened.Answers < terms.Protection.Threshold) return Fail(PhaseStep.Abort(FailureCodes.CohortBelowThreshold, $"unmasking: have {opened.Answers} answers, need {terms.Protection.Threshold}"));

        Unmasker unmasker = new(masked, opened, loop);
        if (unmasker.Run() is { } failed) return Fail(failed with { Incidents = unmasker.Incidents });
        return new PhaseStep
        {
            Outcome = new RoundOutcome.Completed(masked.Sum, masked.Survivors, Dropouts.Of(masked, asked, opened)),
            Incidents = unmasker.Incidents,
        };
    }

    private PhaseStep Fail(PhaseStep step)
    {
        masked.Sum.Clear();
        return step;
    }
}
