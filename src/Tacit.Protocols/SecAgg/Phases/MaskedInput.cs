using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Protocols.Uploads;

namespace Tacit.Protocols.SecAgg.Phases;

/// <summary>Figure 4, Round 2, user: "compute p_{u,v}, p_u and y_u ← x_u + p_u + Σ_{v∈U2} p_{u,v} (mod R), send y_u".</summary>
internal sealed class MaskedInputParticipant(Roster roster, ParticipantSecrets secrets, HeldShares held, ImmutableArray<PartyId> sharers) : IRoundPhase
{
    private readonly RoundTerms terms = roster.Terms;
    private readonly InputUpload upload = new(roster.Terms, secrets.Self, secrets.Vector);
    private bool uploaded;

    public Phase Phase => Phase.MaskedInput;

    public PhaseStep Enter(DateTimeOffset now)
    {
        Mask();
        uploaded = !upload.NeedsRoom;
        return new PhaseStep { Outbound = upload.First(), Deadline = UploadDeadline(now) };
    }

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase == Phase && InputUpload.IsGrant(message) && !uploaded)
        {
            uploaded = true;
            return new PhaseStep { Outbound = upload.Chunks(), Deadline = UploadDeadline(now) };
        }

        if (message.Phase <= Phase) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"{message.Phase.Name()} is over");
        if (!uploaded) return PhaseStep.Abort(FailureCodes.SurvivorsInconsistent, $"survivors were named before the input of {secrets.Self} was taken", PartyId.Coordinator);

        Survival survival = new(roster, secrets, held, sharers);
        return terms.IsMalicious() ? ConsistencyCheckParticipant.Answer(survival, message, now) : UnmaskingParticipant.Answer(survival, null, message);
    }

    public PhaseStep Expire(DateTimeOffset now) =>
        PhaseStep.Abort(FailureCodes.CoordinatorSilent, $"the input of {secrets.Self} was not taken or not followed up in time", PartyId.Coordinator);

    public void Dispose()
    {
        held.Dispose();
        secrets.Dispose();
    }

    // Uploads of several chunks take turns: before and after its own, each may see every other one run into its deadline.
    private DateTimeOffset UploadDeadline(DateTimeOffset now) =>
        terms.ParticipantDeadline(now) + (upload.NeedsRoom ? terms.Cohort.Length * terms.PhaseTimeout : TimeSpan.Zero);

    private void Mask()
    {
        var masks = new MaskTerm[sharers.Length + 1];
        Keystream[] pairMasks = SecAggKeySchedule.PairMasks(roster, secrets.MaskKey, secrets.Self, sharers);
        for (int i = 0; i < sharers.Length; i++)
        {
            masks[i] = new MaskTerm(pairMasks[i], subtract: secrets.Self < sharers[i]);   // "where Δ_{u,v} = 1 when u > v, and −1 when u < v"
        }

        masks[^1] = new MaskTerm(SecAggKeySchedule.SelfMask(roster.Session, secrets.SelfMaskSeed.Span, secrets.Self), subtract: false);
        MaskExpansion.Accumulate(secrets.Vector, masks, secrets.Loop);
        foreach (MaskTerm mask in masks) mask.Stream.Dispose();
        secrets.MaskKey.Dispose();
        secrets.SelfMaskSeed.Dispose();
    }
}

/// <summary>Round 2, server: "Collect y_u from at least t users (denote with U3 ⊆ U2). Send to each user in U3 the list U3."</summary>
internal sealed class MaskedInputCoordinator(Participation participation, IParallelLoop loop) : IRoundPhase
{
    private readonly RoundTerms terms = participation.Terms;
    private readonly UploadCollector uploads = new(participation.Terms, participation.Sharers);

    public Phase Phase => Phase.MaskedInput;

    public PhaseStep Enter(DateTimeOffset now) => uploads.Begin(now);

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase != Phase) return PhaseStep.Reject(message, message.Phase < Phase ? FailureCodes.RoundClosed : FailureCodes.MalformedMessage, $"round {terms.Round} is in phase {Phase.Name()}, not {message.Phase.Name()}");
        PhaseStep step = uploads.Receive(message, now);
        return uploads.AllSettled ? Close() : step;
    }

    public PhaseStep Expire(DateTimeOffset now)
    {
        PhaseStep step = uploads.Expire(now);
        return step.Deadline is null ? Close() : step;
    }

    public void Dispose()
    {
    }

    private PhaseStep Close()
    {
        ImmutableArray<PartyId> survivors = uploads.Finished;
        int need = Math.Max(terms.Protection.Threshold, terms.LeastCohort());
        if (survivors.Length < need) return PhaseStep.Abort(FailureCodes.CohortBelowThreshold, $"masked-input: have {survivors.Length} inputs, need {need}");

        MaskedSum masked = new(participation, uploads.Sum, survivors);
        return new PhaseStep { Next = terms.IsMalicious() ? new ConsistencyCheckCoordinator(masked, loop) : new UnmaskingCoordinator(masked, survivors, ImmutableDictionary<PartyId, byte[]>.Empty, loop) };
    }
}
