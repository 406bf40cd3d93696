using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Benchmarks.Harness;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Signatures;
using Tacit.Protocols.SecAgg;
using Tacit.Protocols.Uploads;

namespace Tacit.Benchmarks.Cohorts;

/// <summary>What one participant's round took.</summary>
/// <param name="Steps">Processor seconds of each call of the machine, in order.</param>
/// <param name="Up">Bytes sent, envelopes included.</param>
/// <param name="Down">Bytes received, envelopes included.</param>
internal sealed record ParticipantTimes(ImmutableArray<(string Step, double Seconds)> Steps, long Up, long Down)
{
    public double Total => Steps.Sum(step => step.Seconds);

    public long Traffic => Up + Down;
}

/// <summary>Drives one real participant machine through a round; the coordinator's messages were made by a real coordinator beforehand.</summary>
internal sealed class ParticipantRun
{
    private static readonly DateTimeOffset noon = DateTimeOffset.UnixEpoch;

    private readonly PreparedCohort cohort;
    private readonly PartyId self;
    private readonly Envelope commitments;
    private readonly Envelope coins;
    private readonly Envelope neighbours;
    private readonly Envelope inbox;
    private readonly Envelope? survivors;
    private readonly Envelope request;
    private readonly ModularVector input;
    private readonly ModularVector expected;
    private readonly ImmutableArray<CohortMember> enrolled;

    public ParticipantRun(PreparedCohort cohort, PartyId self)
    {
        (this.cohort, this.self) = (cohort, self);
        ImmutableArray<Envelope> sent = Coordinate();
        (commitments, coins, neighbours, inbox) = (sent[0], sent[1], sent[2], sent[3]);
        byte[] bitmap = cohort.Roster.ToBitmap(cohort.Survivors);
        bool malicious = cohort.Terms.IsMalicious();
        survivors = malicious ? From(Phase.ConsistencyCheck, new WireWriter().Byte((byte)MessageKind.Survivors).Bytes(bitmap).Written) : null;
        ImmutableArray<(PartyId, ReadOnlyMemory<byte>)> signatures = malicious
            ? [.. cohort.Roster.HoldersOf(self).Where(Survives).Select(holder => (holder, (ReadOnlyMemory<byte>)cohort.SignSurvivors(holder)))]
            : [];
        request = From(Phase.Unmasking, new UnmaskRequest(cohort.Survivors, cohort.Dropped, signatures).Encode(cohort.Roster));

        input = new ModularVector(cohort.Terms.Ring, cohort.Terms.Length);
        for (int i = 0; i < input.Length; i++) input[i] = cohort.Terms.Ring.Reduce(((long)i * 7919 % (2 * CohortOptions.Magnitude)) - CohortOptions.Magnitude);
        expected = Copy(input);
        MaskAsNeighbours(expected);
        enrolled = [.. cohort.Terms.Cohort.Select(Fresh)];
        Enrolment = Timing.Once(() => SignatureBatch.Prepare(enrolled.Select(member => member.Identity).OfType<VerificationKey>()));
    }

    /// <summary>Seconds to prepare the pinned keys of the whole cohort.</summary>
    public double Enrolment { get; }

    /// <summary>Whether pinned keys were prepared at enrolment; otherwise they are as fresh as the terms, as in a process that has just read them.</summary>
    public bool Enrolled { get; set; }

    /// <summary>Runs the round with fresh terms.</summary>
    public ParticipantTimes Run()
    {
        RoundTerms terms = cohort.Terms with { Cohort = Enrolled ? enrolled : [.. cohort.Terms.Cohort.Select(Fresh)] };
        ModularVector vector = Copy(input);
        List<(string, double)> steps = [];
        List<Envelope> sent = [];
        RoundStep step = default;
        void Time(string name, Func<RoundStep> call)
        {
            steps.Add((name, Timing.Once(() => step = call())));
            Section.Verify(step.Outcome is not RoundOutcome.Aborted, $"{name}: {(step.Outcome as RoundOutcome.Aborted)?.Detail}");
            sent.AddRange(step.Outbound);
        }

        IRoundMachine? machine = null;
        Time("keys: create, sign, advertise", () => (machine = cohort.Protocol.CreateParticipant(terms, cohort.InputsOf(self, vector))).Start(noon));
        Time("coins: reveal", () => machine!.Receive(commitments, noon));
        Time("coins of the others", () => machine!.Receive(coins, noon));
        Time("graph: check keys and coins, split, agree, seal", () => machine!.Receive(neighbours, noon));
        Time("mask: open, agree, expand", () => machine!.Receive(inbox, noon));
        Time("upload: pack", () => machine!.Receive(InputUpload.Grant(terms, self), noon));
        if (survivors is not null) Time("survivors: check and sign", () => machine!.Receive(survivors, noon));
        Time("unmask: check and open", () => machine!.Receive(request, noon));
        machine!.Dispose();
        Verify(sent);
        List<Envelope> received = [commitments, coins, neighbours, inbox, InputUpload.Grant(terms, self), request];
        if (survivors is not null) received.Add(survivors);
        return new ParticipantTimes([.. steps], sent.Sum(m => (long)EnvelopeCodec.EncodedBytes(m)), received.Sum(m => (long)EnvelopeCodec.EncodedBytes(m)));
    }

    private static CohortMember Fresh(CohortMember member) => member with { Identity = member.Identity is { } key ? new VerificationKey(key.Point) : null };

    private static ModularVector Copy(ModularVector vector)
    {
        ModularVector copy = new(vector.Ring, vector.Length);
        copy.Add(vector);
        return copy;
    }

    // As it arrives: a payload that was written.
    private static Envelope Sent(Envelope message) => message with { Payload = message.Payload.ToArray() };

    private bool Survives(PartyId party) => cohort.Survivors.BinarySearch(party) >= 0;

    private Envelope From(Phase phase, ReadOnlyMemory<byte> payload) => new(cohort.Terms.Id, phase, PartyId.Coordinator, self, payload);

    // A real coordinator, fed with everybody's messages, says what it would send to the one that is measured.
    private ImmutableArray<Envelope> Coordinate()
    {
        using IRoundMachine coordinator = cohort.Protocol.CreateCoordinator(cohort.Terms, SequentialLoop.Instance);
        var sent = ImmutableArray.CreateBuilder<Envelope>();
        coordinator.Start(noon);
        foreach (Func<PartyId, Envelope> messageOf in new Func<PartyId, Envelope>[] { cohort.BundleOf, cohort.RevealOf, party => cohort.SealedSharesOf(party, self) })
        {
            foreach (PartyId party in cohort.Roster.Members) sent.AddRange(coordinator.Receive(messageOf(party), noon).Outbound.Where(message => message.To == self).Select(Sent));
        }

        return sent.DrainToImmutable();
    }

    // y_u from the other ends of the pairs: the neighbours' secret keys and the measured one's public key.
    private void MaskAsNeighbours(ModularVector vector)
    {
        IEnumerable<MaskTerm> masks = cohort.Roster.Graph.NeighboursOf(self).Select(v => new MaskTerm(
            SecAggKeySchedule.PairMask(cohort.Roster.Session, cohort.SecretsOf(v).MaskKey, cohort.Roster.MaskKeys[self], v, self), subtract: self < v));
        PreparedCohort.Add(vector, masks);
        PreparedCohort.Add(vector, [new MaskTerm(SecAggKeySchedule.SelfMask(cohort.Roster.Session, cohort.SecretsOf(self).SelfMaskSeed.Span, self), subtract: false)]);
    }

    private void Verify(List<Envelope> sent)
    {
        ModularVector uploaded = new(cohort.Terms.Ring, cohort.Terms.Length);
        foreach (Envelope message in sent.Where(message => message.Phase == Phase.MaskedInput && !InputUpload.IsRequest(message)))
        {
            Section.Verify(InputUpload.TryReadChunk(message.Payload.Span, out int offset, out ReadOnlySpan<byte> packed), "chunk");
            int count = Math.Min(cohort.Terms.ResiduesPerChunk, cohort.Terms.Length - offset);
            Section.Verify(BitPacking.TryAddPacked(uploaded, offset, count, packed), "packing");
        }

        Section.Verify(uploaded.SequenceEqual(expected), "the masked input");
        Section.Verify(UnmaskResponse.TryDecode(sent[^1].Payload, out UnmaskResponse? response), "the opened shares");
        Section.Verify(response!.Items.Length == cohort.Roster.HoldersOf(self).Length, "a share of every neighbour");
        foreach ((PartyId owner, ShareKind kind, ReadOnlyMemory<byte> share) in response.Items)
        {
            Section.Verify(kind == (Survives(owner) ? ShareKind.SelfMask : ShareKind.MaskKey), "the kind of share");
            Section.Verify(share.Span.SequenceEqual(cohort.ShareOf(owner, self, kind)), "a share");
        }
    }
}
