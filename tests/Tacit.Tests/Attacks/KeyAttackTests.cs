using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Protocols.SecAgg;
using Xunit;
using static Tacit.Tests.Attacks.Given;

namespace Tacit.Tests.Attacks;

/// <summary>SA-04 and SA-05: keys that are not what they seem, and cohorts that are too small.</summary>
public sealed class KeyAttackTests
{
    [Theory]
    [InlineData("swapped with 3", ProtectionMode.Malicious, "IDENTITY_SIGNATURE_INVALID")]
    [InlineData("3's again", ProtectionMode.SemiHonest, "DUPLICATE_KEY")]
    [InlineData("reflected", ProtectionMode.SemiHonest, "DUPLICATE_KEY")]
    [InlineData("reflected", ProtectionMode.Malicious, "IDENTITY_SIGNATURE_INVALID")]
    [InlineData("off the curve", ProtectionMode.Malicious, "INVALID_PUBLIC_KEY")]
    [InlineData("a stranger's", ProtectionMode.Malicious, "UNKNOWN_PARTY")]
    [InlineData("left out", ProtectionMode.Malicious, "UNKNOWN_PARTY")]
    [InlineData("truncated", ProtectionMode.Malicious, "MALFORMED_MESSAGE")]
    public void SA_05_a_roster_with_a_wrong_key_ends_the_round_of_the_one_who_got_it(string attack, ProtectionMode mode, string code)
    {
        RoundTerms terms = mode == ProtectionMode.Malicious ? Malicious(4, 3) : SemiHonest(4, 3);
        TamperedRound round = new TamperedRound(terms)
        {
            Tamper = message => message.Is(Phase.AdvertiseKeys, 0, to: 1) ? [Substitute(message, terms, attack)] : [message],
        }.Run();

        RoundOutcome.Aborted aborted = Assert.IsType<RoundOutcome.Aborted>(round.Outcomes[Party(1)]);
        Assert.Equal(code, aborted.Reason.Name);
        Assert.Equal(PartyId.Coordinator, Assert.Single(aborted.Culprits));
    }

    [Fact]
    public void SA_05_a_bundle_signed_by_another_identity_is_refused_and_its_sender_named()
    {
        RoundTerms terms = Malicious(4, 3);
        byte[]? foreign = null;
        TamperedRound round = new TamperedRound(terms)
        {
            Tamper = message =>
            {
                if (message.Is(Phase.AdvertiseKeys, 1)) foreign = message.Payload.ToArray();
                return [message.Is(Phase.AdvertiseKeys, 2) ? message with { Payload = foreign } : message];
            },
        }.Run();

        Assert.Contains(round.Incidents, item => item.Incident.Party == Party(2) && item.Incident.Code == FailureCodes.IdentitySignatureInvalid);
        Assert.True(round.SumIsRight());
    }

    [Fact]
    public void SA_05_a_key_that_somebody_advertised_before_is_refused()
    {
        byte[]? first = null;
        TamperedRound round = new TamperedRound(SemiHonest(4, 3))
        {
            Tamper = message =>
            {
                if (message.Is(Phase.AdvertiseKeys, 1)) first = message.Payload.ToArray();
                return [message.Is(Phase.AdvertiseKeys, 2) ? message with { Payload = first } : message];
            },
        }.Run();

        Assert.Contains(round.Incidents, item => item.Incident.Party == Party(2) && item.Incident.Code == FailureCodes.DuplicateKey);
        Assert.True(round.SumIsRight());
    }

    [Fact]
    public void SA_05_an_identity_that_is_not_the_pinned_one_gets_no_machine()
    {
        RoundTerms terms = Malicious(3, 3);

        FailureException refused = Assert.Throws<FailureException>(() => new SecAggProtocol().CreateParticipant(terms with
        {
            Cohort = [.. terms.Cohort.Select(member => member with { Identity = TamperedRound.Identities.Get(9).VerificationKey })],
        }, TamperedRound.InputsOf(terms, Party(1))));

        Assert.Equal(FailureCodes.IdentitySignatureInvalid, refused.Code);
    }

    [Fact]
    public void SA_04_a_cohort_member_without_a_pinned_identity_is_refused()
    {
        RoundTerms terms = Malicious(3, 3);

        FailureException refused = Assert.Throws<FailureException>(() => new SecAggProtocol().Validate(terms with { Cohort = terms.Cohort.SetItem(1, new CohortMember(Party(2))) }));

        Assert.Equal(FailureCodes.IdentitySignatureInvalid, refused.Code);
    }

    [Fact]
    public void SA_04_a_roster_below_the_minimum_cohort_is_refused_by_the_participant()
    {
        RoundTerms terms = Malicious(5, 3) with { MinimumCohort = 5 };
        TamperedRound round = new TamperedRound(terms)
        {
            Tamper = message => message.Is(Phase.AdvertiseKeys, 0) ? [Shortened(message, terms, 4)] : [message],
        }.Run();

        RoundOutcome.Aborted aborted = Assert.IsType<RoundOutcome.Aborted>(round.Outcomes[Party(1)]);
        Assert.Equal(FailureCodes.CohortBelowThreshold, aborted.Reason);
    }

    [Fact]
    public void SA_04_a_round_of_fewer_than_the_minimum_cohort_gives_no_sum()
    {
        TamperedRound round = new TamperedRound(Malicious(5, 3) with { MinimumCohort = 5 })
        {
            Tamper = message => message.Is(Phase.MaskedInput, 4) ? [] : [message],
        }.Run();

        Assert.Equal(FailureCodes.CohortBelowThreshold, Assert.IsType<RoundOutcome.Aborted>(round.Outcome).Reason);
    }

    [Fact]
    public void SA_04_a_message_of_somebody_outside_the_cohort_is_dropped()
    {
        TamperedRound round = new TamperedRound(Malicious(4, 3))
        {
            Tamper = message => message.Is(Phase.AdvertiseKeys, 1) ? [message with { From = Party(77) }, message] : [message],
        }.Run();

        Assert.Contains(round.Incidents, item => item.Incident.Party == Party(77) && item.Incident.Code == FailureCodes.UnknownParty);
        Assert.True(round.SumIsRight());
    }

    // Roster: kind (1), count (4), then owner (4) and bundle each; ascending.
    private static Envelope Substitute(Envelope message, RoundTerms terms, string attack)
    {
        int size = KeyBundle.EncodedBytes(terms), item = 4 + size;
        Span<byte> Bundle(byte[] payload, int i) => payload.AsSpan(5 + (i * item) + 4, size);
        return attack switch
        {
            "swapped with 3" => message.Altered(p =>
            {
                byte[] second = Bundle(p, 1).ToArray();
                Bundle(p, 2).CopyTo(Bundle(p, 1));
                second.CopyTo(Bundle(p, 2));
            }),
            "3's again" => message.Altered(p => Bundle(p, 2).CopyTo(Bundle(p, 1))),
            "reflected" => message.Altered(p => Bundle(p, 0).CopyTo(Bundle(p, 1))),
            "off the curve" => message.Altered(p => Bundle(p, 1)[40] ^= 1),
            "a stranger's" => message.Altered(p => p[5 + (3 * item)] = 99),
            "left out" => Without(message, item),
            "truncated" => message with { Payload = message.Payload[..^1] },
            _ => throw new ArgumentOutOfRangeException(nameof(attack)),
        };
    }

    private static Envelope Without(Envelope message, int item)
    {
        byte[] payload = [.. message.Payload[..5].Span, .. message.Payload[(5 + item)..].Span];
        payload[1]--;
        return message with { Payload = payload };
    }

    private static Envelope Shortened(Envelope message, RoundTerms terms, int members) =>
        (message with { Payload = message.Payload[..(5 + (members * (4 + KeyBundle.EncodedBytes(terms))))] }).Altered(p => p[1] = (byte)members);
}
