using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Secrets;
using Tacit.Cryptography.Sharing;
using Tacit.Protocols.SecAgg;
using Xunit;
using static Tacit.Tests.Attacks.Given;

namespace Tacit.Tests.Attacks;

/// <summary>SA-14: shares that are wrong, not canonical or somebody else's.</summary>
public sealed class ShareAttackTests
{
    // kind (1), count (4), then owner (4), kind (1) and share (40) each.
    private const int FirstShare = 5 + 4 + 1;

    [Theory]
    [InlineData(3, 5, true)]    // n = t + 2: one wrong share is corrected
    [InlineData(4, 6, true)]
    [InlineData(4, 5, false)]   // n = t + 1: it is only noticed
    [InlineData(5, 5, false)]   // n = t: the commitment notices it
    public void SA_14_a_wrong_share_is_named_and_never_gives_a_wrong_sum(int t, int n, bool corrected)
    {
        TamperedRound round = new TamperedRound(Malicious(n, t))
        {
            Tamper = message => [message.Is(Phase.Unmasking, 2) ? message.Altered(p => p[FirstShare] ^= 1) : message],
        }.Run();

        if (corrected)
        {
            Assert.True(round.SumIsRight());
            Assert.Equal([Party(2)], round.Incidents.Where(item => item.Incident.Code == FailureCodes.InconsistentShares).Select(item => item.Incident.Party));
        }
        else
        {
            Assert.Equal(FailureCodes.InconsistentShares, Assert.IsType<RoundOutcome.Aborted>(round.Outcome).Reason);
        }
    }

    [Fact]
    public void SA_14_a_dealer_that_has_a_holder_distrusted_does_not_make_another_wrong_share_uncorrectable()
    {
        // 1 deals 2 a wrong share; 3 alters its share of 4: one wrong share of each owner, as many as five shares of threshold three correct.
        TamperedRound round = new TamperedRound(Malicious(5, 3))
        {
            Tamper = message => [message.Is(Phase.Unmasking, 2) ? message.Altered(p => p[FirstShare] ^= 1) : message.Is(Phase.Unmasking, 3) ? message.Altered(p => p[FirstShare + (3 * (5 + SeedSharing.ShareBytes))] ^= 1) : message],
        }.Run();

        Assert.True(round.SumIsRight());
    }

    [Fact]
    public void SA_14_with_no_share_to_spare_an_owner_is_not_named_for_what_a_holder_did()
    {
        // Holder 2 adds 1/λ to its share of 1: the secret becomes another one, and every share fits.
        ulong[] weights = new ulong[5];
        LagrangeWeights.AtZero([1, 2, 3, 4, 5], weights);
        TamperedRound round = new TamperedRound(Malicious(5, 5))
        {
            Tamper = message => [message.Is(Phase.Unmasking, 2) ? message.Altered(p => BitConverter.TryWriteBytes(p.AsSpan(FirstShare), Mersenne61.Add(BitConverter.ToUInt64(p, FirstShare), Mersenne61.Inverse(weights[1])))) : message],
        }.Run();

        RoundOutcome.Aborted aborted = Assert.IsType<RoundOutcome.Aborted>(round.Outcome);
        Assert.Equal(FailureCodes.InconsistentShares, aborted.Reason);
        Assert.Empty(aborted.Culprits);
    }

    [Theory]
    [InlineData("y = p")]
    [InlineData("other kind")]
    [InlineData("stranger")]
    public void SA_14_a_share_that_cannot_be_one_is_refused_and_the_round_goes_on_without_it(string attack)
    {
        TamperedRound round = new TamperedRound(Malicious(5, 3))
        {
            Tamper = message => [!message.Is(Phase.Unmasking, 2) ? message : message.Altered(p =>
            {
                if (attack == "y = p") BitConverter.TryWriteBytes(p.AsSpan(FirstShare), (1UL << 61) - 1);
                else if (attack == "other kind") p[FirstShare - 1] = (byte)ShareKind.MaskKey;
                else p[5 + (4 * (FirstShare - 5 + SeedSharing.ShareBytes))] = 99;
            })],
        }.Run();

        Assert.Contains(round.Incidents, item => item.Incident.Party == Party(2) && item.Incident.Code == FailureCodes.InvalidShare);
        Assert.True(round.SumIsRight());
    }

    [Fact]
    public void SA_14_a_sealed_share_that_is_not_canonical_is_left_out_by_its_holder()
    {
        RoundTerms terms = Malicious(5, 3);
        TamperedRound round = new TamperedRound(terms)
        {
            Tamper = message => [message.Is(Phase.ShareKeys, 1) ? Resealed(terms, message, holder: 2, pair => pair.Fill(0xff)) : message],
        }.Run();

        Assert.Contains(round.Incidents, item => item.Observer == Party(2) && item.Incident.Party == Party(1) && item.Incident.Code == FailureCodes.InvalidShare);
        Assert.True(round.SumIsRight());
    }

    [Fact]
    public void SA_14_shares_of_another_secret_than_the_committed_one_end_the_round_and_name_their_owner()
    {
        TamperedRound round = new TamperedRound(Malicious(5, 3)) { Tamper = message => [message.Is(Phase.ShareKeys, 1) ? message.Altered(p => p[5] ^= 1) : message] }.Run();

        RoundOutcome.Aborted aborted = Assert.IsType<RoundOutcome.Aborted>(round.Outcome);
        Assert.Equal(FailureCodes.InconsistentShares, aborted.Reason);
        Assert.Equal(Party(1), Assert.Single(aborted.Culprits));
    }

    [Fact]
    public void SA_14_too_few_answers_end_the_round()
    {
        TamperedRound round = new TamperedRound(Malicious(5, 3)) { Tamper = message => message.Phase == Phase.Unmasking && message.From.Value > 2 ? [] : [message] }.Run();

        Assert.Equal(FailureCodes.CohortBelowThreshold, Assert.IsType<RoundOutcome.Aborted>(round.Outcome).Reason);
    }

    // What participant 1 would send if it sealed something else for one holder: its secrets follow from the seed.
    private static Envelope Resealed(RoundTerms terms, Envelope message, int holder, SpanAction alter)
    {
        using ParticipantSecrets own = new(TamperedRound.InputsOf(terms, Party(1)));
        ImmutableArray<KeyBundle> bundles = [.. terms.Cohort.Select(member =>
        {
            using ParticipantSecrets theirs = new(TamperedRound.InputsOf(terms, member.Id));
            return KeyBundle.Create(terms, theirs, []);
        })];
        using SecretBytes channel = SecAggKeySchedule.Channel(Roster.Bind(terms, bundles), own.ChannelKey, Party(1), bundles[holder - 1]);
        byte[] pair = new byte[SharePair.Bytes], sealedPair = new byte[SecAggKeySchedule.SealedShareBytes];
        alter(pair);
        SecAggKeySchedule.Seal(channel, Party(1), Party(holder), pair, sealedPair);

        SealedShares.TryDecode(message.Payload, withCommitment: true, out SealedShares? list);
        SealedShares altered = list! with { Items = [.. list.Items.Select(item => item.Party == Party(holder) ? (item.Party, sealedPair) : item)] };
        return message with { Payload = altered.Encode() };
    }

    private delegate void SpanAction(Span<byte> pair);
}
