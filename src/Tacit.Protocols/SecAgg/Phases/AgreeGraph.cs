using System.Collections.Immutable;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Parallelism;

namespace Tacit.Protocols.SecAgg.Phases;

/// <summary>
/// The second half of advertise-keys in graph protocols: Bell et al. 2020 let an honest server draw the graph; here everybody's coins do.
/// U1 is fixed by the commitments before a coin is revealed, so one honest participant's coins make the graph uniform.
/// </summary>
internal sealed class AgreeGraphParticipant(RoundTerms terms, ParticipantSecrets secrets, KeyBundle own, byte[] coins, GraphCommitments commitments) : IRoundPhase
{
    private ReadOnlyMemory<byte>? revealedCoins, neighbourKeys;

    public Phase Phase => Phase.AdvertiseKeys;

    public PhaseStep Enter(DateTimeOffset now)
    {
        int need = Math.Max(terms.Protection.Threshold, terms.LeastCohort());
        if (commitments.Items.Length < need) return PhaseStep.Abort(FailureCodes.CohortBelowThreshold, $"advertise-keys: have {commitments.Items.Length} participants, need {need}", PartyId.Coordinator);
        if (!commitments.Items.Any(item => item.Owner == secrets.Self && item.Commitment.AsSpan().SequenceEqual(own.Commitment)))
        {
            return PhaseStep.Abort(FailureCodes.GraphInconsistent, $"the commitments leave out or alter the one of {secrets.Self}", PartyId.Coordinator);
        }

        WireWriter writer = new();
        writer.Byte((byte)MessageKind.Reveal).Bytes(coins);
        return new PhaseStep
        {
            Outbound = [new Envelope(terms.Id, Phase, secrets.Self, PartyId.Coordinator, writer.Written)],
            Deadline = terms.ParticipantDeadline(now),
        };
    }

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        ReadOnlySpan<byte> payload = message.Payload.Span;
        if (message.Phase != Phase || payload.IsEmpty) return PhaseStep.Reject(message, FailureCodes.MalformedMessage, $"{message.Phase.Name()} before the graph was drawn");
        if (payload[0] == (byte)MessageKind.Commitments) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, "commitments came twice: the first ones stand");

        // Two messages, and networks reorder: the first of each kind stands.
        if (payload[0] == (byte)MessageKind.Coins) revealedCoins ??= message.Payload;
        else neighbourKeys ??= message.Payload;
        return revealedCoins is { } coinBytes && neighbourKeys is { } keyBytes ? Check(coinBytes.Span, keyBytes.Span) : PhaseStep.Stay;
    }

    public PhaseStep Expire(DateTimeOffset now) =>
        PhaseStep.Abort(FailureCodes.CoordinatorSilent, $"no graph reached {secrets.Self} in time", PartyId.Coordinator);

    public void Dispose() => secrets.Dispose();

    private PhaseStep Check(ReadOnlySpan<byte> coinBytes, ReadOnlySpan<byte> keyBytes)
    {
        WireReader reader = new(coinBytes);
        if (!reader.TryByte(out _) || !TryReadRevealed(ref reader, out ImmutableArray<(PartyId Owner, byte[] Coins)> revealed) || !reader.AtEnd)
        {
            return PhaseStep.Abort(FailureCodes.GraphInconsistent, "the revealed coins are malformed or do not match their commitments", PartyId.Coordinator);
        }

        if (!revealed.Any(item => item.Owner == secrets.Self)) return PhaseStep.Abort(FailureCodes.UnknownParty, $"the graph leaves out {secrets.Self}, who revealed its coins", PartyId.Coordinator);
        (FailureCode failure, string detail) = (FailureCodes.MalformedMessage, "the neighbours are malformed");
        reader = new WireReader(keyBytes);
        if (!reader.TryByte(out byte kind) || kind != (byte)MessageKind.Neighbours || !BundleList.TryRead(terms, ref reader, own, out ImmutableArray<KeyBundle> bundles, out failure, out detail) || !reader.AtEnd)
        {
            return PhaseStep.Abort(failure, detail, PartyId.Coordinator);
        }

        (Session session, NeighbourGraph graph) = commitments.Draw(terms, revealed);
        if (!graph.NeighboursOf(secrets.Self).SequenceEqual(bundles.Select(bundle => bundle.Owner)) || !bundles.All(IsCommitted))
        {
            return PhaseStep.Abort(FailureCodes.GraphInconsistent, $"the neighbours handed to {secrets.Self} are not those of the agreed graph", PartyId.Coordinator);
        }

        Roster roster = new(session, [.. revealed.Select(item => item.Owner)], graph, bundles.ToDictionary(bundle => bundle.Owner, bundle => bundle.MaskKey));
        return RosterChecks.Find(roster, own) is { } wrong ? wrong : new PhaseStep { Next = new ShareKeysParticipant(roster, bundles, secrets) };
    }

    private bool IsCommitted(KeyBundle bundle) =>
        commitments.Items.Any(item => item.Owner == bundle.Owner && item.Commitment.AsSpan().SequenceEqual(bundle.Commitment));

    // A bitmap over the committed, then the coins of those whose bit is set.
    private bool TryReadRevealed(ref WireReader reader, out ImmutableArray<(PartyId Owner, byte[] Coins)> revealed)
    {
        revealed = [];
        int committed = commitments.Items.Length;
        if (!reader.TryBytes((committed + 7) / 8, out ReadOnlySpan<byte> bitmap)) return false;
        if (committed % 8 != 0 && bitmap[^1] >> (committed % 8) != 0) return false;

        var list = ImmutableArray.CreateBuilder<(PartyId, byte[])>();
        for (int i = 0; i < committed; i++)
        {
            if ((bitmap[i / 8] >> (i % 8) & 1) == 0) continue;
            if (!reader.TryBytes(GraphCoins.Bytes, out ReadOnlySpan<byte> theirs)) return false;
            (PartyId owner, byte[] commitment) = commitments.Items[i];
            if (!CryptographicOperations.FixedTimeEquals(GraphCoins.Commit(terms, owner, theirs), commitment)) return false;
            list.Add((owner, theirs.ToArray()));
        }

        revealed = list.DrainToImmutable();
        return true;
    }
}

/// <summary>The coordinator's half: hands out commitments, collects coins, hands each participant the coins and its neighbours' keys.</summary>
internal sealed class AgreeGraphCoordinator(RoundTerms terms, ImmutableArray<KeyBundle> bundles, IParallelLoop loop) : IRoundPhase
{
    private readonly GraphCommitments commitments = new([.. bundles.Select(bundle => (bundle.Owner, bundle.Commitment))]);
    private readonly Dictionary<PartyId, KeyBundle> byOwner = bundles.ToDictionary(bundle => bundle.Owner);
    private readonly Dictionary<PartyId, byte[]> revealed = [];

    public Phase Phase => Phase.AdvertiseKeys;

    public PhaseStep Enter(DateTimeOffset now)
    {
        ReadOnlyMemory<byte> payload = commitments.Encode();
        return new PhaseStep
        {
            Outbound = [.. bundles.Select(bundle => new Envelope(terms.Id, Phase, PartyId.Coordinator, bundle.Owner, payload))],
            Deadline = now + terms.PhaseTimeout,
        };
    }

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        WireReader reader = new(message.Payload.Span);
        if (message.Phase != Phase || !reader.TryByte(out byte kind)) return PhaseStep.Reject(message, FailureCodes.MalformedMessage, "not coins");
        if (kind == (byte)MessageKind.Bundle) return PhaseStep.Reject(message, FailureCodes.RoundClosed, $"the roster of round {terms.Round} is fixed");
        if (kind != (byte)MessageKind.Reveal || !reader.TryBytes(GraphCoins.Bytes, out ReadOnlySpan<byte> coins) || !reader.AtEnd) return PhaseStep.Reject(message, FailureCodes.MalformedMessage, "not coins");
        if (revealed.ContainsKey(message.From)) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"{message.From} had already revealed its coins");

        if (!byOwner.TryGetValue(message.From, out KeyBundle? bundle)) return PhaseStep.Reject(message, FailureCodes.RoundClosed, $"{message.From} advertised no keys in time");
        if (!GraphCoins.Commit(terms, message.From, coins).AsSpan().SequenceEqual(bundle.Commitment)) return PhaseStep.Reject(message, FailureCodes.GraphInconsistent, $"the coins of {message.From} do not match its commitment");

        revealed.Add(message.From, coins.ToArray());
        return revealed.Count == bundles.Length ? Close() : PhaseStep.Stay;
    }

    public PhaseStep Expire(DateTimeOffset now) => Close();

    public void Dispose()
    {
    }

    private PhaseStep Close()
    {
        int need = Math.Max(Math.Max(terms.Protection.Threshold + 1, terms.Protection.Neighbours + 1), terms.LeastCohort());
        if (revealed.Count < need) return PhaseStep.Abort(FailureCodes.CohortBelowThreshold, $"advertise-keys: have {revealed.Count} participants, need {need} for a graph of degree {terms.Protection.Neighbours}");

        if (GraphChecks.Find(terms, revealed.Count) is { } tooFew) return tooFew;
        ImmutableArray<PartyId> members = [.. bundles.Select(bundle => bundle.Owner).Where(revealed.ContainsKey)];
        (Session session, NeighbourGraph graph) = commitments.Draw(terms, [.. members.Select(member => (member, revealed[member]))]);
        Roster roster = new(session, members, graph, members.ToDictionary(member => member, member => byOwner[member].MaskKey));
        ReadOnlyMemory<byte> coins = Coins(members);
        return new PhaseStep
        {
            Outbound = [.. roster.Members.SelectMany(member => new[] { coins, Neighbours(graph, member) }, (member, payload) => new Envelope(terms.Id, Phase, PartyId.Coordinator, member, payload))],
            Next = new ShareKeysCoordinator(roster, loop),
        };
    }

    // The same for everybody: one message in memory, however many receive it.
    private ReadOnlyMemory<byte> Coins(ImmutableArray<PartyId> members)
    {
        byte[] bitmap = new byte[(bundles.Length + 7) / 8];
        for (int i = 0; i < bundles.Length; i++)
        {
            if (revealed.ContainsKey(bundles[i].Owner)) bitmap[i / 8] |= (byte)(1 << (i % 8));
        }

        WireWriter writer = new(1 + bitmap.Length + (revealed.Count * GraphCoins.Bytes));
        writer.Byte((byte)MessageKind.Coins).Bytes(bitmap);
        foreach (PartyId member in members) writer.Bytes(revealed[member]);
        return writer.Written;
    }

    private ReadOnlyMemory<byte> Neighbours(NeighbourGraph graph, PartyId member)
    {
        int bytes = 5 + (graph.Degree * (4 + KeyBundle.EncodedBytes(terms)));
        return DeferredPayload.Of(bytes, () =>
        {
            WireWriter writer = new(bytes);
            BundleList.Write(writer.Byte((byte)MessageKind.Neighbours), [.. graph.NeighboursOf(member).Select(neighbour => byOwner[neighbour])]);
            return writer.Written;
        });
    }
}
