using Tacit.Aggregation.Rounds;
using Tacit.Protocols;
using Tacit.Simulation.Conformance;
using Tacit.Simulation.Rounds;
using Tacit.Tests.Attacks;
using Xunit;

namespace Tacit.Tests.Protocols;

public sealed class ConformanceTests
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
        // One round of n costs n² key agreements: past 20 only some sizes, unless there is time.
        foreach (int n in Enumerable.Range(2, 63).Where(n => Effort.IsExhaustive || n <= 20 || n is 31 or 32 or 33 or 64))
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
}
