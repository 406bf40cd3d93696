using Tacit.Aggregation.Rounds;

namespace Tacit.Tests.Protocols;

/// <summary>Delivers messages one by one, through hands that may change them.</summary>
internal static class HandDriven
{
    /// <summary>Runs until no message is under way.</summary>
    /// <returns>The outcome of one party, or null.</returns>
    public static RoundOutcome? Run(RoundTerms terms, IRoundMachine coordinator, IReadOnlyList<IRoundMachine> participants, Func<Envelope, Envelope> hands, PartyId watched)
    {
        Dictionary<PartyId, IRoundMachine> machines = new() { [PartyId.Coordinator] = coordinator };
        for (int i = 0; i < participants.Count; i++) machines.Add(terms.Cohort[i].Id, participants[i]);
        Dictionary<PartyId, RoundOutcome> outcomes = [];
        Queue<Envelope> messages = new();
        void Follow(PartyId party, RoundStep step)
        {
            foreach (Envelope message in step.Outbound) messages.Enqueue(message);
            if (step.Outcome is not null) outcomes.Add(party, step.Outcome);
        }

        foreach ((PartyId party, IRoundMachine machine) in machines) Follow(party, machine.Start(DateTimeOffset.UnixEpoch));
        while (messages.TryDequeue(out Envelope? message))
        {
            if (!outcomes.ContainsKey(message.To)) Follow(message.To, machines[message.To].Receive(hands(message), DateTimeOffset.UnixEpoch));
        }

        foreach (IRoundMachine machine in machines.Values) machine.Dispose();
        return outcomes.GetValueOrDefault(watched);
    }
}
