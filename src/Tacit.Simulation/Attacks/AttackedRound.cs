using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Secrets;
using Tacit.Protocols;
using Tacit.Protocols.SecAgg;
using Tacit.Protocols.Uploads;

namespace Tacit.Simulation.Attacks;

/// <summary>
/// One round as the deviating coordinator sees it: real machines at the other end, the colluders' secrets in its own hands.
/// It follows the protocol up to the masked inputs, because only then there is something to unmask.
/// </summary>
internal sealed class AttackedRound : IDisposable
{
    private static readonly DateTimeOffset now = DateTimeOffset.UnixEpoch;

    private readonly RoundTerms terms;
    private readonly AttackedCohort cohort;
    private readonly SortedDictionary<PartyId, IRoundMachine> machines = [];
    private readonly SortedDictionary<PartyId, KeyBundle> bundles = [];
    private readonly Dictionary<PartyId, ModularVector> uploads = [];
    private readonly Dictionary<PartyId, ParticipantSecrets> colluders = [];
    private readonly Dictionary<PartyId, SealedShares> shares = [];

    public AttackedRound(AttackedCohort cohort, long round)
    {
        this.cohort = cohort;
        terms = cohort.Terms(round);
        foreach (CohortMember member in terms.Cohort) TakeBundle(Begin(member.Id));
        Roster = MakeRoster();
        Envelope[] lists = [.. Broadcast(Phase.AdvertiseKeys, MakeRosterMessage()).Select(step => step.Outbound[0])];
        foreach (Envelope list in lists)
        {
            SealedShares.TryDecode(list.Payload, withCommitment: true, out SealedShares? decoded);
            shares.Add(list.From, decoded!);
        }

        foreach (PartyId party in machines.Keys) TakeUpload(Send(Phase.ShareKeys, party, Inbox(party).Encode()).Outbound[0]);
    }

    public Roster Roster { get; }

    /// <summary>Everybody, ascending.</summary>
    public ImmutableArray<PartyId> Everybody => Roster.Members;

    /// <summary>The true input, drawn again from the seed.</summary>
    public ModularVector TrueInput(PartyId party)
    {
        SeededRandomSource random = new(cohort.Seed, $"input {party.Value}");
        ModularVector input = new(terms.Ring, terms.Length);
        for (int i = 0; i < input.Length; i++) input[i] = random.NextUInt64() & terms.Ring.Mask;
        return input;
    }

    /// <summary>The masked input as it was uploaded.</summary>
    public ModularVector Upload(PartyId party) => ModularVector.From(terms.Ring, uploads[party].ToArray());

    /// <summary>Shows an honest participant a survivor set.</summary>
    /// <returns>Its signature, or null if it refuses.</returns>
    public byte[]? Show(PartyId party, ImmutableArray<PartyId> survivors)
    {
        WireWriter writer = new();
        writer.Byte((byte)MessageKind.Survivors).Bytes(Roster.ToBitmap(survivors));
        RoundStep step = Send(Phase.ConsistencyCheck, party, writer.Written);
        return step.Outbound.IsEmpty ? null : step.Outbound[0].Payload.Span[1..].ToArray();
    }

    /// <summary>A colluder signs what it is told to.</summary>
    public byte[] SignAs(PartyId colluder, ImmutableArray<PartyId> survivors) =>
        colluders[colluder].Identity!.Sign(SurvivorStatement.Of(Roster, survivors));

    /// <summary>Sends an unmask request to an honest participant.</summary>
    /// <returns>Its answer, or null if it refuses or its round is over.</returns>
    public UnmaskResponse? Ask(PartyId party, UnmaskRequest request)
    {
        try
        {
            RoundStep step = Send(Phase.Unmasking, party, request.Encode(Roster));
            if (step.Outbound.IsEmpty) return null;
            UnmaskResponse.TryDecode(step.Outbound[0].Payload, out UnmaskResponse? response);
            return response;
        }
        catch (InvalidOperationException)
        {
            return null;   // the machine has ended: this is how a second request is refused
        }
    }

    /// <summary>The share that a colluder was sent by a participant.</summary>
    public byte[] ShareOf(PartyId owner, PartyId colluder, ShareKind kind)
    {
        AgreementKey key = colluders[colluder].ChannelKey;
        using SecretBytes channel = SecAggKeySchedule.Channel(Roster.Session, key, colluder, bundles[owner]);
        byte[] pair = new byte[SharePair.Bytes];
        ReadOnlyMemory<byte> sealedPair = shares[owner].Items.First(item => item.Party == colluder).Sealed;
        return SecAggKeySchedule.TryOpen(channel, colluder, owner, sealedPair.Span, pair)
            ? SharePair.Of(pair, kind).ToArray()
            : throw new InvalidOperationException("An honest participant's share does not open.");
    }

    public void Dispose()
    {
        foreach (IRoundMachine machine in machines.Values) machine.Dispose();
        foreach (ParticipantSecrets secrets in colluders.Values) secrets.Dispose();
    }

    private Envelope Begin(PartyId party)
    {
        IRoundMachine machine = SecAggMachines.Participant(terms, InputsOf(party));
        machines.Add(party, machine);

        // A colluder's machine and its twin draw the same secrets from the same seed.
        if (cohort.Colluders.Contains(party)) colluders.Add(party, new ParticipantSecrets(InputsOf(party)));
        return machine.Start(now).Outbound[0];
    }

    private ParticipantInputs InputsOf(PartyId party) => new()
    {
        Self = party,
        Vector = TrueInput(party),
        Random = new SeededRandomSource(cohort.Seed, $"round {terms.Round} participant {party.Value}"),
        Identity = terms.IsMalicious() ? cohort.Identities.Get(party.Value) : null,
    };

    private void TakeBundle(Envelope message)
    {
        KeyBundle.TryRead(terms, message.From, message.Payload.Span[1..], out KeyBundle? bundle, out _);
        bundles.Add(message.From, bundle!);
    }

    private Roster MakeRoster()
    {
        ImmutableArray<PartyId> members = [.. bundles.Keys];
        return new Roster(Roster.Bind(terms, bundles.Values), members, NeighbourGraph.Complete(members), bundles.ToDictionary(bundle => bundle.Key, bundle => bundle.Value.MaskKey));
    }

    private ReadOnlyMemory<byte> MakeRosterMessage()
    {
        WireWriter writer = new();
        BundleList.Write(writer.Byte((byte)MessageKind.Roster), bundles.Values);
        return writer.Written;
    }

    private SealedShares Inbox(PartyId party) => new(default, [.. shares
        .Where(list => list.Key != party)
        .OrderBy(list => list.Key)
        .Select(list => (list.Key, list.Value.Items.First(item => item.Party == party).Sealed))]);

    private void TakeUpload(Envelope message)
    {
        InputUpload.TryReadChunk(message.Payload.Span, out _, out ReadOnlySpan<byte> packed);
        ModularVector vector = new(terms.Ring, terms.Length);
        BitPacking.TryAddPacked(vector, 0, terms.Length, packed);
        uploads.Add(message.From, vector);
    }

    private RoundStep[] Broadcast(Phase phase, ReadOnlyMemory<byte> payload) => [.. machines.Keys.Select(party => Send(phase, party, payload))];

    private RoundStep Send(Phase phase, PartyId to, ReadOnlyMemory<byte> payload) =>
        machines[to].Receive(new Envelope(terms.Id, phase, PartyId.Coordinator, to, payload), now);
}
