using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.KeyAgreement;

namespace Tacit.Protocols.SharedMask.Phases;

/// <summary>Step 1, participant: draw a key pair and r_i, send the public key and a commitment to r_i.</summary>
internal sealed class AgreeKeysParticipant(SharedMaskParticipant participant) : IRoundPhase
{
    private SharedMaskBundle? own;

    public Phase Phase => Phase.AdvertiseKeys;

    public PhaseStep Enter(DateTimeOffset now)
    {
        own = new SharedMaskBundle(participant.Self, participant.Key.PublicPoint, SharedMaskBundle.Commit(participant.Terms, participant.Self, participant.Contribution.Span));
        return new PhaseStep { Outbound = [participant.ToCoordinator(Phase, SharedMaskBundle.Encode(own))], Deadline = participant.Deadline(now) };
    }

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase != Phase) return PhaseStep.Reject(message, FailureCodes.MalformedMessage, $"{message.Phase.Name()} before any keys");
        if (!SharedMaskRoster.TryDecode(participant.Terms, message.Payload.Span, out SharedMaskRoster? roster)) return PhaseStep.Abort(FailureCodes.MalformedMessage, "the roster is malformed", PartyId.Coordinator);
        SharedMaskBundle mine = roster!.Bundles.First(bundle => bundle.Owner == participant.Self);
        bool isMine = mine.Key.Equals(own!.Key) && mine.Commitment.AsSpan().SequenceEqual(own.Commitment.AsSpan());
        bool distinct = roster.Bundles.Select(bundle => bundle.Key).Distinct().Count() == roster.Bundles.Length;
        return isMine && distinct
            ? new PhaseStep { Next = new ShareContributionsParticipant(participant, roster) }
            : PhaseStep.Abort(FailureCodes.DuplicateKey, $"the roster has another key or commitment for {participant.Self}, or one key for two", PartyId.Coordinator);
    }

    public PhaseStep Expire(DateTimeOffset now) => PhaseStep.Abort(FailureCodes.CoordinatorSilent, $"no roster reached {participant.Self} in time", PartyId.Coordinator);

    public void Dispose() => participant.Dispose();
}

/// <summary>Step 1, coordinator: collect the bundles of everybody, send all to all.</summary>
internal sealed class AgreeKeysCoordinator(SharedMaskCoordinator coordinator) : IRoundPhase
{
    private readonly Dictionary<PartyId, SharedMaskBundle> bundles = [];
    private readonly HashSet<P256Point> keys = [];

    public Phase Phase => Phase.AdvertiseKeys;

    public PhaseStep Enter(DateTimeOffset now) => new() { Deadline = now + coordinator.Terms.PhaseTimeout };

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase != Phase) return coordinator.Wrong(Phase, message);
        if (bundles.ContainsKey(message.From)) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"{message.From} had already advertised a key");
        if (!SharedMaskBundle.TryDecode(message.From, message.Payload.Span, out SharedMaskBundle? bundle)) return PhaseStep.Reject(message, FailureCodes.MalformedMessage, $"the key bundle of {message.From} is refused");
        if (!keys.Add(bundle!.Key)) return PhaseStep.Reject(message, FailureCodes.DuplicateKey, $"the key of {message.From} belongs to another participant already");
        bundles.Add(message.From, bundle);
        if (bundles.Count < coordinator.Members.Length) return PhaseStep.Stay;

        ReadOnlyMemory<byte> payload = new SharedMaskRoster([.. coordinator.Members.Select(member => bundles[member])]).Encode();
        return new PhaseStep
        {
            Outbound = [.. coordinator.Members.Select(member => new Envelope(coordinator.Terms.Id, Phase, PartyId.Coordinator, member, payload))],
            Next = new ShareContributionsCoordinator(coordinator),
        };
    }

    public PhaseStep Expire(DateTimeOffset now) => coordinator.Incomplete(Phase, bundles.Keys);

    public void Dispose()
    {
    }
}
