using System.Globalization;
using System.Text;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Protocols;
using Tacit.Simulation.Conformance;
using Tacit.Simulation.Networks;
using Tacit.Simulation.Rounds;

namespace Tacit.Tests.Faults;

/// <summary>A round and what goes wrong in it, all drawn from one seed.</summary>
internal static class FaultSchedule
{
    private static readonly SimulatedIdentities identities = new(99);

    /// <summary>Draws a scenario: small rounds mostly, because there are many of them.</summary>
    public static ConformanceScenario Draw(ulong seed)
    {
        SeededRandomSource random = new(seed, "fault schedule");
        int n = 2 + (int)(random.NextDouble() * random.NextDouble() * 9);
        ProtectionChoice protection = Protection(random, n);
        return new ConformanceScenario
        {
            Protection = protection,
            Participants = n,
            Seed = seed,
            Bits = 1 + random.NextIndex(64),
            ExtraResidues = random.NextIndex(60),
            ChunkBytes = random.NextIndex(2) == 0 ? 64 : 64 * 1024,
            Identities = identities,
            Faults = Faults(random, n),
        };
    }

    /// <summary>Runs a scenario and says in words what must not have happened; empty if nothing did.</summary>
    public static string Violations(ConformanceScenario scenario, out ConformanceResult? result)
    {
        result = null;
        try
        {
            result = ProtocolConformance.Check(scenario);
            return string.Join("; ", result.Violations.Where(violation => !AltersInputs(scenario) || !IsAboutTheSum(violation)));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"{e.GetType().Name}: {e.Message} {e.StackTrace}";
        }
    }

    /// <summary>
    /// Whether bits of inputs may flip on the way. Inputs are protected against reading, not against alteration: that is the transport's part,
    /// and a participant may send any vector it likes. Such a round must still end, leak nothing and throw nothing; its sum says nothing.
    /// </summary>
    public static bool AltersInputs(ConformanceScenario scenario) => scenario.Faults.CorruptionProbability > 0 && scenario.Faults.Phases.Contains(Phase.MaskedInput);

    /// <summary>Everything about a run that its seed decides; times and signatures are left out.</summary>
    public static string Describe(RoundRun run)
    {
        StringBuilder text = new();
        text.Append(run.Outcome switch
        {
            RoundOutcome.Completed c => $"completed {string.Join(' ', c.Included)} dropped {string.Join(' ', c.Dropped)} sum {string.Join(' ', c.Sum!.ToArray())}",
            RoundOutcome.Aborted a => $"aborted {a.Reason} {a.Detail} {string.Join(' ', a.Culprits)}",
            _ => throw new System.Diagnostics.UnreachableException(),
        });
        text.Append(CultureInfo.InvariantCulture, $" after {run.VirtualTime}");
        foreach ((PartyId party, RoundTraffic traffic) in run.Traffic.OrderBy(item => item.Key)) text.Append(CultureInfo.InvariantCulture, $"\n{party}: {traffic}");
        foreach ((PartyId observer, Incident incident) in run.Incidents) text.Append(CultureInfo.InvariantCulture, $"\n{observer} saw {incident}");
        return text.ToString();
    }

    private static bool IsAboutTheSum(string violation) =>
        violation.Contains("was counted", StringComparison.Ordinal) || violation.Contains("not the plain sum", StringComparison.Ordinal);

    private static ProtectionChoice Protection(SeededRandomSource random, int n)
    {
        if (random.NextIndex(10) == 0) return new ProtectionChoice("plain-sum", ProtectionMode.SemiHonest);

        ProtectionMode mode = random.NextIndex(2) == 0 ? ProtectionMode.SemiHonest : ProtectionMode.Malicious;
        if (n >= 4 && random.NextIndex(3) == 0)
        {
            int k = 2 + (2 * random.NextIndex((n - 2) / 2));
            int leastOfGraph = mode == ProtectionMode.Malicious ? Math.Max(2, (k / 2) + 1) : 2;
            return new ProtectionChoice("secagg-plus", mode) { Neighbours = k, Threshold = leastOfGraph + random.NextIndex(k - leastOfGraph + 1) };
        }

        int least = mode == ProtectionMode.Malicious ? (n / 2) + 1 : 2;
        return new ProtectionChoice(random.NextIndex(4) == 0 ? "secagg-plus" : "secagg", mode)
        {
            Neighbours = n - 1,
            Threshold = least + (int)(random.NextDouble() * random.NextDouble() * (n - least + 1)),
        };
    }

    // One kind of fault, or several; rare or frequent; everywhere or in one phase.
    private static FaultPlan Faults(SeededRandomSource random, int n)
    {
        double rate = random.NextIndex(3) switch { 0 => 0.01, 1 => 0.05, _ => 0.25 };
        double Some() => random.NextIndex(3) == 0 ? rate * random.NextDouble() : 0;
        IEnumerable<Phase> phases = random.NextIndex(2) == 0 ? Enum.GetValues<Phase>() : [(Phase)random.NextIndex(5)];
        double corruption = Some();
        if (corruption > 0 && random.NextIndex(4) != 0) phases = phases.Where(phase => phase != Phase.MaskedInput);   // most sums can be compared
        return new FaultPlan
        {
            Crashes = FaultPlan.DrawCrashes(Enumerable.Range(1, n).Select(i => new PartyId(i)), Some(), random.NextDouble),
            CrashProbability = Some(),
            LossProbability = Some(),
            DuplicateProbability = Some(),
            CorruptionProbability = corruption,
            DelayProbability = Some(),
            Phases = [.. phases],
        };
    }
}
