using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Parallelism;

namespace Tacit.Protocols.SecAgg.Phases;

/// <summary>Bonawitz et al. 2017, Figure 4, Round 0, user: "Generate key pairs (c_u, s_u), generate σ_u ← SIG.sign(d_u, c_u^PK ‖ s_u^PK), send them".</summary>
internal sealed class AdvertiseKeysParticipant(RoundTerms terms, ParticipantSecrets secrets) : IRoundPhase
{
    private readonly byte[] coins = GraphCoins.Draw(terms, secrets);
    private KeyBundle? own;

    public Phase Phase => Phase.AdvertiseKeys;

    public PhaseStep Enter(DateTimeOffset now)
    {
        own = KeyBundle.Create(terms, secrets, GraphCoins.Commit(terms, secrets.Self, coins));
        WireWriter writer = new(KeyBundle.EncodedBytes(terms) + 1);
        own.Write(writer.Byte((byte)MessageKind.Bundle));
        return new PhaseStep
        {
            Outbound = [new Envelope(terms.Id, Phase, secrets.Self, PartyId.Coordinator, writer.Written)],
            Deadline = terms.ParticipantDeadline(now),
        };
    }

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase != Phase) return PhaseStep.Reject(message, FailureCodes.MalformedMessage, $"{message.Phase.Name()} before any keys");
        if (terms.HasGraph()) return AgreeOnGraph(message);
        if (!TryReadRoster(message.Payload.Span, out ImmutableArray<KeyBundle> bundles, out FailureCode failure, out string detail)) return PhaseStep.Abort(failure, detail, PartyId.Coordinator);

        ImmutableArray<PartyId> members = [.. bundles.Select(bundle => bundle.Owner)];
        Roster roster = new(Roster.Bind(terms, bundles), members, NeighbourGraph.Complete(members), bundles.ToDictionary(bundle => bundle.Owner, bundle => bundle.MaskKey));
        return RosterChecks.Find(roster, own!) is { } wrong ? wrong : new PhaseStep { Next = new ShareKeysParticipant(roster, bundles.RemoveAll(bundle => bundle.Owner == secrets.Self), secrets) };
    }

    public PhaseStep Expire(DateTimeOffset now) =>
        PhaseStep.Abort(FailureCodes.CoordinatorSilent, $"no roster reached {secrets.Self} in time", PartyId.Coordinator);

    public void Dispose() => secrets.Dispose();

    private PhaseStep AgreeOnGraph(Envelope message) => GraphCommitments.TryDecode(terms, message.Payload.Span, out GraphCommitments? commitments)
        ? new PhaseStep { Next = new AgreeGraphParticipant(terms, secrets, own!, coins, commitments!) }
        : PhaseStep.Abort(FailureCodes.MalformedMessage, "the list of coin commitments is malformed or names strangers", PartyId.Coordinator);

    private bool TryReadRoster(ReadOnlySpan<byte> payload, out ImmutableArray<KeyBundle> bundles, out FailureCode failure, out string detail)
    {
        bundles = [];
        (failure, detail) = (FailureCodes.MalformedMessage, "the roster is malformed");
        WireReader reader = new(payload);
        return reader.TryByte(out byte kind) && kind == (byte)MessageKind.Roster
            && BundleList.TryRead(terms, ref reader, own!, out bundles, out failure, out detail) && reader.AtEnd;
    }
}

/// <summary>Round 0, server: "Collect at least t messages from individual users (denote with U1 this set of users). Otherwise, abort. Send to all users in U1 the list."</summary>
internal sealed class AdvertiseKeysCoordinator(RoundTerms terms, IParallelLoop loop) : IRoundPhase
{
    private readonly Dictionary<PartyId, KeyBundle> bundles = [];
    private readonly Dictionary<Cryptography.KeyAgreement.P256Point, PartyId> owners = [];

    public Phase Phase => Phase.AdvertiseKeys;

    public PhaseStep Enter(DateTimeOffset now) => new() { Deadline = now + terms.PhaseTimeout };

    public PhaseStep Receive(Envelope message, DateTimeOffset now)
    {
        if (message.Phase != Phase) return PhaseStep.Reject(message, FailureCodes.MalformedMessage, $"{message.Phase.Name()} before the roster was fixed");
        if (bundles.ContainsKey(message.From)) return PhaseStep.Reject(message, FailureCodes.DuplicateMessage, $"{message.From} had already advertised keys");
        ReadOnlySpan<byte> payload = message.Payload.Span;
        if (payload.IsEmpty || payload[0] != (byte)MessageKind.Bundle) return PhaseStep.Reject(message, FailureCodes.MalformedMessage, "not a key bundle");
        if (!KeyBundle.TryRead(terms, message.From, payload[1..], out KeyBundle? bundle, out FailureCode failure))
        {
            return PhaseStep.Reject(message, failure, $"the key bundle of {message.From} is refused");
        }

        if (owners.TryGetValue(bundle!.ChannelKey, out PartyId other) || owners.TryGetValue(bundle.MaskKey, out other))
        {
            return PhaseStep.Reject(message, FailureCodes.DuplicateKey, $"a key of {message.From} belongs to {other} already");
        }

        owners.Add(bundle.ChannelKey, message.From);
        owners.Add(bundle.MaskKey, message.From);
        bundles.Add(message.From, bundle);
        return bundles.Count == terms.Cohort.Length ? Close() : PhaseStep.Stay;
    }

    public PhaseStep Expire(DateTimeOffset now) => Close();

    public void Dispose()
    {
    }

    private PhaseStep Close()
    {
        int need = Math.Max(terms.Protection.Threshold, terms.LeastCohort());
        if (bundles.Count < need) return PhaseStep.Abort(FailureCodes.CohortBelowThreshold, $"advertise-keys: have {bundles.Count} participants, need {need}");
        ImmutableArray<PartyId> members = [.. terms.Cohort.Select(member => member.Id).Where(bundles.ContainsKey)];
        ImmutableArray<KeyBundle> ordered = [.. members.Select(member => bundles[member])];
        if (terms.HasGraph()) return new PhaseStep { Next = new AgreeGraphCoordinator(terms, ordered, loop) };

        Roster roster = new(Roster.Bind(terms, ordered), members, NeighbourGraph.Complete(members), ordered.ToDictionary(bundle => bundle.Owner, bundle => bundle.MaskKey));
        WireWriter writer = new(5 + (members.Length * (4 + KeyBundle.EncodedBytes(terms))));
        BundleList.Write(writer.Byte((byte)MessageKind.Roster), ordered);
        return new PhaseStep
        {
            Outbound = [.. members.Select(member => new Envelope(terms.Id, Phase, PartyId.Coordinator, member, writer.Written))],
            Next = new ShareKeysCoordinator(roster, loop),
        };
    }
}
