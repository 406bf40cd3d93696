using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Protocols;
using Tacit.Simulation.Conformance;
using Tacit.Simulation.Networks;
using Tacit.Simulation.Rounds;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Protocols;

public sealed class ConformanceTests(ITestOutputHelper output)
{
    private static readonly SimulatedIdentities identities = new(99);

    public static TheoryData<string, ProtectionMode> Protocols => new()
    {
        { "plain-sum", ProtectionMode.SemiHonest },
        { "secagg", ProtectionMode.SemiHonest },
        { "secagg", ProtectionMode.Malicious },
        { "secagg-plus", ProtectionMode.SemiHonest },
        { "secagg-plus", ProtectionMode.Malicious },
    };

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Every_size_from_2_to_64_sums_exactly(string protocol, ProtectionMode mode)
    {
        for (int n = 2; n <= 64; n++)
        {
            ConformanceResult result = ProtocolConformance.Check(new ConformanceScenario
            {
                Protection = new ProtectionChoice(protocol, mode) { Corrupt = 0.05, Drop = 0.05 },
                Participants = n,
                Seed = (ulong)n,
                Bits = 1 + (n % 64),
                Identities = identities,
            });

            Assert.Empty(result.Violations);
            RoundOutcome.Completed completed = Assert.IsType<RoundOutcome.Completed>(result.Run.Outcome);
            Assert.Equal(n, completed.Included.Length);
        }
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Every_dropout_subset_in_every_phase_up_to_5_sums_exactly_or_aborts_with_a_reason(string protocol, ProtectionMode mode)
    {
        int completed = 0, aborted = 0;
        for (int n = 2; n <= 5; n++)
        {
            foreach (ImmutableDictionary<PartyId, Phase> crashes in AllCrashes(n))
            {
                ConformanceResult result = ProtocolConformance.Check(new ConformanceScenario
                {
                    Protection = new ProtectionChoice(protocol, mode),
                    Participants = n,
                    Seed = 7,
                    Faults = new FaultPlan { Crashes = crashes },
                    Identities = identities,
                });
                Assert.Empty(result.Violations);
                if (result.Run.Outcome is RoundOutcome.Completed) completed++;
                else aborted++;
            }
        }

        output.WriteLine($"{completed} completed, {aborted} aborted");
        Assert.True(completed > 0 && (aborted > 0 || protocol == "plain-sum"));
    }

    private static IEnumerable<ImmutableDictionary<PartyId, Phase>> AllCrashes(int n)
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
