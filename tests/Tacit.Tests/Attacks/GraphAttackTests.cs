using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Protocols;
using Tacit.Protocols.SecAgg;
using Tacit.Protocols.SecAggPlus;
using Xunit;
using static Tacit.Tests.Attacks.Given;

namespace Tacit.Tests.Attacks;

/// <summary>SA-18: a coordinator, or a participant, that wants to choose who is whose neighbour.</summary>
public sealed class GraphAttackTests
{
    private const int Members = 9;

    // Neighbours: kind (1), bitmap (2), coins (16 each), then the list of bundles: count (4), owner (4) and bundle each.
    [Theory]
    [InlineData("coins altered", "GRAPH_INCONSISTENT")]
    [InlineData("own coins left out", "UNKNOWN_PARTY")]
    [InlineData("another neighbour", "GRAPH_INCONSISTENT")]
    [InlineData("a neighbour less", "GRAPH_INCONSISTENT")]
    [InlineData("bits after the last member", "GRAPH_INCONSISTENT")]
    [InlineData("bytes after the end", "MALFORMED_MESSAGE")]
    public void SA_18_a_graph_that_does_not_follow_from_the_coins_is_refused(string attack, string code)
    {
        RoundTerms terms = Graph(ProtectionMode.Malicious, Members, 4, 3);
        int item = 4 + KeyBundle.EncodedBytes(terms), list = 1;
        bool inCoins = attack is "coins altered" or "own coins left out" or "bits after the last member";
        Dictionary<PartyId, byte[]> bundles = [];
        TamperedRound round = new TamperedRound(terms)
        {
            Tamper = message =>
            {
                byte[] payload = message.Payload.ToArray();
                if (message.Phase == Phase.AdvertiseKeys && payload[0] == (byte)MessageKind.Bundle) bundles[message.From] = payload[1..];
                if (!message.Is(Phase.AdvertiseKeys, 0, to: 1) || payload[0] != (byte)(inCoins ? MessageKind.Coins : MessageKind.Neighbours)) return [message];
                return [message with { Payload = attack switch
                {
                    "coins altered" => Changed(payload, p => p[3 + GraphCoins.Bytes] ^= 1),
                    "own coins left out" => [payload[0], (byte)(payload[1] & ~1), .. payload[2..3], .. payload[(3 + GraphCoins.Bytes)..]],
                    "another neighbour" => Replaced(payload, list, item, bundles),
                    "a neighbour less" => Changed(payload[..^item], p => p[list]--),
                    "bits after the last member" => Changed(payload, p => p[2] |= 0x80),
                    _ => [.. payload, 0],
                } }];
            },
        }.Run();

        Assert.Equal(code, Assert.IsType<RoundOutcome.Aborted>(round.Outcomes[Party(1)]).Reason.Name);
    }

    [Fact]
    public void SA_18_commitments_that_alter_ones_own_are_refused()
    {
        TamperedRound round = new TamperedRound(Graph(ProtectionMode.Malicious, Members, 4, 3))
        {
            Tamper = message => [message.Is(Phase.AdvertiseKeys, 0, to: 1) && message.Payload.Span[0] == (byte)MessageKind.Commitments ? message.Altered(p => p[9] ^= 1) : message],
        }.Run();

        Assert.Equal(FailureCodes.GraphInconsistent, Assert.IsType<RoundOutcome.Aborted>(round.Outcomes[Party(1)]).Reason);
    }

    [Fact]
    public void SA_18_a_second_list_of_commitments_changes_nothing()
    {
        TamperedRound round = new TamperedRound(Graph(ProtectionMode.Malicious, Members, 4, 3))
        {
            Tamper = message => message.Is(Phase.AdvertiseKeys, 0, to: 1) && message.Payload.Span[0] == (byte)MessageKind.Commitments ? [message, message.Altered(p => p[60] ^= 1)] : [message],
        }.Run();

        Assert.Contains(round.Incidents, incident => incident.Observer == Party(1) && incident.Incident.Code == FailureCodes.DuplicateMessage);
        Assert.True(round.SumIsRight());
    }

    [Fact]
    public void SA_18_a_participant_whose_coins_do_not_match_its_commitment_is_left_out()
    {
        TamperedRound round = new TamperedRound(Graph(ProtectionMode.Malicious, Members, 4, 3))
        {
            Tamper = message => [message.Is(Phase.AdvertiseKeys, 2) && message.Payload.Span[0] == (byte)MessageKind.Reveal ? message.Altered(p => p[1] ^= 1) : message],
        }.Run();

        Assert.Contains(round.Incidents, item => item.Incident.Party == Party(2) && item.Incident.Code == FailureCodes.GraphInconsistent);
        Assert.DoesNotContain(Party(2), ((RoundOutcome.Completed)round.Outcome).Included);
        Assert.True(round.SumIsRight());
    }

    [Fact]
    public void SA_18_shares_of_somebody_who_is_no_neighbour_are_refused()
    {
        TamperedRound round = new TamperedRound(Graph(ProtectionMode.Malicious, Members, 4, 3))
        {
            Tamper = message => [message.Is(Phase.ShareKeys, 0, to: 1) ? message.Altered(p => p[^(SecAggKeySchedule.SealedShareBytes + 4)] = 250) : message],
        }.Run();

        Assert.Equal(FailureCodes.UnknownParty, Assert.IsType<RoundOutcome.Aborted>(round.Outcomes[Party(1)]).Reason);
    }

    [Theory]
    [InlineData(3, "INVALID_VALUE")]    // odd
    [InlineData(0, "INVALID_VALUE")]
    [InlineData(10, "PARAMETERS_INFEASIBLE")]
    public void SA_18_a_degree_that_does_not_keep_the_promise_is_refused(int k, string code)
    {
        RoundTerms terms = Graph(ProtectionMode.Malicious, 100, k, 2);

        FailureException refused = Assert.Throws<FailureException>(() => new SecAggPlusProtocol().Validate(terms with
        {
            Protection = terms.Protection with { MaximumCorrupt = 20, MaximumDropouts = 20 },
        }));

        Assert.Equal(code, refused.Code.Name);
    }

    // Two honest ones are left out of the revealed coins, another two, …: each pair draws another graph, and the coordinator need not show any but the last.
    [Theory]
    [InlineData(8, true)]
    [InlineData(40, false)]
    public void SA_18_a_coordinator_that_redraws_the_graph_needs_about_two_to_the_sigma_draws(double sigma, bool falls)
    {
        const int All = 200, Colluding = 20, Most = 3_000;
        GraphParameters found = ParameterFinder.Find(new GraphRequirements(All, (double)Colluding / All, 0) { Sigma = sigma });
        RoundTerms terms = Graph(ProtectionMode.SemiHonest, All, found.Neighbours, found.Threshold);
        GraphCommitments commitments = new([.. terms.Cohort.Select(member => (member.Id, new byte[32]))]);
        (PartyId Owner, byte[] Coins)[] coins = [.. terms.Cohort.Select(member => (member.Id, BitConverter.GetBytes((UInt128)member.Id.Value)))];
        int[] honest = [.. Enumerable.Range(Colluding + 1, All - Colluding)];

        var draws = honest.SelectMany((_, i) => honest[..i], (second, first) => (first, second)).Take(Most).Select((pair, i) => (
            Number: i + 1,
            Graph: commitments.Draw(terms, [.. coins.Where(coin => coin.Owner.Value != pair.first && coin.Owner.Value != pair.second)]).Graph,
            pair));
        int number = draws.FirstOrDefault(draw => honest.Any(victim => victim != draw.pair.first && victim != draw.pair.second && draw.Graph.NeighboursOf(Party(victim)).Count(neighbour => neighbour.Value <= Colluding) >= found.Threshold)).Number;

        Assert.Equal(falls, number > 0);
    }

    [Fact]
    public void SA_18_terms_that_promise_more_than_their_graph_holds_are_refused()
    {
        RoundTerms terms = Graph(ProtectionMode.Malicious, 1000, 62, 43);   // as the finder says for sigma 40
        ProtectionTerms protection = terms.Protection with { MaximumCorrupt = 50, MaximumDropouts = 50 };
        ProtectionChoice larger = new("secagg-plus", ProtectionMode.Malicious) { Corrupt = 0.05, Drop = 0.05, Sigma = 80 };

        new SecAggPlusProtocol().Validate(terms with { Protection = protection });
        Assert.Equal(FailureCodes.ParametersInfeasible, Assert.Throws<FailureException>(() => new SecAggPlusProtocol().Validate(terms with { Protection = protection with { Sigma = 80 } })).Code);
        Assert.Equal(FailureCodes.InvalidValue, Assert.Throws<FailureException>(() => new SecAggPlusProtocol().Validate(terms with { Protection = protection with { Sigma = 39 } })).Code);
        ProtectionTerms resolved = larger.Resolve(1000);
        Assert.InRange(resolved.Neighbours, 70, 90);
        new SecAggPlusProtocol().Validate(terms with { Protection = resolved });
    }

    [Fact]
    public void SA_18_each_participants_coins_change_the_graph()
    {
        RoundTerms terms = Graph(ProtectionMode.SemiHonest, 40, 6, 2);
        GraphCommitments commitments = new([.. terms.Cohort.Select(member => (member.Id, new byte[32]))]);
        byte[][] coins = [.. terms.Cohort.Select(member => new byte[GraphCoins.Bytes])];
        NeighbourGraph before = commitments.Draw(terms, [.. terms.Cohort.Select((member, i) => (member.Id, coins[i]))]).Graph;
        for (int i = 0; i < coins.Length; i++)
        {
            coins[i][0] ^= 1;
            NeighbourGraph after = commitments.Draw(terms, [.. terms.Cohort.Select((member, j) => (member.Id, coins[j]))]).Graph;
            coins[i][0] ^= 1;

            Assert.NotEqual(before.NeighboursOf(Party(1)), after.NeighboursOf(Party(1)));
        }
    }

    private static byte[] Changed(byte[] payload, Action<byte[]> change)
    {
        change(payload);
        return payload;
    }

    // The first neighbour makes room for a member that is none, whose bundle is just as well signed.
    private static byte[] Replaced(byte[] payload, int list, int item, Dictionary<PartyId, byte[]> bundles)
    {
        HashSet<int> neighbours = [.. Enumerable.Range(0, 4).Select(i => BitConverter.ToInt32(payload, list + 4 + (i * item)))];
        int other = Enumerable.Range(2, Members - 1).First(party => !neighbours.Contains(party));
        List<(int Owner, byte[] Bundle)> items = [.. neighbours.Skip(1).Append(other).Order().Select(party => (party, bundles[Party(party)]))];
        return [.. payload[..(list + 4)], .. items.SelectMany(i => BitConverter.GetBytes(i.Owner).Concat(i.Bundle))];
    }
}
