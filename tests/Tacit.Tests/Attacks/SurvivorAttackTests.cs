using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Protocols;
using Xunit;
using static Tacit.Tests.Attacks.Given;

namespace Tacit.Tests.Attacks;

/// <summary>SA-01, SA-02, SA-03 and SA-13: what a participant refuses between its input and its answer.</summary>
public sealed class SurvivorAttackTests
{
    // Members 1…5 in one byte: survivors, then in the request the dropped.
    [Theory]
    [InlineData(0b11111, 0b00001, "UNMASK_REQUEST_REFUSED")]   // 1 is on both lists
    [InlineData(0b11111, 0b11111, "UNMASK_REQUEST_REFUSED")]
    [InlineData(0b11110, 0b00001, "SURVIVORS_INCONSISTENT")]   // not what was signed
    [InlineData(0b11110, 0b00000, "SURVIVORS_INCONSISTENT")]
    [InlineData(0b00011, 0b11100, "SURVIVORS_INCONSISTENT")]
    [InlineData(0b111111, 0b000000, "MALFORMED_MESSAGE")]      // a sixth member
    public void SA_01_a_request_that_does_not_fit_the_signed_survivors_is_refused(int survivors, int dropped, string code)
    {
        TamperedRound round = new TamperedRound(Malicious(5, 3))
        {
            Tamper = message => [message.Is(Phase.Unmasking, 0, to: 2) ? message.Altered(p => (p[1], p[2]) = ((byte)survivors, (byte)dropped)) : message],
        }.Run();

        Assert.Equal(code, Assert.IsType<RoundOutcome.Aborted>(round.Outcomes[Party(2)]).Reason.Name);
        Assert.DoesNotContain(round.Sent, message => message.Is(Phase.Unmasking, 2));
    }

    [Fact]
    public void SA_01_all_pairs_of_lists_that_meet_or_leave_somebody_out_are_refused_in_both_modes()
    {
        int tried = 0;
        foreach (RoundTerms terms in new[] { SemiHonest(4, 2), Malicious(4, 3) })
        {
            for (int lists = 0; lists < 256; lists++)
            {
                int survivors = lists & 15, dropped = lists >> 4;
                if ((survivors & dropped) == 0 && (survivors | dropped) == 15 && terms.Protection.Mode == ProtectionMode.SemiHonest) continue;
                if (survivors == 15 && dropped == 0) continue;
                TamperedRound round = new TamperedRound(terms)
                {
                    Tamper = message => [message.Is(Phase.Unmasking, 0, to: 2) ? message.Altered(p => (p[1], p[2]) = ((byte)survivors, (byte)dropped)) : message],
                }.Run();

                Assert.DoesNotContain(round.Sent, message => message.Is(Phase.Unmasking, 2));
                tried++;
            }
        }

        Assert.Equal(255 + 256 - 16, tried);
    }

    [Fact]
    public void SA_13_a_second_request_is_not_answered()
    {
        TamperedRound round = new TamperedRound(Malicious(4, 3)) { Tamper = message => message.Is(Phase.Unmasking, 0) ? [message, message] : [message] }.Run();

        Assert.All([1, 2, 3, 4], i => Assert.Single(round.Sent, message => message.Is(Phase.Unmasking, i)));
    }

    [Theory]
    [InlineData(0b00011, 1, "COHORT_BELOW_THRESHOLD")]
    [InlineData(0b00111, 4, "COHORT_BELOW_THRESHOLD")]   // enough for the threshold, not for the minimum cohort
    [InlineData(0b11101, 1, "SURVIVORS_INCONSISTENT")]   // 2 itself is missing
    [InlineData(0b111111, 1, "MALFORMED_MESSAGE")]
    public void SA_02_survivors_that_a_participant_cannot_sign_end_its_round(int survivors, int minimum, string code)
    {
        TamperedRound round = new TamperedRound(Malicious(5, 3) with { MinimumCohort = minimum })
        {
            Tamper = message => [message.Is(Phase.ConsistencyCheck, 0, to: 2) ? message.Altered(p => p[1] = (byte)survivors) : message],
        }.Run();

        Assert.Equal(code, Assert.IsType<RoundOutcome.Aborted>(round.Outcomes[Party(2)]).Reason.Name);
        Assert.DoesNotContain(round.Sent, message => message.Is(Phase.ConsistencyCheck, 2));
    }

    [Fact]
    public void SA_02_a_second_survivor_set_is_not_signed()
    {
        TamperedRound round = new TamperedRound(Malicious(5, 3))
        {
            Tamper = message => message.Is(Phase.ConsistencyCheck, 0, to: 2) ? [message, message, message.Altered(p => p[1] = 0b11110)] : [message],
        }.Run();

        Assert.Single(round.Sent, message => message.Is(Phase.ConsistencyCheck, 2));
        Assert.Equal(FailureCodes.SurvivorsInconsistent, Assert.IsType<RoundOutcome.Aborted>(round.Outcomes[Party(2)]).Reason);
        Assert.Contains(round.Incidents, item => item.Observer == Party(2) && item.Incident.Code == FailureCodes.DuplicateMessage);
    }

    [Fact]
    public void SA_02_somebody_who_had_dropped_out_before_is_no_survivor()
    {
        TamperedRound round = new TamperedRound(Malicious(5, 3))
        {
            Tamper = message => message.Is(Phase.ShareKeys, 5) ? [] : [message.Is(Phase.ConsistencyCheck, 0, to: 2) ? message.Altered(p => p[1] = 0b11111) : message],
        }.Run();

        Assert.Equal(FailureCodes.SurvivorsInconsistent, Assert.IsType<RoundOutcome.Aborted>(round.Outcomes[Party(2)]).Reason);
    }

    [Fact]
    public void SA_02_skipping_the_consistency_check_is_refused()
    {
        TamperedRound round = new TamperedRound(Malicious(5, 3))
        {
            Tamper = message => [message.Is(Phase.ConsistencyCheck, 0) ? message with { Phase = Phase.Unmasking } : message],
        }.Run();

        Assert.All([1, 2, 3, 4, 5], i => Assert.Equal(FailureCodes.UnmaskRequestRefused, Assert.IsType<RoundOutcome.Aborted>(round.Outcomes[Party(i)]).Reason));
    }

    [Theory]
    [InlineData("fewer than t", "COHORT_BELOW_THRESHOLD")]
    [InlineData("one altered", "SURVIVORS_INCONSISTENT")]
    public void SA_02_signatures_that_do_not_prove_agreement_are_refused(string attack, string code)
    {
        // kind (1), survivors (1), dropped (1), count (4), then party (4) and signature (64) each.
        TamperedRound round = new TamperedRound(Malicious(5, 3))
        {
            Tamper = message => [!message.Is(Phase.Unmasking, 0, to: 2) ? message
                : attack == "fewer than t" ? (message with { Payload = message.Payload[..(7 + (2 * 68))] }).Altered(p => p[3] = 2)
                : message.Altered(p => p[^1] ^= 1)],
        }.Run();

        Assert.Equal(code, Assert.IsType<RoundOutcome.Aborted>(round.Outcomes[Party(2)]).Reason.Name);
    }

    [Theory]
    [InlineData("secagg", ProtectionMode.Malicious, 10, 0, 9, 5, false)]
    [InlineData("secagg", ProtectionMode.Malicious, 10, 0, 9, 6, true)]
    [InlineData("secagg", ProtectionMode.Malicious, 10, 2, 9, 6, false)]
    [InlineData("secagg", ProtectionMode.Malicious, 10, 2, 9, 7, true)]
    [InlineData("secagg", ProtectionMode.Malicious, 10, 2, 9, 11, false)]
    [InlineData("secagg", ProtectionMode.SemiHonest, 10, 3, 9, 3, false)]
    [InlineData("secagg", ProtectionMode.SemiHonest, 10, 3, 9, 4, true)]
    [InlineData("secagg", ProtectionMode.SemiHonest, 10, 0, 9, 1, false)]
    [InlineData("secagg-plus", ProtectionMode.SemiHonest, 100, 5, 16, 5, false)]
    [InlineData("secagg-plus", ProtectionMode.SemiHonest, 100, 5, 16, 6, true)]
    [InlineData("secagg-plus", ProtectionMode.Malicious, 100, 5, 16, 10, false)]
    [InlineData("secagg-plus", ProtectionMode.Malicious, 100, 5, 16, 11, true)]
    public void SA_03_a_threshold_that_does_not_keep_the_promise_is_refused(string protocol, ProtectionMode mode, int n, int c, int k, int t, bool allowed)
    {
        RoundTerms terms = Graph(mode, n, k, t);
        terms = terms with { Protocol = protocol, Protection = terms.Protection with { MaximumCorrupt = c } };
        FailureException? refused = Record.Exception(() => AggregationProtocols.Get(protocol).Validate(terms)) as FailureException;

        Assert.Equal(allowed ? null : "THRESHOLD_NOT_ALLOWED", refused?.Code.Name);
    }
}
