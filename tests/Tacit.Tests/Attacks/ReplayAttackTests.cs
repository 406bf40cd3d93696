using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Cryptography.Secrets;
using Tacit.Protocols.SecAgg;
using Xunit;
using static Tacit.Tests.Attacks.Given;

namespace Tacit.Tests.Attacks;

/// <summary>SA-06, SA-07, SA-08 and SA-15: messages, masks and models of another round, sender or recipient.</summary>
public sealed class ReplayAttackTests
{
    /// <summary>Everything a key is bound to, each altered alone.</summary>
    public static TheoryData<string> Fields => ["job", "round", "model", "plan", "bits", "length", "threshold", "corrupt", "dropouts", "cipher", "minimum", "timeout", "chunk", "cohort", "roster", "sender", "recipient"];

    [Theory]
    [MemberData(nameof(Fields))]
    public void SA_06_a_sealed_share_does_not_open_with_one_field_altered(string field)
    {
        RoundTerms terms = Malicious(4, 3);
        using ParticipantSecrets one = new(TamperedRound.InputsOf(terms, Party(1))), two = new(TamperedRound.InputsOf(terms, Party(2)));
        byte[] pair = new byte[SharePair.Bytes], sealedPair = new byte[SecAggKeySchedule.SealedShareBytes];
        using SecretBytes sending = SecAggKeySchedule.Channel(Bind(terms, one, two), one.ChannelKey, Party(1), Bundle(terms, two));
        SecAggKeySchedule.Seal(sending, Party(1), Party(2), pair, sealedPair);

        bool same = TryOpen(Bind(terms, one, two), two, Bundle(terms, one), Party(2), sealedPair);
        bool altered = field switch
        {
            "roster" => TryOpen(Bind(terms, two, one), two, Bundle(terms, one), Party(2), sealedPair),
            "sender" => TryOpen(Bind(terms, one, two), two, Bundle(terms, one) with { Owner = Party(3) }, Party(2), sealedPair),
            "recipient" => TryOpen(Bind(terms, one, two), two, Bundle(terms, one), Party(3), sealedPair),
            _ => TryOpen(Bind(Alter(terms, field), one, two), two, Bundle(terms, one), Party(2), sealedPair),
        };

        Assert.True(same);
        Assert.False(altered);
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void SA_06_a_key_bundle_is_refused_with_one_field_altered(string field)
    {
        RoundTerms terms = Malicious(4, 3);
        using ParticipantSecrets one = new(TamperedRound.InputsOf(terms, Party(1)));
        Tacit.Aggregation.Wire.WireWriter writer = new();
        KeyBundle.Create(terms, one, []).Write(writer);

        bool accepted = field is "sender" or "recipient" or "roster"
            ? KeyBundle.TryRead(terms, Party(2), writer.Written.Span, out _, out FailureCode failure)
            : KeyBundle.TryRead(Alter(terms, field), Party(1), writer.Written.Span, out _, out failure);

        Assert.False(accepted);
        Assert.Equal(FailureCodes.IdentitySignatureInvalid, failure);
    }

    [Fact]
    public void SA_06_every_message_of_another_round_is_dropped()
    {
        RoundTerms terms = Malicious(4, 3);
        terms = terms with { Round = 8 };
        List<Envelope> earlier = new TamperedRound(terms with { Round = 7 }) { Seed = 9 }.Run().Sent;
        TamperedRound round = new TamperedRound(terms) { Tamper = message => [.. earlier.Where(m => m.From == message.From && m.To == message.To), message] }.Run();

        Assert.All(round.Incidents, item => Assert.Equal(FailureCodes.ReplayedMessage, item.Incident.Code));
        Assert.All(round.Incidents, item => Assert.Contains("of round 7:", item.Incident.Detail, StringComparison.Ordinal));
        Assert.All(round.Incidents, item => Assert.Contains("this is round 8:", item.Incident.Detail, StringComparison.Ordinal));
        Assert.True(round.Incidents.Count >= earlier.Count);
        Assert.True(round.SumIsRight());
    }

    [Theory]
    [InlineData(Phase.AdvertiseKeys, "IDENTITY_SIGNATURE_INVALID")]
    [InlineData(Phase.ShareKeys, "SHARE_DECRYPTION_FAILED")]
    [InlineData(Phase.ConsistencyCheck, "IDENTITY_SIGNATURE_INVALID")]
    public void SA_06_a_message_of_another_round_is_refused_even_if_it_claims_to_be_of_this_one(Phase phase, string code)
    {
        RoundTerms terms = Malicious(5, 3);
        terms = terms with { Round = 8 };
        List<Envelope> earlier = new TamperedRound(terms with { Round = 7 }) { Seed = 9 }.Run().Sent;
        Envelope old = earlier.First(message => message.Is(phase, 2)) with { Round = terms.Id };
        TamperedRound round = new TamperedRound(terms) { Tamper = message => [message.Is(phase, 2) ? old : message] }.Run();

        Assert.Contains(round.Incidents, item => item.Incident.Party == Party(2) && item.Incident.Code.Name == code);
        Assert.True(round.Outcome is RoundOutcome.Aborted || round.SumIsRight());
    }

    [Fact]
    public void SA_06_an_answer_of_another_round_never_gives_a_wrong_sum()
    {
        RoundTerms terms = Malicious(5, 3);
        terms = terms with { Round = 8 };
        List<Envelope> earlier = new TamperedRound(terms with { Round = 7 }) { Seed = 9 }.Run().Sent;
        Envelope old = earlier.First(message => message.Is(Phase.Unmasking, 2)) with { Round = terms.Id };
        TamperedRound round = new TamperedRound(terms) { Tamper = message => [message.Is(Phase.Unmasking, 2) ? old : message] }.Run();

        Assert.Contains(FailureCodes.InconsistentShares, round.Codes);
        Assert.True(round.SumIsRight());
    }

    [Fact]
    public void SA_15_shares_swapped_between_recipients_do_not_open()
    {
        RoundTerms terms = Malicious(5, 3);
        const int Item = 4 + SecAggKeySchedule.SealedShareBytes;
        TamperedRound round = new TamperedRound(terms)
        {
            // kind (1), commitment (32), count (4), items for 2, 3, 4 and 5: what is for 2 goes to 3 and the other way round.
            Tamper = message => [message.Is(Phase.ShareKeys, 1) ? message.Altered(p =>
            {
                Span<byte> two = p.AsSpan(37 + 4, Item - 4), three = p.AsSpan(37 + Item + 4, Item - 4);
                byte[] kept = two.ToArray();
                three.CopyTo(two);
                kept.CopyTo(three);
            }) : message],
        }.Run();

        Assert.Equal([Party(2), Party(3)], round.Incidents.Where(item => item.Incident.Code == FailureCodes.ShareDecryptionFailed).Select(item => item.Observer));
        Assert.True(round.SumIsRight());
    }

    [Fact]
    public void SA_08_a_participant_shown_another_model_is_not_in_the_same_round()
    {
        RoundTerms terms = Malicious(4, 3), other = terms with { ModelHash = Hash("another model") };
        TamperedRound round = new TamperedRound(terms) { TermsOf = party => party.Value == 2 ? other : terms }.Run();

        Assert.Contains(round.Incidents, item => item.Incident.Party == Party(2) && item.Incident.Code == FailureCodes.ModelInconsistent);
        Assert.True(round.SumIsRight());
        Assert.DoesNotContain(Party(2), ((RoundOutcome.Completed)round.Outcome).Included);
    }

    [Theory]
    [InlineData(ProtectionMode.Malicious)]
    [InlineData(ProtectionMode.SemiHonest)]
    public void SA_08_a_coordinator_that_hides_that_models_differ_gets_no_sum_with_both(ProtectionMode mode)
    {
        RoundTerms terms = mode == ProtectionMode.Malicious ? Malicious(4, 3) : SemiHonest(4, 3), other = terms with { ModelHash = Hash("another model") };
        TamperedRound round = new TamperedRound(terms)
        {
            TermsOf = party => party.Value == 2 ? other : terms,
            Tamper = message => [message with { Round = message.To == Party(2) ? other.Id : terms.Id }],
        }.Run();

        Assert.True(round.Outcome is RoundOutcome.Aborted || !((RoundOutcome.Completed)round.Outcome).Included.Contains(Party(2)));
    }

    [Fact]
    public void SA_07_the_same_input_in_two_rounds_gives_independent_masked_vectors()
    {
        RoundTerms terms = SemiHonest(3, 2) with { Ring = new ResidueRing(32), Length = 1 << 15, ChunkBytes = 1 << 20 };
        byte[] first = Upload(terms), second = Upload(terms with { Round = 2 });

        int[] counts = new int[256];
        for (int i = 0; i < first.Length; i += 4)
        {
            uint difference = unchecked(BitConverter.ToUInt32(first, i) - BitConverter.ToUInt32(second, i));
            for (int b = 0; b < 4; b++) counts[difference >> (8 * b) & 255]++;
        }

        double expected = first.Length / 256.0, chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);

        // 255 degrees of freedom: above 420 with probability 2·10⁻¹⁰ if the difference is uniform (Wilson and Hilferty).
        Assert.InRange(chiSquare, 130, 420);
    }

    private static byte[] Upload(RoundTerms terms) =>
        new TamperedRound(terms).Run().Sent.First(message => message.Is(Phase.MaskedInput, 1)).Payload[5..].ToArray();

    private static Session Bind(RoundTerms terms, ParticipantSecrets first, ParticipantSecrets second) => Roster.Bind(terms, [Bundle(terms, first), Bundle(terms, second)]);

    private static KeyBundle Bundle(RoundTerms terms, ParticipantSecrets secrets) => KeyBundle.Create(terms, secrets, []);

    private static bool TryOpen(Session session, ParticipantSecrets recipient, KeyBundle sender, PartyId self, byte[] sealedPair)
    {
        using SecretBytes channel = SecAggKeySchedule.Channel(session, recipient.ChannelKey, self, sender);
        return SecAggKeySchedule.TryOpen(channel, self, sender.Owner, sealedPair, new byte[SharePair.Bytes]);
    }

    private static RoundTerms Alter(RoundTerms terms, string field) => field switch
    {
        "job" => terms with { Job = "another" },
        "round" => terms with { Round = 2 },
        "model" => terms with { ModelHash = Hash("another") },
        "plan" => terms with { PlanHash = Hash("another") },
        "bits" => terms with { Ring = new ResidueRing(21) },
        "length" => terms with { Length = 11 },
        "threshold" => terms with { Protection = terms.Protection with { Threshold = 4 } },
        "corrupt" => terms with { Protection = terms.Protection with { MaximumCorrupt = 1 } },
        "dropouts" => terms with { Protection = terms.Protection with { MaximumDropouts = 1 } },
        "cipher" => terms with { Protection = terms.Protection with { Cipher = KeystreamCipher.Aes256 } },
        "minimum" => terms with { MinimumCohort = 2 },
        "timeout" => terms with { PhaseTimeout = TimeSpan.FromSeconds(61) },
        "chunk" => terms with { ChunkBytes = 128 },
        "cohort" => terms with { Cohort = terms.Cohort.RemoveAt(3) },
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };
}
