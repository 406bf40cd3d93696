using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Rings;
using Tacit.Protocols;
using Tacit.Protocols.Collusion;
using Tacit.Protocols.SecAgg;
using Xunit;

namespace Tacit.Tests.Protocols.Collusion;

public sealed class CollusionLimitsTests
{
    [Theory]
    [InlineData(10, 7, 3)]   // 2t > n + k up to k = 3
    [InlineData(10, 9, 7)]
    [InlineData(6, 4, 1)]
    public void Malicious_complete_graphs_hold_while_no_two_views_reach_the_threshold(int n, int t, int most)
    {
        RoundTerms terms = Terms(SecAggProtocol.ProtocolName, n, new ProtectionTerms { Mode = ProtectionMode.Malicious, Threshold = t, Neighbours = n - 1, MaximumCorrupt = 0, MaximumDropouts = 0 });

        Assert.Equal(most, LastSafe(terms));
        Assert.Equal(CollusionState.Broken, CollusionLimits.LevelOf(terms, most + 1).State);
    }

    [Theory]
    [InlineData(10, 7, 6)]
    [InlineData(10, 2, 1)]
    public void Semi_honest_complete_graphs_hold_below_the_threshold(int n, int t, int most) =>
        Assert.Equal(most, LastSafe(Terms(SecAggProtocol.ProtocolName, n, new ProtectionTerms { Mode = ProtectionMode.SemiHonest, Threshold = t, Neighbours = n - 1, MaximumCorrupt = 0, MaximumDropouts = 0 })));

    [Fact]
    public void A_sum_of_few_is_one_input_once_all_others_collude()
    {
        RoundTerms terms = Terms(SecAggProtocol.ProtocolName, 10, new ProtectionTerms { Mode = ProtectionMode.SemiHonest, Threshold = 7, Neighbours = 9, MaximumCorrupt = 0, MaximumDropouts = 0 }) with { MinimumCohort = 4 };

        Assert.Equal(2, LastSafe(terms));
        Assert.Contains("as few as 4 inputs", CollusionLimits.LevelOf(terms, 3).Says, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ProtectionMode.SemiHonest)]
    [InlineData(ProtectionMode.Malicious)]
    public void Found_graphs_keep_what_they_promise_and_not_everything(ProtectionMode mode)
    {
        ProtectionTerms found = new ProtectionChoice("secagg-plus", mode) { Corrupt = 0.05, Drop = 0.1 }.Resolve(600);
        RoundTerms terms = Terms("secagg-plus", 600, found) with { MinimumCohort = 400 };

        Assert.True(found.Neighbours < 599);
        Assert.Equal(CollusionState.Safe, CollusionLimits.LevelOf(terms, found.MaximumCorrupt).State);
        Assert.InRange(LastSafe(terms), found.MaximumCorrupt, 300);
        Assert.Contains(CollusionLimits.Of(terms), level => level.State == CollusionState.Weak);
        Assert.Equal(CollusionState.Broken, CollusionLimits.LevelOf(terms, 599).State);
        CollusionState[] states = [.. CollusionLimits.Of(terms).Select(level => level.State)];
        Assert.Equal(states.Order(), states);   // more colluders never read less
    }

    [Fact]
    public void Nothing_is_safe_without_masks()
    {
        RoundTerms terms = Terms("plain-sum", 5, ProtectionTerms.None);

        Assert.All(CollusionLimits.Of(terms), level => Assert.Equal(CollusionState.Broken, level.State));
        Assert.Contains("nothing is masked", CollusionLimits.RuleOf(terms), StringComparison.Ordinal);
    }

    [Fact]
    public void Large_cohorts_are_sampled_from_none_to_all()
    {
        RoundTerms terms = Terms("plain-sum", 1000, ProtectionTerms.None);

        int[] colluders = [.. CollusionLimits.Of(terms).Select(level => level.Colluders)];

        Assert.InRange(colluders.Length, 100, 202);
        Assert.Equal((0, 1000), (colluders[0], colluders[^1]));
    }

    private static int LastSafe(RoundTerms terms) => Enumerable.Range(0, terms.Cohort.Length).TakeWhile(colluders => CollusionLimits.LevelOf(terms, colluders).State == CollusionState.Safe).Last();

    private static RoundTerms Terms(string protocol, int participants, ProtectionTerms protection) => new()
    {
        Protocol = protocol,
        Job = "test",
        Round = 1,
        ModelHash = [.. new byte[32]],
        PlanHash = [.. new byte[32]],
        Cohort = [.. Enumerable.Range(1, participants).Select(i => new CohortMember(new PartyId(i), null))],
        Ring = new ResidueRing(16),
        Length = 8,
        Protection = protection,
        MinimumCohort = participants,
    };
}
