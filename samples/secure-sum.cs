// Five hospitals add their numbers; the coordinator sees only the sum, although one of them drops out half-way.
//   dotnet run --file samples/secure-sum.cs
#:property PublishAot=false
#:project ../src/Tacit.Simulation/Tacit.Simulation.csproj
using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Rings;
using Tacit.Protocols;
using Tacit.Simulation.Networks;
using Tacit.Simulation.Rounds;

// #region sample
ResidueRing ring = new(bits: 32);
ModularVector[] counts =
[
    ModularVector.From(ring, [120, 7, 31]),
    ModularVector.From(ring, [98, 4, 27]),
    ModularVector.From(ring, [143, 9, 40]),
    ModularVector.From(ring, [77, 2, 19]),
    ModularVector.From(ring, [110, 6, 33]),
];
RoundSetup setup = RoundSetup.Create(
    new RoundSetupOptions { Protection = new ProtectionChoice("secagg", ProtectionMode.Malicious), Seed = 1, MinimumCohort = 3 },
    counts);
RoundRun run = new RoundSimulation(setup.Protocol, setup.Terms, setup.Inputs)
{
    Faults = new FaultPlan { Crashes = ImmutableDictionary<PartyId, Phase>.Empty.Add(new PartyId(4), Phase.MaskedInput) },
}.Run();

RoundOutcome.Completed completed = (RoundOutcome.Completed)run.Outcome;
Console.WriteLine($"sum of {string.Join(", ", completed.Included)}: {string.Join(", ", completed.Sum!.ToArray())}");
// #endregion

return completed.Sum!.ToArray() is [471, 26, 131] ? 0 : 1;
