using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Protocols;
using Tacit.Protocols.SecAgg;
using Tacit.Simulation.Rounds;

namespace Tacit.Tests.Attacks;

/// <summary>A round of real machines, with somebody in the middle who may alter, drop, add and reorder every message.</summary>
internal sealed class TamperedRound(RoundTerms terms)
{
    public static readonly SimulatedIdentities Identities = new(5);

    private readonly Dictionary<PartyId, IRoundMachine> machines = [];
    private readonly Dictionary<PartyId, DateTimeOffset?> deadlines = [];
    private readonly Queue<Envelope> wire = new();
    private DateTimeOffset now = DateTimeOffset.UnixEpoch;

    /// <summary>What arrives in place of a message.</summary>
    public Func<Envelope, IEnumerable<Envelope>> Tamper { get; init; } = message => [message];

    /// <summary>Other terms than everybody's, for some participants.</summary>
    public Func<PartyId, RoundTerms> TermsOf { get; init; } = _ => terms;

    public ulong Seed { get; init; } = 3;

    /// <summary>Everything that was sent, before it was tampered with.</summary>
    public List<Envelope> Sent { get; } = [];

    public List<(PartyId Observer, Incident Incident)> Incidents { get; } = [];

    public Dictionary<PartyId, RoundOutcome> Outcomes { get; } = [];

    public RoundOutcome Outcome => Outcomes[PartyId.Coordinator];

    /// <summary>Every code that came up in any form.</summary>
    public HashSet<FailureCode> Codes => [.. Incidents.Select(item => item.Incident.Code), .. Outcomes.Values.OfType<RoundOutcome.Aborted>().Select(aborted => aborted.Reason)];

    /// <summary>When the coordinator came to its outcome.</summary>
    public TimeSpan Elapsed { get; private set; }

    public static ulong Input(PartyId party, int place, RoundTerms terms) => ((ulong)party.Value * 1000 + (ulong)place) & terms.Ring.Mask;

    public static ParticipantInputs InputsOf(RoundTerms terms, PartyId party, ulong seed = 3)
    {
        ModularVector vector = new(terms.Ring, terms.Length);
        for (int i = 0; i < terms.Length; i++) vector[i] = Input(party, i, terms);
        return new ParticipantInputs
        {
            Self = party,
            Vector = vector,
            Random = new SeededRandomSource(seed, $"round {terms.Round} participant {party.Value}"),
            Identity = terms.IsMalicious() ? Identities.Get(party.Value) : null,
        };
    }

    public TamperedRound Run()
    {
        IAggregationProtocol protocol = AggregationProtocols.Get(terms.Protocol);
        Begin(PartyId.Coordinator, protocol.CreateCoordinator(terms, SequentialLoop.Instance));
        foreach (CohortMember member in terms.Cohort)
        {
            RoundTerms theirs = TermsOf(member.Id);
            Begin(member.Id, protocol.CreateParticipant(theirs, InputsOf(theirs, member.Id, Seed)));
        }

        while (wire.TryDequeue(out Envelope? message) || TryExpireNext(out message))
        {
            if (message is null) continue;
            foreach (Envelope arriving in Tamper(message).ToArray()) Deliver(arriving);
        }

        return this;
    }

    /// <summary>Whether the sum is that of the included, place by place.</summary>
    public bool SumIsRight()
    {
        if (Outcome is not RoundOutcome.Completed { Sum: { } sum } completed) return false;
        return Enumerable.Range(0, terms.Length).All(place =>
            sum[place] == (completed.Included.Aggregate(0UL, (total, party) => unchecked(total + Input(party, place, terms))) & terms.Ring.Mask));
    }

    private void Begin(PartyId id, IRoundMachine machine)
    {
        machines.Add(id, machine);
        Follow(id, machine.Start(now));
    }

    private void Deliver(Envelope message)
    {
        if (!machines.TryGetValue(message.To, out IRoundMachine? machine) || Outcomes.ContainsKey(message.To)) return;
        Follow(message.To, machine.Receive(message, now));
    }

    private bool TryExpireNext(out Envelope? message)
    {
        message = null;
        (PartyId id, DateTimeOffset? deadline) = deadlines.Where(item => item.Value is not null).OrderBy(item => item.Value).ThenBy(item => item.Key).FirstOrDefault();
        if (deadline is null) return false;
        now = deadline.Value;
        Follow(id, machines[id].Expire(now));
        return true;
    }

    private void Follow(PartyId id, RoundStep step)
    {
        deadlines[id] = step.Deadline;
        Incidents.AddRange(step.Incidents.Select(incident => (id, incident)));
        if (step.Outcome is not null) Outcomes.Add(id, step.Outcome);
        if (step.Outcome is not null && id == PartyId.Coordinator) Elapsed = now - DateTimeOffset.UnixEpoch;
        foreach (Envelope message in step.Outbound)
        {
            Sent.Add(message);
            wire.Enqueue(message);
        }
    }
}
