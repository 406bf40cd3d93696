using System.Collections.Immutable;
using System.Diagnostics;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Protocols;
using Tacit.Simulation.Networks;

namespace Tacit.Simulation.Rounds;

/// <summary>Runs one round of real machines in one process, on a virtual clock and a network that misbehaves as told. One seed, one course.</summary>
/// <param name="protocol">Whose machines.</param>
/// <param name="terms">The round.</param>
/// <param name="inputs">One for each participant that shows up; the vectors are cleared by the machines.</param>
public sealed class RoundSimulation(IAggregationProtocol protocol, RoundTerms terms, IReadOnlyList<ParticipantInputs> inputs)
{
    private static readonly DateTimeOffset epoch = DateTimeOffset.UnixEpoch;
    private static readonly TimeSpan latency = TimeSpan.FromMilliseconds(20);

    private readonly PriorityQueue<(Envelope? Message, PartyId Party), (DateTimeOffset At, long Order)> events = new();
    private readonly Dictionary<PartyId, Party> parties = [];
    private readonly ImmutableArray<(PartyId, Incident)>.Builder incidents = ImmutableArray.CreateBuilder<(PartyId, Incident)>();
    private readonly HashSet<PartyId> crashed = [];
    private long order;
    private DateTimeOffset now = epoch;

    /// <summary>What goes wrong.</summary>
    public FaultPlan Faults { get; init; } = FaultPlan.None;

    /// <summary>Decides latencies and faults.</summary>
    public ulong Seed { get; init; }

    /// <summary>Sees everything.</summary>
    public IReadOnlyList<IRoundObserver> Observers { get; init; } = [];

    /// <summary>Told when the coordinator enters another phase, for progress displays.</summary>
    public Action<Phase>? PhaseEntered { get; init; }

    /// <summary>Spreads the coordinator's mask expansion.</summary>
    public IParallelLoop Loop { get; init; } = SequentialLoop.Instance;

    /// <summary>Ends a round that goes on for longer in virtual time: a hang, which is a bug.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromDays(2);

    private SeededRandomSource Random => field ??= new SeededRandomSource(Seed, "network");

    /// <summary>Runs the round until the coordinator has an outcome and no message is under way.</summary>
    /// <exception cref="TimeoutException">The round hangs.</exception>
    public RoundRun Run()
    {
        try
        {
            Start(PartyId.Coordinator, protocol.CreateCoordinator(terms, Loop));
            foreach (ParticipantInputs input in inputs) Start(input.Self, protocol.CreateParticipant(terms, input));
            while (events.TryDequeue(out (Envelope? Message, PartyId Party) next, out (DateTimeOffset At, long Order) when))
            {
                now = when.At;
                if (now - epoch > Limit) throw new TimeoutException($"Round {terms.Round} still runs after {Limit} of virtual time.");
                if (next.Message is not null) Deliver(next.Message);
                else Expire(parties[next.Party], when.At);
            }

            return Result();
        }
        finally
        {
            foreach (Party party in parties.Values) party.Machine.Dispose();
        }
    }

    private void Start(PartyId id, IRoundMachine machine)
    {
        Party party = new(id, machine);
        parties.Add(id, party);
        Step(party, () => machine.Start(now));
    }

    private void Deliver(Envelope message)
    {
        if (!parties.TryGetValue(message.To, out Party? party) || party.Outcome is not null || crashed.Contains(message.To)) return;
        foreach (IRoundObserver observer in Observers) observer.Delivered(message);
        party.Phase = message.Phase > party.Phase ? message.Phase : party.Phase;
        Step(party, () => party.Machine.Receive(message, now));
    }

    private void Expire(Party party, DateTimeOffset at)
    {
        if (party.Outcome is not null || party.Deadline != at || crashed.Contains(party.Id)) return;
        Step(party, () => party.Machine.Expire(now));
    }

    private void Step(Party party, Func<RoundStep> call)
    {
        long start = Stopwatch.GetTimestamp();
        RoundStep step = call();
        party.Spend(step.Outbound.Length > 0 ? step.Outbound[0].Phase : party.Phase, Stopwatch.GetElapsedTime(start));
        foreach (IRoundObserver observer in Observers) observer.Stepped(party.Id, step);
        incidents.AddRange(step.Incidents.Select(incident => (party.Id, incident)));
        if (step.Outcome is not null) (party.Outcome, party.Ended) = (step.Outcome, now);
        if (step.Deadline is { } deadline && deadline != party.Deadline) events.Enqueue((null, party.Id), (deadline, order++));
        party.Deadline = step.Deadline;
        foreach (Envelope message in step.Outbound) Send(party, message);
    }

    private void Send(Party sender, Envelope message)
    {
        if (message.From != PartyId.Coordinator)
        {
            bool scheduled = Faults.Crashes.TryGetValue(message.From, out Phase phase) && message.Phase >= phase;
            if (scheduled || Chance(Faults.CrashProbability)) crashed.Add(message.From);
            if (crashed.Contains(message.From)) return;
        }
        else if (message.Phase > sender.Phase || !sender.Announced)
        {
            sender.Announced = true;
            sender.Phase = message.Phase;
            PhaseEntered?.Invoke(message.Phase);
        }

        parties.TryGetValue(message.From == PartyId.Coordinator ? message.To : message.From, out Party? participant);
        long bytes = EnvelopeCodec.EncodedBytes(message);
        if (participant is not null)
        {
            participant.Traffic = message.From == PartyId.Coordinator
                ? participant.Traffic with { Down = participant.Traffic.Down + bytes }
                : participant.Traffic with { Up = participant.Traffic.Up + bytes };
        }

        Transmit(message);
        if (Faulty(message, Faults.DuplicateProbability)) Transmit(message);
    }

    // Every message really becomes bytes and is read back: what the codec cannot carry does not arrive.
    private void Transmit(Envelope message)
    {
        if (Faulty(message, Faults.LossProbability)) return;
        byte[] bytes = EnvelopeCodec.Encode(message);
        if (Faulty(message, Faults.CorruptionProbability)) bytes[Random.NextIndex(bytes.Length)] ^= (byte)(1 << Random.NextIndex(8));
        if (!EnvelopeCodec.TryDecode(bytes, out Envelope? arrived, out _)) return;

        // The transport authenticates the sender: a flipped bit cannot change who it is from.
        if (arrived!.From != message.From) return;
        TimeSpan delay = latency * (0.5 + Random.NextDouble());
        if (Faulty(message, Faults.DelayProbability)) delay += 2 * Random.NextDouble() * terms.PhaseTimeout;
        events.Enqueue((arrived, arrived.To), (now + delay, order++));
    }

    private bool Faulty(Envelope message, double probability) => probability > 0 && Faults.Phases.Contains(message.Phase) && Chance(probability);

    private bool Chance(double probability) => probability > 0 && Random.NextDouble() < probability;

    private RoundRun Result()
    {
        Party coordinator = parties[PartyId.Coordinator];
        Party[] participants = [.. parties.Values.Where(party => party != coordinator)];
        return new RoundRun(
            coordinator.Outcome ?? throw new UnreachableException("The coordinator has no deadline and no outcome."),
            participants.Where(party => party.Outcome is not null).ToImmutableDictionary(party => party.Id, party => party.Outcome!),
            incidents.DrainToImmutable(),
            participants.ToImmutableDictionary(party => party.Id, party => party.Traffic),
            coordinator.Ended - epoch,
            coordinator.Time.ToImmutableDictionary(),
            Enum.GetValues<Phase>().ToImmutableDictionary(phase => phase, phase => new TimeSpan(participants.Sum(p => p.Time.GetValueOrDefault(phase).Ticks))));
    }

    private sealed class Party(PartyId id, IRoundMachine machine)
    {
        public PartyId Id { get; } = id;

        public IRoundMachine Machine { get; } = machine;

        public DateTimeOffset? Deadline { get; set; }

        public DateTimeOffset Ended { get; set; } = epoch;

        public RoundTraffic Traffic { get; set; }

        public Phase Phase { get; set; }

        public bool Announced { get; set; }

        public Dictionary<Phase, TimeSpan> Time { get; } = [];

        public RoundOutcome? Outcome { get; set; }

        public void Spend(Phase phase, TimeSpan time) => Time[phase] = Time.GetValueOrDefault(phase) + time;
    }
}
