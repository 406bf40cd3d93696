using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Rings;
using Tacit.Protocols.Uploads;

namespace Tacit.Protocols.SharedMask.Phases;

/// <summary>Step 3, participant: y_i ← x_i + Σ_j ± PRG(s_ij) (the first: + PRG(group)), send y_i. Step 4: take PRG(group) off what comes back.</summary>
internal sealed class MaskedInputParticipant(SharedMaskParticipant participant, SharedMaskKeys keys) : IRoundPhase
{
    private readonly InputUpload upload = new(participant.Terms, participant.Self, participant.Vector);
    private bool uploaded;

    public Phase Phase => Phase.MaskedInput;

    private long Round => participant.Terms.Round;

    public PhaseStep Enter(DateTimeOffset now)
    {
        participant.ForEachSegment(participant.Vector, (part, label) => keys.Mask(part, label, Round, participant.Loop));
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

        if (message.Phase != Phase.Unmasking || !uploaded) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"{message.Phase.Name()} is over or not yet open");
        if (!MaskedSumMessage.TryDecode(participant.Terms, message.Payload.Span, out ModularVector? sum)) return PhaseStep.Abort(FailureCodes.MalformedMessage, "the masked sum is malformed", PartyId.Coordinator);
        participant.ForEachSegment(sum!, (part, label) => keys.Unmask(part, label, Round, participant.Loop));
        return new PhaseStep { Outcome = new RoundOutcome.Completed(sum, [.. participant.Terms.Cohort.Select(member => member.Id)], []) };
    }

    public PhaseStep Expire(DateTimeOffset now) => PhaseStep.Abort(FailureCodes.CoordinatorSilent, $"no sum reached {participant.Self} in time", PartyId.Coordinator);

    public void Dispose()
    {
        keys.Dispose();
        participant.Dispose();
    }

    // Uploads of several chunks take turns: before and after its own, each may see every other one run into its deadline.
    private DateTimeOffset UploadDeadline(DateTimeOffset now) =>
        participant.Deadline(now) + (upload.NeedsRoom ? participant.Terms.Cohort.Length * participant.Terms.PhaseTimeout : TimeSpan.Zero);
}

/// <summary>Steps 3 and 4, coordinator: add the masked inputs of everybody, add noise, send the masked sum to all.</summary>
internal sealed class MaskedInputCoordinator(SharedMaskCoordinator coordinator) : IRoundPhase
{
    private readonly UploadCollector uploads = new(coordinator.Terms, coordinator.Members);

    public Phase Phase => Phase.MaskedInput;

    public PhaseStep Enter(DateTimeOffset now) => uploads.Begin(now);

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase != Phase) return coordinator.Wrong(Phase, message);
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
        if (uploads.Finished.Length < coordinator.Members.Length) return coordinator.Incomplete(Phase, uploads.Finished);
        coordinator.Noise?.Invoke(uploads.Sum);
        ReadOnlyMemory<byte> payload = MaskedSumMessage.Encode(uploads.Sum);
        return new PhaseStep
        {
            Outbound = [.. coordinator.Members.Select(member => new Envelope(coordinator.Terms.Id, Phase.Unmasking, PartyId.Coordinator, member, payload))],
            Outcome = new RoundOutcome.Completed(null, coordinator.Members, []),
        };
    }
}
