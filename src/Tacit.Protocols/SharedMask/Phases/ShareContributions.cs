using System.Buffers.Binary;
using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Encryption;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Secrets;

namespace Tacit.Protocols.SharedMask.Phases;

/// <summary>Step 2, participant: send r_i to each other participant, sealed for it; open theirs and check each against its commitment.</summary>
/// <remarks>
/// Keys are bound to the roster as each side saw it, so a coordinator that showed two participants different ones is found out here: nothing opens. A participant
/// that sent different r_i to different peers does not fit its commitment at one of them.
/// </remarks>
internal sealed class ShareContributionsParticipant(SharedMaskParticipant participant, SharedMaskRoster roster) : IRoundPhase
{
    private const string ChannelLabel = "tacit/shared-mask/contribution-channel/1";

    // A key seals one message, so a constant nonce is used once.
    private static readonly byte[] nonce = new byte[AuthenticatedEncryption.NonceBytes];

    private readonly ImmutableArray<byte> session = roster.Session(participant.Terms, participant.Segments);
    private readonly ImmutableArray<SharedMaskBundle> peers = [.. roster.Bundles.Where(bundle => bundle.Owner != participant.Self)];
    private readonly SecretBytes agreed = new((roster.Bundles.Length - 1) * AgreementKey.SharedSecretBytes);

    public Phase Phase => Phase.ShareKeys;

    public PhaseStep Enter(DateTimeOffset now)
    {
        participant.Key.AgreeWithAll([.. peers.Select(peer => peer.Key)], agreed.Span);
        var items = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(peers.Length);
        for (int i = 0; i < peers.Length; i++)
        {
            byte[] item = new byte[SealedContributions.ItemBytes];
            using SecretBytes key = ChannelKey(i, participant.Self, peers[i].Owner);
            AuthenticatedEncryption.Seal(key.Span, nonce, participant.Contribution.Span, session.AsSpan(), item);
            items.Add(item);
        }

        return new PhaseStep { Outbound = [participant.ToCoordinator(Phase, new SealedContributions(items.MoveToImmutable()).Encode())], Deadline = participant.Deadline(now) };
    }

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase != Phase) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"{message.Phase.Name()} is over or not yet open");
        if (!SealedContributions.TryDecode(participant.Terms, message.Payload, out SealedContributions? sealedContributions)) return PhaseStep.Abort(FailureCodes.MalformedMessage, "the sealed contributions are malformed", PartyId.Coordinator);
        using SecretBytes all = new(roster.Bundles.Length * SharedMaskKeys.SecretSize);
        int peer = 0;
        for (int i = 0; i < roster.Bundles.Length; i++)
        {
            Span<byte> contribution = all.Span.Slice(i * SharedMaskKeys.SecretSize, SharedMaskKeys.SecretSize);
            if (roster.Bundles[i].Owner == participant.Self) participant.Contribution.Span.CopyTo(contribution);
            else if (Open(peer, sealedContributions!.Items[peer++], contribution) is { } wrong) return wrong;
        }

        var keys = SharedMaskKeys.From(participant.Self, participant.Key, [.. peers.Select(bundle => (bundle.Owner, bundle.Key))], all.Span, session);
        agreed.Dispose();
        return new PhaseStep { Next = new MaskedInputParticipant(participant, keys) };
    }

    public PhaseStep Expire(DateTimeOffset now) => PhaseStep.Abort(FailureCodes.CoordinatorSilent, $"no contributions reached {participant.Self} in time", PartyId.Coordinator);

    public void Dispose()
    {
        agreed.Dispose();
        participant.Dispose();
    }

    private PhaseStep? Open(int peer, ReadOnlyMemory<byte> item, Span<byte> contribution)
    {
        PartyId sender = peers[peer].Owner;
        using SecretBytes key = ChannelKey(peer, sender, participant.Self);
        if (!AuthenticatedEncryption.TryOpen(key.Span, nonce, item.Span, session.AsSpan(), contribution))
        {
            return PhaseStep.Abort(FailureCodes.ShareDecryptionFailed, $"the contribution of {sender} does not open: it was altered, or {sender} was shown another roster", sender, PartyId.Coordinator);
        }

        return SharedMaskBundle.Commit(participant.Terms, sender, contribution).AsSpan().SequenceEqual(peers[peer].Commitment.AsSpan())
            ? null
            : PhaseStep.Abort(FailureCodes.InvalidShare, $"the contribution of {sender} is not the one it committed to", sender);
    }

    private SecretBytes ChannelKey(int peer, PartyId from, PartyId to)
    {
        Span<byte> context = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(context, from.Value);
        BinaryPrimitives.WriteInt32LittleEndian(context[4..], to.Value);
        SecretBytes key = new(AuthenticatedEncryption.KeyBytes);
        KeyDerivation.Derive(agreed.Span.Slice(peer * AgreementKey.SharedSecretBytes, AgreementKey.SharedSecretBytes), session.AsSpan(), ChannelLabel, context, key.Span);
        return key;
    }
}

/// <summary>Step 2, coordinator: collect everybody's sealed contributions and pass each to whom it is for; it cannot open any.</summary>
internal sealed class ShareContributionsCoordinator(SharedMaskCoordinator coordinator) : IRoundPhase
{
    private readonly Dictionary<PartyId, SealedContributions> lists = [];

    public Phase Phase => Phase.ShareKeys;

    public PhaseStep Enter(DateTimeOffset now) => new() { Deadline = now + coordinator.Terms.PhaseTimeout };

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase != Phase) return coordinator.Wrong(Phase, message);
        if (lists.ContainsKey(message.From)) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"{message.From} had already contributed");
        if (!SealedContributions.TryDecode(coordinator.Terms, message.Payload, out SealedContributions? list)) return PhaseStep.Reject(message, FailureCodes.MalformedMessage, "not a list of sealed contributions");
        lists.Add(message.From, list!);
        if (lists.Count < coordinator.Members.Length) return PhaseStep.Stay;
        return new PhaseStep
        {
            Outbound = [.. coordinator.Members.Select((member, to) => new Envelope(coordinator.Terms.Id, Phase, PartyId.Coordinator, member, Inbox(to)))],
            Next = new MaskedInputCoordinator(coordinator),
        };
    }

    public PhaseStep Expire(DateTimeOffset now) => coordinator.Incomplete(Phase, lists.Keys);

    public void Dispose()
    {
    }

    // A sender's list leaves itself out, so those after it are one place earlier.
    private ReadOnlyMemory<byte> Inbox(int to) => new SealedContributions(
    [
        .. Enumerable.Range(0, coordinator.Members.Length).Where(from => from != to).Select(from => lists[coordinator.Members[from]].Items[to < from ? to : to - 1]),
    ]).Encode();
}
