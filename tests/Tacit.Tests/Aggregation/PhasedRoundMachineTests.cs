using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Xunit;

namespace Tacit.Tests.Aggregation;

public sealed class PhasedRoundMachineTests : IDisposable
{
    private static readonly RoundTerms terms = Given.Terms(members: 3, neighbours: 2);
    private static readonly DateTimeOffset later = Given.Noon.AddMinutes(1);

    private readonly StubPhase first = new();

    public void Dispose() => first.Dispose();

    [Fact]
    public void A_machine_starts_once()
    {
        PhasedRoundMachine machine = Started();

        Assert.Throws<InvalidOperationException>(() => machine.Start(Given.Noon));
    }

    [Fact]
    public void Nothing_can_be_asked_of_a_machine_before_it_starts()
    {
        PhasedRoundMachine machine = Coordinator();

        Assert.Throws<InvalidOperationException>(() => machine.Receive(From(1), Given.Noon));
        Assert.Throws<InvalidOperationException>(() => machine.Expire(Given.Noon));
    }

    [Fact]
    public void Nothing_can_be_asked_of_a_machine_after_its_outcome()
    {
        PhasedRoundMachine machine = Started();
        first.OnExpire = PhaseStep.Abort(FailureCodes.CohortBelowThreshold, "have 1, need 2", new PartyId(2));

        RoundStep end = machine.Expire(later);

        RoundOutcome.Aborted aborted = Assert.IsType<RoundOutcome.Aborted>(end.Outcome);
        Assert.Equal([new PartyId(2)], aborted.Culprits.ToArray());
        Assert.Null(end.Deadline);
        Assert.True(first.Disposed);
        Assert.Throws<InvalidOperationException>(() => machine.Expire(later));
        Assert.Throws<InvalidOperationException>(() => machine.Receive(From(1), later));
        Assert.Throws<InvalidOperationException>(() => machine.Start(later));
    }

    [Fact]
    public void Nothing_can_be_asked_of_a_disposed_machine()
    {
        PhasedRoundMachine machine = Started();

        machine.Dispose();

        Assert.True(first.Disposed);
        Assert.Throws<InvalidOperationException>(() => machine.Receive(From(1), later));
        Assert.Throws<InvalidOperationException>(() => machine.Expire(later));
    }

    [Fact]
    public void Disposing_before_the_start_disposes_the_first_phase_and_prevents_the_start()
    {
        PhasedRoundMachine machine = Coordinator();

        machine.Dispose();

        Assert.True(first.Disposed);
        Assert.Throws<InvalidOperationException>(() => machine.Start(Given.Noon));
    }

    [Fact]
    public void A_message_of_another_round_is_dropped() =>
        AssertDropped(Started(), From(1) with { Round = (terms with { Round = 4 }).Id }, FailureCodes.UnknownRound);

    [Fact]
    public void A_message_to_somebody_else_is_dropped() => AssertDropped(Started(), From(1) with { To = new PartyId(2) }, FailureCodes.Misrouted);

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_message_of_a_stranger_is_dropped(int stranger) => AssertDropped(Started(), From(stranger), FailureCodes.UnknownParty);

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(4)]
    public void A_participant_listens_to_the_coordinator_alone(int other)
    {
        using PhasedRoundMachine participant = new(terms, new PartyId(1), first);
        participant.Start(Given.Noon);
        Envelope message = From(other) with { To = new PartyId(1) };

        AssertDropped(participant, message, FailureCodes.UnknownParty);
        participant.Receive(message with { From = PartyId.Coordinator }, Given.Noon);
        Assert.Equal(1, first.Received);
    }

    [Fact]
    public void A_message_of_a_member_reaches_the_phase_whatever_phase_it_names()
    {
        PhasedRoundMachine machine = Started();

        foreach (Phase phase in Enum.GetValues<Phase>()) machine.Receive(From(2) with { Phase = phase }, Given.Noon);

        Assert.Equal(5, first.Received);
    }

    [Fact]
    public void Entering_the_next_phase_gathers_what_both_phases_say()
    {
        Envelope one = From(1), two = From(2);
        StubPhase second = new() { OnEnter = new PhaseStep { Outbound = [two], Deadline = later } };
        PhasedRoundMachine machine = Started();
        first.OnReceive = new PhaseStep { Outbound = [one], Incidents = [new Incident(new PartyId(1), Phase.ShareKeys, FailureCodes.InvalidShare, "x")], Next = second };

        RoundStep step = machine.Receive(one, Given.Noon);

        Assert.Equal([one, two], step.Outbound.ToArray());
        Assert.Single(step.Incidents);
        Assert.Equal(later, step.Deadline);
        machine.Receive(two, Given.Noon);
        Assert.Equal((1, 1), (first.Received, second.Received));
    }

    [Fact]
    public void A_deadline_stays_until_another_is_set()
    {
        first.OnEnter = new PhaseStep { Deadline = later };
        PhasedRoundMachine machine = Coordinator();

        Assert.Equal(later, machine.Start(Given.Noon).Deadline);
        Assert.Equal(later, machine.Receive(From(1), Given.Noon).Deadline);
        Assert.Equal(later, machine.Receive(From(99), Given.Noon).Deadline);
    }

    [Fact]
    public void A_step_that_says_nothing_has_empty_lists()
    {
        RoundStep step = Coordinator().Start(Given.Noon);

        Assert.Empty(step.Outbound);
        Assert.Empty(step.Incidents);
        Assert.Null(step.Outcome);
    }

    private PhasedRoundMachine Coordinator() => new(terms, PartyId.Coordinator, first);

    private PhasedRoundMachine Started()
    {
        PhasedRoundMachine machine = Coordinator();
        machine.Start(Given.Noon);
        return machine;
    }

    private static Envelope From(int party) => new(terms.Id, Phase.ShareKeys, new PartyId(party), PartyId.Coordinator, new byte[] { 1 });

    private void AssertDropped(PhasedRoundMachine machine, Envelope message, FailureCode code)
    {
        RoundStep step = machine.Receive(message, Given.Noon);

        Incident incident = Assert.Single(step.Incidents);
        Assert.Equal((message.From, message.Phase, code), (incident.Party, incident.Phase, incident.Code));
        Assert.Empty(step.Outbound);
        Assert.Null(step.Outcome);
        Assert.Equal(0, first.Received);
    }

    private sealed class StubPhase : IRoundPhase
    {
        public Phase Phase => Phase.ShareKeys;

        public PhaseStep OnEnter { get; set; }

        public PhaseStep OnReceive { get; set; }

        public PhaseStep OnExpire { get; set; }

        public int Received { get; private set; }

        public bool Disposed { get; private set; }

        public PhaseStep Enter(DateTimeOffset now) => OnEnter;

        public PhaseStep Receive(Envelope message, DateTimeOffset now)
        {
            Received++;
            return OnReceive;
        }

        public PhaseStep Expire(DateTimeOffset now) => OnExpire;

        public void Dispose() => Disposed = true;
    }
}
