using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;

namespace Tacit.Simulation.Rounds;

/// <summary>What a simulated round came to. The cryptography was real; network and time were not.</summary>
/// <param name="Outcome">The coordinator's.</param>
/// <param name="Participants">Each participant's, if it reached one.</param>
/// <param name="Incidents">What machines held against others, in order, with who noticed.</param>
/// <param name="Traffic">Bytes of each participant.</param>
/// <param name="VirtualTime">How long it would have taken on the simulated network.</param>
/// <param name="CoordinatorTime">Time that the coordinator's machine computed, by phase.</param>
/// <param name="ParticipantTime">Time that all participants' machines computed together, by phase.</param>
public sealed record RoundRun(
    RoundOutcome Outcome,
    ImmutableDictionary<PartyId, RoundOutcome> Participants,
    ImmutableArray<(PartyId Observer, Incident Incident)> Incidents,
    ImmutableDictionary<PartyId, RoundTraffic> Traffic,
    TimeSpan VirtualTime,
    ImmutableDictionary<Phase, TimeSpan> CoordinatorTime,
    ImmutableDictionary<Phase, TimeSpan> ParticipantTime);
