using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Secrets;

namespace Tacit.Protocols.SecAgg.Phases;

/// <summary>Figure 4, Round 1, user: "Generate t-out-of-|U1| shares of s_u^SK and of b_u; for each other user v compute e_{u,v}; send all ciphertexts".</summary>
internal sealed class ShareKeysParticipant(Roster roster, IReadOnlyList<KeyBundle> neighbours, ParticipantSecrets secrets) : IRoundPhase
{
    private readonly RoundTerms terms = roster.Terms;
    private readonly HeldShares held = new();
    private Dictionary<PartyId, SecretBytes> channels = [];

    public Phase Phase => Phase.ShareKeys;

    public PhaseStep Enter(DateTimeOffset now)
    {
        ImmutableArray<PartyId> holders = roster.HoldersOf(secrets.Self);
        channels = SecAggKeySchedule.Channels(roster.Session, secrets.ChannelKey, secrets.Self, neighbours);
        using SecretBytes pairs = HeldShares.Split(secrets, terms.Protection.Threshold, holders);
        var items = ImmutableArray.CreateBuilder<(PartyId, ReadOnlyMemory<byte>)>(holders.Length);
        for (int i = 0; i < holders.Length; i++)
        {
            ReadOnlySpan<byte> pair = pairs.Span.Slice(i * SharePair.Bytes, SharePair.Bytes);
            if (holders[i] == secrets.Self)
            {
                held.Add(secrets.Self, pair);
                continue;
            }

            byte[] sealedPair = new byte[SecAggKeySchedule.SealedShareBytes];
            SecAggKeySchedule.Seal(channels[holders[i]], secrets.Self, holders[i], pair, sealedPair);
            items.Add((holders[i], sealedPair));
        }

        byte[] commitment = new byte[SealedShares.CommitmentBytes];
        SecAggKeySchedule.CommitToSelfMask(roster.Session, secrets.SelfMaskSeed.Span, secrets.Self, commitment);
        SealedShares message = new(commitment, items.DrainToImmutable());
        return new PhaseStep
        {
            Outbound = [new Envelope(terms.Id, Phase, secrets.Self, PartyId.Coordinator, message.Encode())],
            Deadline = terms.ParticipantDeadline(now),
        };
    }

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase != Phase) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"{message.Phase.Name()} is over or not yet open");
        if (!SealedShares.TryDecode(message.Payload, withCommitment: false, out SealedShares? shares)) return PhaseStep.Abort(FailureCodes.MalformedMessage, "the sealed shares are malformed", PartyId.Coordinator);

        // "Upon receiving the list of ciphertexts from the server, assert |U2| ≥ t": counted among those who hold shares of each other.
        ImmutableArray<PartyId> senders = [.. shares!.Items.Select(item => item.Party)];
        if (senders.FirstOrDefault(sender => !channels.ContainsKey(sender)) is { Value: > 0 } stranger)
        {
            return PhaseStep.Abort(FailureCodes.UnknownParty, $"shares from {stranger}, who is no neighbour of {secrets.Self}", PartyId.Coordinator);
        }

        int have = senders.Length + (terms.HasGraph() ? 0 : 1);
        if (have < terms.Protection.Threshold) return PhaseStep.Abort(FailureCodes.CohortBelowThreshold, $"share-keys: have {have} holders of shares, need {terms.Protection.Threshold}", PartyId.Coordinator);

        ImmutableArray<Incident> incidents = Open(shares);
        CloseChannels();
        return new PhaseStep { Incidents = incidents, Next = new MaskedInputParticipant(roster, secrets, held, senders) };
    }

    public PhaseStep Expire(DateTimeOffset now) =>
        PhaseStep.Abort(FailureCodes.CoordinatorSilent, $"no shares reached {secrets.Self} in time", PartyId.Coordinator);

    public void Dispose()
    {
        CloseChannels();
        held.Dispose();
        secrets.Dispose();
    }

    private void CloseChannels()
    {
        foreach (SecretBytes channel in channels.Values) channel.Dispose();
    }

    // A share that does not open is missing later; the round goes on as long as t others open.
    private ImmutableArray<Incident> Open(SealedShares shares)
    {
        using SecretBytes pair = new(SharePair.Bytes);
        var incidents = ImmutableArray.CreateBuilder<Incident>();
        foreach ((PartyId sender, ReadOnlyMemory<byte> sealedPair) in shares.Items)
        {
            if (!SecAggKeySchedule.TryOpen(channels[sender], secrets.Self, sender, sealedPair.Span, pair.Span))
            {
                incidents.Add(new Incident(sender, Phase, FailureCodes.ShareDecryptionFailed, $"the share of {sender} for {secrets.Self} does not open: altered, swapped or of another round"));
            }
            else if (!SharePair.IsPair(pair.Span))
            {
                incidents.Add(new Incident(sender, Phase, FailureCodes.InvalidShare, $"the share of {sender} for {secrets.Self} is not canonical"));
            }
            else
            {
                held.Add(sender, pair.Span);
            }
        }

        return incidents.DrainToImmutable();
    }
}

/// <summary>Round 1, server: "Collect lists of ciphertexts from at least t users (denote with U2 ⊆ U1). Send to each user v ∈ U2 all ciphertexts encrypted for it."</summary>
internal sealed class ShareKeysCoordinator(Roster roster, IParallelLoop loop) : IRoundPhase
{
    private readonly RoundTerms terms = roster.Terms;
    private readonly Dictionary<PartyId, ReadOnlyMemory<byte>> lists = [];   // as they came; not changed once they are passed on

    public Phase Phase => Phase.ShareKeys;

    public PhaseStep Enter(DateTimeOffset now) => new() { Deadline = now + terms.PhaseTimeout };

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase != Phase) return PhaseStep.Reject(message, message.Phase < Phase ? FailureCodes.RoundClosed : FailureCodes.MalformedMessage, $"round {terms.Round} is in phase {Phase.Name()}, not {message.Phase.Name()}");
        if (roster.Members.BinarySearch(message.From) < 0) return PhaseStep.Reject(message, FailureCodes.RoundClosed, $"{message.From} is not in the roster of round {terms.Round}");
        if (lists.ContainsKey(message.From)) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"{message.From} had already shared its keys");
        if (!SealedShares.TryDecode(message.Payload, withCommitment: true, out SealedShares? shares)) return PhaseStep.Reject(message, FailureCodes.MalformedMessage, "not a list of sealed shares");
        if (!shares!.Items.Select(item => item.Party).SequenceEqual(roster.Graph.NeighboursOf(message.From))) return PhaseStep.Reject(message, FailureCodes.UnknownParty, $"the shares of {message.From} are not for its neighbours");

        lists.Add(message.From, message.Payload.ToArray());
        return lists.Count == roster.Members.Length ? Close() : PhaseStep.Stay;
    }

    public PhaseStep Expire(DateTimeOffset now) => Close();

    public void Dispose()
    {
    }

    private PhaseStep Close()
    {
        int need = Math.Max(terms.Protection.Threshold, terms.LeastCohort());
        if (lists.Count < need) return PhaseStep.Abort(FailureCodes.CohortBelowThreshold, $"share-keys: have {lists.Count} participants, need {need}");

        ImmutableArray<PartyId> sharers = [.. roster.Members.Where(lists.ContainsKey)];
        ReadOnlyMemory<byte> commitments = sharers.SelectMany(sharer => lists[sharer].Slice(1, SealedShares.CommitmentBytes).ToArray()).ToArray();
        return new PhaseStep
        {
            Outbound = [.. sharers.Select(member => new Envelope(terms.Id, Phase, PartyId.Coordinator, member, Inbox(member)))],
            Next = new MaskedInputCoordinator(new Participation(roster, sharers, commitments), loop),
        };
    }

    private ReadOnlyMemory<byte> Inbox(PartyId recipient)
    {
        IEnumerable<PartyId> Senders() => roster.Graph.NeighboursOf(recipient).Where(lists.ContainsKey);
        return DeferredPayload.Of(
            SealedShares.EncodedBytes(0, Senders().Count()), () => SealedShares.Forward(recipient, [.. Senders().Select(sender => (sender, lists[sender]))]));
    }
}
