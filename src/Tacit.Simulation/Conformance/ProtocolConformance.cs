using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Protocols;
using Tacit.Simulation.Networks;
using Tacit.Simulation.Rounds;

namespace Tacit.Simulation.Conformance;

/// <summary>Checks that every aggregation protocol must pass, built in or your own.</summary>
/// <remarks>
/// Inputs are one-hot: participant i adds 1 at place i, so a correct sum holds only zeros and ones and says by itself who was counted.
/// Beside it each participant adds random residues, and the sum must equal the plain sum of the included, bit for bit.
/// </remarks>
public static class ProtocolConformance
{
    /// <summary>Runs one round and lists what is wrong with it; an abort is right as long as it has a reason.</summary>
    /// <param name="scenario">What to run.</param>
    /// <returns>Violations; empty if the round conforms.</returns>
    public static ConformanceResult Check(ConformanceScenario scenario)
    {
        ModularVector[] inputs = Inputs(scenario);
        ulong[][] plain = [.. inputs.Select(input => input.ToArray())];
        RoundSetup setup = RoundSetup.Create(
            new RoundSetupOptions
            {
                Protection = scenario.Protection,
                Instance = scenario.Instance,
                Seed = scenario.Seed,
                ChunkBytes = scenario.ChunkBytes,
                Identities = scenario.Identities,
            },
            inputs);
        MaskInvariant invariant = new(setup.Terms) { Colluders = ImmutableHashSet<PartyId>.Empty };
        RoundSimulation simulation = new(setup.Protocol, setup.Terms, setup.Inputs)
        {
            Faults = scenario.Faults,
            Seed = scenario.Seed,
            Observers = [invariant],
        };

        RoundRun run = simulation.Run();
        var violations = ImmutableArray.CreateBuilder<string>();
        violations.AddRange(invariant.Violations);
        violations.AddRange(run.Outcome switch
        {
            RoundOutcome.Completed { Sum: null } => CompareLearned(scenario, setup.Terms, plain, run),
            RoundOutcome.Completed completed => Compare(scenario, setup.Terms, plain, completed),
            RoundOutcome.Aborted aborted when string.IsNullOrEmpty(aborted.Detail) => ["the round aborted without saying why"],
            _ => [],
        });
        return new ConformanceResult(run, violations.ToImmutable());
    }

    private static ModularVector[] Inputs(ConformanceScenario scenario)
    {
        SeededRandomSource random = new(scenario.Seed, "inputs");
        ResidueRing ring = new(scenario.Bits);
        var inputs = new ModularVector[scenario.Participants];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = new ModularVector(ring, scenario.Participants + scenario.ExtraResidues);
            inputs[i][i] = 1;
            for (int j = scenario.Participants; j < inputs[i].Length; j++) inputs[i][j] = random.NextUInt64() & ring.Mask;
        }

        return inputs;
    }

    // Where the coordinator learns nothing, every participant that completed must have learned the same right sum.
    private static List<string> CompareLearned(ConformanceScenario scenario, RoundTerms terms, ulong[][] plain, RoundRun run)
    {
        RoundOutcome.Completed[] learned = [.. run.Participants.Values.OfType<RoundOutcome.Completed>().Where(completed => completed.Sum is not null)];
        return learned.Length == 0 ? ["the coordinator completed without a sum, and no participant learned it"] : [.. learned.SelectMany(completed => Compare(scenario, terms, plain, completed))];
    }

    private static List<string> Compare(ConformanceScenario scenario, RoundTerms terms, ulong[][] plain, RoundOutcome.Completed completed)
    {
        List<string> violations = [];
        HashSet<PartyId> included = [.. completed.Included];
        ModularVector expected = new(terms.Ring, terms.Length);
        foreach (PartyId party in included) expected.Add(ModularVector.From(terms.Ring, plain[party.Value - 1]));
        for (int i = 0; i < scenario.Participants; i++)
        {
            ulong counted = completed.Sum![i], claimed = included.Contains(new PartyId(i + 1)) ? 1UL : 0;
            if (counted != claimed) violations.Add($"participant {i + 1} was counted {counted} times; the outcome says {claimed}");
        }

        if (violations.Count == 0 && !expected.SequenceEqual(completed.Sum!)) violations.Add("the sum is not the plain sum of the included");
        if (included.Count < terms.MinimumCohort) violations.Add($"{included.Count} inputs were opened; the minimum is {terms.MinimumCohort}");
        return violations;
    }
}

/// <summary>One round to check.</summary>
public sealed record ConformanceScenario
{
    /// <summary>Protocol, mode and parameters.</summary>
    public required ProtectionChoice Protection { get; init; }

    /// <summary>The protocol itself, if it is not one of the built-in ones.</summary>
    public IAggregationProtocol? Instance { get; init; }

    /// <summary>n.</summary>
    public required int Participants { get; init; }

    /// <summary>Keys, inputs, latencies and faults follow from it.</summary>
    public required ulong Seed { get; init; }

    /// <summary>b.</summary>
    public int Bits { get; init; } = 16;

    /// <summary>Random residues beside the one-hot ones.</summary>
    public int ExtraResidues { get; init; } = 5;

    /// <summary>Bytes of packed residues in one message: small ones make uploads of many chunks.</summary>
    public int ChunkBytes { get; init; } = 64 * 1024;

    /// <summary>What goes wrong.</summary>
    public FaultPlan Faults { get; init; } = FaultPlan.None;

    /// <summary>Long-term keys, to be shared by many scenarios because they are slow to make.</summary>
    public SimulatedIdentities Identities { get; init; } = new(0);
}

/// <summary>What came of a scenario.</summary>
/// <param name="Run">The round.</param>
/// <param name="Violations">What must not have happened; empty if the round conforms.</param>
public sealed record ConformanceResult(RoundRun Run, ImmutableArray<string> Violations);
