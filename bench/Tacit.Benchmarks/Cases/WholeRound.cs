using System.Collections.Immutable;
using System.Diagnostics;
using Tacit.Aggregation.Rounds;
using Tacit.Benchmarks.Cohorts;
using Tacit.Benchmarks.Harness;
using Tacit.Cryptography.Rings;
using Tacit.Simulation.Networks;
using Tacit.Simulation.Rounds;

namespace Tacit.Benchmarks.Cases;

/// <summary>A whole round of real machines in one process.</summary>
internal sealed class WholeRound : IBenchmark
{
    public string Name => "round";

    public string Summary => "a whole SecAgg+ round in the simulation, n = 100 and n = 1,000, d = 2^20, 5 % dropped";

    public void Run(Section section, Options options)
    {
        section.Note("one run each, by the wall clock; the simulation holds every participant's vector");
        One(section, 100, 1 << 20);
        One(section, 1_000, options.Quick ? 1 << 18 : 1 << 20);
    }

    private static void One(Section section, int n, int d)
    {
        CohortOptions of = new(n, d);
        ulong[] sum = new ulong[d];
        ModularVector[] inputs = [.. Enumerable.Range(1, n).Select(i => Input(of, i))];
        RoundSetup setup = RoundSetup.Create(new RoundSetupOptions { Protection = of.Choice, Seed = 7 }, inputs);
        ImmutableDictionary<PartyId, Phase> crashes = Enumerable.Range(0, of.Dropped).ToImmutableDictionary(i => new PartyId(n - (20 * i)), _ => Phase.MaskedInput);
        for (int i = 1; i <= n; i++)
        {
            if (crashes.ContainsKey(new PartyId(i))) continue;
            ReadOnlySpan<uint> lanes = inputs[i - 1].Lanes<uint>();
            for (int j = 0; j < d; j++) sum[j] = (sum[j] + lanes[j]) & of.Ring.Mask;
        }

        long start = Stopwatch.GetTimestamp();
        RoundRun run = new RoundSimulation(setup.Protocol, setup.Terms, setup.Inputs) { Faults = new FaultPlan { Crashes = crashes } }.Run();
        double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Section.Verify(run.Outcome is RoundOutcome.Completed completed && completed.Sum!.ToArray().AsSpan().SequenceEqual(sum), "the sum of the survivors");

        string name = $"n = {n}, k = {setup.Terms.Protection.Neighbours}, d = 2^{Math.Log2(d)}";
        section.Add($"{name}: wall clock", wall, "s");
        foreach (Phase phase in Enum.GetValues<Phase>())
        {
            if (run.CoordinatorTime.TryGetValue(phase, out TimeSpan time)) section.Add($"{name}: coordinator, {phase.Name()}", time.TotalSeconds, "s");
        }

        section.Add($"{name}: coordinator, all phases", run.CoordinatorTime.Values.Sum(t => t.TotalSeconds), "s");
        foreach (Phase phase in Enum.GetValues<Phase>()) section.Add($"{name}: mean participant, {phase.Name()}", run.ParticipantTime[phase].TotalMilliseconds / n, "ms");
        section.Add($"{name}: mean participant, all phases", run.ParticipantTime.Values.Sum(t => t.TotalMilliseconds) / n, "ms");
        section.Add($"{name}: working set of the process", Environment.WorkingSet / (double)(1 << 20), "MiB");
    }

    private static ModularVector Input(CohortOptions of, int seed)
    {
        ModularVector vector = new(of.Ring, of.Length);
        Span<uint> lanes = vector.Lanes<uint>();
        Random random = new(seed);
        for (int i = 0; i < lanes.Length; i++) lanes[i] = (uint)of.Ring.Reduce(random.Next(-CohortOptions.Magnitude, CohortOptions.Magnitude + 1));
        return vector;
    }
}
