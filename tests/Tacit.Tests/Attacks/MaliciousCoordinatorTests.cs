using Tacit.Aggregation.Rounds;
using Tacit.Simulation.Attacks;
using Tacit.Simulation.Rounds;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Attacks;

/// <summary>SA-01, SA-02 and SA-03: no play of a deviating coordinator opens one input; on weakened terms it does, so the test can fail.</summary>
public sealed class MaliciousCoordinatorTests(ITestOutputHelper output)
{
    private static readonly SimulatedIdentities identities = new(5);

    [Fact]
    public void SA_01_SA_03_no_short_game_of_up_to_5_participants_recovers_an_input()
    {
        AttackOutcome all = default;
        for (int n = 2; n <= (Effort.IsExhaustive ? 6 : 5); n++)
        {
            for (int c = 0; c <= n - 2; c++)
            {
                foreach (int t in AttackedCohort.AllowedThresholds(ProtectionMode.Malicious, n, c)) all += PlayAll(n, c, t);
            }
        }

        output.WriteLine($"{all.Plays} plays");
        Assert.True(all.Plays > 1_000_000);
        Assert.Equal(0, all.InputsRecovered);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void SA_01_no_choice_of_target_matters(int target)
    {
        AttackOutcome outcome = new MaliciousCoordinator(Given(4, 0, 3) with { Target = target }).PlayAll();

        Assert.Equal(0, outcome.InputsRecovered);
    }

    [Theory]
    [InlineData(4, 0, 2)]   // 2t = n
    [InlineData(4, 1, 2)]   // 2t < n + c
    [InlineData(5, 1, 3)]
    [InlineData(5, 2, 2)]   // colluders hold t of everything
    public void SA_03_a_threshold_that_the_mode_refuses_would_lose_an_input(int n, int c, int t)
    {
        AttackOutcome outcome = PlayAll(n, c, t);

        Assert.True(outcome.InputsRecovered > 0, $"n = {n}, c = {c}, t = {t} is too weak, and yet nothing was recovered");
    }

    [Fact]
    public void SA_02_without_the_consistency_check_a_split_of_half_and_half_would_lose_an_input()
    {
        AttackOutcome outcome = new MaliciousCoordinator(Given(4, 0, 2) with { Mode = ProtectionMode.SemiHonest }).PlayAll();

        Assert.True(outcome.InputsRecovered > 0);
    }

    [Fact]
    public void SA_02_every_split_in_two_of_up_to_8_participants_recovers_nothing()
    {
        AttackOutcome all = default;
        for (int n = 2; n <= 8; n++)
        {
            for (int c = 0; c <= (Effort.IsExhaustive || n <= 6 ? n - 2 : n == 7 ? 2 : 1); c++)
            {
                foreach (int t in AttackedCohort.AllowedThresholds(ProtectionMode.Malicious, n, c).Take(Effort.IsExhaustive ? n : 1))
                {
                    all += new MaliciousCoordinator(Given(n, c, t)).SplitEveryWay();
                }
            }
        }

        output.WriteLine($"{all.Plays} splits");
        Assert.Equal(0, all.InputsRecovered);
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(6, 2)]
    [InlineData(8, 0)]
    public void SA_02_a_split_at_a_threshold_just_below_the_least_would_lose_an_input(int n, int c)
    {
        int t = AttackedCohort.AllowedThresholds(ProtectionMode.Malicious, n, c).First() - 1;

        AttackOutcome outcome = new MaliciousCoordinator(Given(n, c, t)).SplitEveryWay();

        Assert.True(outcome.InputsRecovered > 0);
    }

    private static AttackOutcome PlayAll(int n, int c, int t) => new MaliciousCoordinator(Given(n, c, t)).PlayAll();

    private static AttackedCohort Given(int n, int c, int t) => new() { Participants = n, Corrupt = c, Threshold = t, Seed = 11, Identities = identities };
}
