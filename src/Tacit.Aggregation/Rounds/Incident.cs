using Tacit.Aggregation.Failures;

namespace Tacit.Aggregation.Rounds;

/// <summary>Something a party did that the protocol does not allow; the round goes on without it where it can.</summary>
/// <param name="Party">Whom it is held against.</param>
/// <param name="Phase">When.</param>
/// <param name="Code">What, as a stable code.</param>
/// <param name="Detail">One line for people: no secret.</param>
public sealed record Incident(PartyId Party, Phase Phase, FailureCode Code, string Detail);

/// <summary>A participant that stopped answering, which is expected and no error.</summary>
/// <param name="Party">Who.</param>
/// <param name="Phase">The first phase it did not answer.</param>
/// <param name="Recovered">Whether its input is in the sum, or its masks were taken out of it.</param>
public sealed record Dropout(PartyId Party, Phase Phase, bool Recovered);
