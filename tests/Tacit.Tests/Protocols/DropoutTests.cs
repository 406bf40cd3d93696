using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Protocols;
using Tacit.Simulation.Conformance;
using Tacit.Simulation.Networks;
using Tacit.Simulation.Rounds;
using Tacit.Tests.Attacks;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Protocols;

/// <summary>Who drops out when: everything that can be enumerated, with thresholds from the least allowed up to n in turn.</summary>
public sealed class DropoutTests(ITestOutputHelper output)
{
    private static readonly SimulatedIdentities identities = new(99);

    private int completed, aborted, next;

    [Theory]
    [MemberData(nameof(ConformanceTests.Protocols), MemberType = typeof(ConformanceTests))]
    public void Every_assignment_of_phases_up_to_4_sums_exactly_or_aborts_with_a_reason(string protocol, ProtectionMode mode)
    {
        for (int n = 2; n <= 4; n++)
        {
            foreach (ImmutableDictionary<PartyId, Phase> crashes in EveryAssignment(n)) Check(protocol, mode, n, crashes);
        }

        AssertBoth(protocol);
    }

    [Theory]
    [MemberData(nameof(ConformanceTests.Protocols), MemberType = typeof(ConformanceTests))]
    public void Every_subset_of_up_to_6_in_every_phase_sums_exactly_or_aborts_with_a_reason(string protocol, ProtectionMode mode)
    {
        for (int n = 2; n <= 6; n++)
        {
            foreach (Phase phase in Enum.GetValues<Phase>())
            {
                for (int subset = 1; subset < 1 << n; subset++) Check(protocol, mode, n, Subset(n, subset).ToImmutableDictionary(party => party, _ => phase));
            }
        }

        AssertBoth(protocol);
    }

    [Theory]
    [MemberData(nameof(ConformanceTests.Protocols), MemberType = typeof(ConformanceTests))]
    public void Random_dropouts_of_up_to_64_sum_exactly_or_abort_with_a_reason(string protocol, ProtectionMode mode)
    {
        SeededRandomSource random = new(17, protocol);
        foreach (int n in Effort.IsExhaustive ? Enumerable.Range(7, 58) : [7, 9, 12, 16, 24, protocol == "secagg" ? 33 : 64])
        {
            Check(protocol, mode, n, FaultPlan.DrawCrashes(Enumerable.Range(1, n).Select(i => new PartyId(i)), 0.3 * random.NextDouble(), random.NextDouble));
        }

        Assert.True(completed > 0);
    }

    [Theory]
    [InlineData(ProtectionMode.SemiHonest)]
    [InlineData(ProtectionMode.Malicious)]
    public void Every_size_reaches_its_least_threshold_exactly(ProtectionMode mode)
    {
        for (int n = 3; n <= 8; n++)
        {
            int t = Least("secagg", mode, n);
            foreach (Phase phase in Enum.GetValues<Phase>())
            {
                RoundOutcome enough = Run("secagg", mode, n, t, Subset(n, (1 << (n - t)) - 1).ToImmutableDictionary(party => party, _ => phase));
                RoundOutcome tooFew = Run("secagg", mode, n, t, Subset(n, (1 << (n - t + 1)) - 1).ToImmutableDictionary(party => party, _ => phase));

                Assert.IsType<RoundOutcome.Completed>(enough);
                Assert.IsType<RoundOutcome.Aborted>(tooFew);
            }
        }
    }

    // Mostly the least threshold, with which most rounds complete; the others up to n take turns.
    private void Check(string protocol, ProtectionMode mode, int n, ImmutableDictionary<PartyId, Phase> crashes)
    {
        int least = Least(protocol, mode, n);
        int t = next % 3 != 0 ? least : least + (next / 3 % (Most(protocol, n) - least + 1));
        next++;
        if (Run(protocol, mode, n, t, crashes) is RoundOutcome.Completed) completed++;
        else aborted++;
    }

    private static RoundOutcome Run(string protocol, ProtectionMode mode, int n, int t, ImmutableDictionary<PartyId, Phase> crashes)
    {
        ConformanceResult result = ProtocolConformance.Check(new ConformanceScenario
        {
            Protection = new ProtectionChoice(protocol, mode) { Threshold = t, Neighbours = Degree(protocol, n) },
            Participants = n,
            Seed = 7,
            Faults = new FaultPlan { Crashes = crashes },
            Identities = identities,
        });
        Assert.Empty(result.Violations);
        return result.Run.Outcome;
    }

    // secagg-plus draws graphs from 4 participants on, so that it is not secagg once more.
    private static int? Degree(string protocol, int n) => protocol != "secagg-plus" ? null : n < 4 ? n - 1 : Math.Min(12, 2 * ((n - 2) / 2));

    private static int Most(string protocol, int n) => Degree(protocol, n) is { } k && k < n - 1 ? k : n;

    private static int Least(string protocol, ProtectionMode mode, int n)
    {
        int holders = Most(protocol, n);
        return mode == ProtectionMode.Malicious ? Math.Max(2, (holders / 2) + 1) : 2;
    }

    private void AssertBoth(string protocol)
    {
        output.WriteLine($"{completed} completed, {aborted} aborted");
        Assert.True(completed > 0 && (aborted > 0 || protocol == "plain-sum"));
    }

    private static IEnumerable<PartyId> Subset(int n, int bits) => Enumerable.Range(1, n).Where(i => (bits >> (i - 1) & 1) != 0).Select(i => new PartyId(i));

    private static IEnumerable<ImmutableDictionary<PartyId, Phase>> EveryAssignment(int n)
    {
        // Digit d of a base-6 number: 0 stays, 1…5 crashes in that phase.
        int plans = (int)Math.Pow(6, n);
        for (int plan = 0; plan < plans; plan++)
        {
            var crashes = ImmutableDictionary.CreateBuilder<PartyId, Phase>();
            for (int i = 0, rest = plan; i < n; i++, rest /= 6)
            {
                if (rest % 6 != 0) crashes.Add(new PartyId(i + 1), (Phase)((rest % 6) - 1));
            }

            yield return crashes.ToImmutable();
        }
    }
}
