using System.Collections.Immutable;
using Tacit.Aggregation.Receipts;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Events;
using Xunit;

namespace Tacit.Tests.Aggregation.Receipts;

public sealed class ReceiptVerifierTests
{
    private readonly SignedChain chain = SignedChain.Of(3);

    [Fact]
    public void Chains_of_the_included_the_dropped_and_the_undrawn_hold()
    {
        foreach (List<RoundReceipt> own in chain.Receipts.Values)
        {
            ReceiptFindings found = chain.Verifier.VerifyChain(own);

            Assert.True(found.IsAccepted, string.Join("\n", found.Wrong));
            Assert.DoesNotContain(found.Findings, finding => finding.Verdict == ReceiptVerdict.Unchecked);
        }

        Assert.True(chain.First[0].Included);
        Assert.Equal((false, 5), (chain.Receipts["p5"][0].Included, chain.Receipts["p5"][0].Seat));
        Assert.Equal((false, 0), (chain.Receipts["p6"][0].Included, chain.Receipts["p6"][0].Seat));
    }

    [Fact]
    public void Epsilon_is_what_the_accountants_say_of_the_events()
    {
        PrivacyLossAccountant numerical = new(NeighboringRelation.AddOrRemoveOne);
        numerical.Compose(new PoissonSampledEvent(0.1, new GaussianEvent(1.5)), 3);
        PrivacyLossAccountant exact = new(NeighboringRelation.AddOrRemoveOne);
        exact.Compose(new GaussianEvent(1.5), 3);

        RoundReceipt last = chain.First[2];

        Assert.Equal(numerical.Epsilon(SignedChain.Delta), last.Readers.Epsilon!.Value, 1e-12);
        Assert.Equal(exact.Epsilon(SignedChain.Delta), last.Coordinator.Epsilon!.Value, 1e-12);
        Assert.Equal("pld", last.Readers.Accountant);
    }

    [Fact]
    public void One_receipt_alone_holds_and_says_what_it_cannot_show()
    {
        ReceiptFindings found = new ReceiptVerifier(new ReceiptEvidence()).Verify(chain.First[2]);

        Assert.True(found.IsAccepted);
        Assert.Equal(["key", "terms_hash", "included_hash", "previous", "readers_epsilon", "coordinator_epsilon"], found.Findings.Where(finding => finding.Verdict == ReceiptVerdict.Unchecked).Select(finding => finding.Field));
    }

    [Fact]
    public void A_missing_round_is_named() => Wrong([chain.First[0], chain.First[2]], "index", "receipt 2 is missing");

    [Fact]
    public void A_missing_beginning_is_named() => Wrong(chain.First[1..], "index", "receipt 1 is missing");

    [Fact]
    public void A_reordered_chain_is_named() => Wrong([chain.First[0], chain.First[2], chain.First[1]], "index", "receipt 2 is missing before receipt 3");

    [Fact]
    public void A_receipt_twice_is_named() => Wrong([chain.First[0], chain.First[0]], "index", "receipt 1 comes after receipt 1");

    [Fact]
    public void Another_participants_receipt_is_named() => Wrong([chain.First[0], chain.Receipts["p2"][1]], "participant", "p2's among p1's");

    [Fact]
    public void Another_key_than_the_pinned_one_is_named()
    {
        using SigningKey other = SigningKey.Create(new SeededRandomSource(8, "other"));

        ReceiptFindings found = new ReceiptVerifier(new ReceiptEvidence { Key = other.VerificationKey }).VerifyChain(chain.First);

        Assert.Contains(found.Wrong, finding => finding.Field == "key" && finding.Detail.Contains("pinned", StringComparison.Ordinal));
    }

    [Fact]
    public void A_signature_of_another_receipt_is_named() => Wrong([chain.First[0] with { Signature = chain.First[1].Signature }], "signature", "not by that key");

    [Fact]
    public void A_receipt_signed_again_by_somebody_else_is_named()
    {
        using SigningKey other = SigningKey.Create(new SeededRandomSource(8, "other"));
        RoundReceipt forged = chain.First[0] with { Signature = Convert.ToHexStringLower(other.Sign(ReceiptHashes.Signed(chain.First[0].Leaves))) };

        Wrong([forged], "signature", "not by that key");
    }

    [Theory]
    [InlineData(1 - 1e-9, "understated")]
    [InlineData(0.5, "understated")]
    [InlineData(1 + 1e-9, "the events so far cost")]
    public void A_signed_epsilon_that_is_not_that_of_the_events_is_named(double factor, string detail)
    {
        RoundReceipt last = chain.First[2];
        RoundReceipt readers = chain.Signed(last with { Readers = last.Readers with { Epsilon = last.Readers.Epsilon * factor } });
        RoundReceipt coordinator = chain.Signed(last with { Coordinator = last.Coordinator with { Epsilon = last.Coordinator.Epsilon * factor } });

        Wrong([chain.First[0], chain.First[1], readers], "readers_epsilon", detail);
        Wrong([chain.First[0], chain.First[1], coordinator], "coordinator_epsilon", detail);
    }

    [Fact]
    public void Rounding_of_another_platform_is_no_finding()
    {
        RoundReceipt last = chain.First[2];
        RoundReceipt rounded = chain.Signed(last with { Readers = last.Readers with { Epsilon = last.Readers.Epsilon * (1 - 1e-13) } });

        Assert.True(chain.Verifier.VerifyChain([chain.First[0], chain.First[1], rounded]).IsAccepted);
    }

    [Fact]
    public void Cheaper_events_under_the_old_epsilon_are_named()
    {
        RoundReceipt last = chain.First[2];
        RoundReceipt cheaper = chain.Signed(last with { Readers = last.Readers with { Events = ["poisson(0.1,gaussian(9))"] } });

        Wrong([chain.First[0], chain.First[1], cheaper], "readers_epsilon", "the events so far cost");
    }

    [Fact]
    public void Cheaper_events_that_agree_with_their_epsilon_are_named_by_the_own_ledger()
    {
        ImmutableArray<string> cheap = ["poisson(0.1,gaussian(9))"];
        ReceiptAccount account = new ReceiptAccount().With(cheap);
        (double? epsilon, string accountant) = account.Least(SignedChain.Delta);
        RoundReceipt first = chain.Signed(chain.First[0] with { Readers = new ReceiptCost(cheap, epsilon, accountant) });
        ReceiptVerifier knowing = new(new ReceiptEvidence { Charge = _ => new ReceiptCharge([SignedChain.Event], [SignedChain.Unsampled]) });

        Assert.True(chain.Verifier.VerifyChain([first]).IsAccepted);   // a coordinator that lies consistently is believed without a ledger
        Assert.Contains(knowing.VerifyChain([first]).Wrong, finding => finding.Field == "readers_events");
        Assert.True(knowing.VerifyChain(chain.First).IsAccepted);
    }

    [Fact]
    public void Earlier_events_that_were_swapped_break_the_chain()
    {
        RoundReceipt second = chain.Signed(chain.First[1] with { Readers = chain.First[1].Readers with { Events = [] } });

        Wrong([chain.First[0], second, chain.First[2]], "previous", "not the hash of the receipt before");
    }

    [Fact]
    public void Exclusion_that_the_list_contradicts_is_named() => Wrong([chain.Signed(chain.First[0] with { Included = false })], "included", "p1 is in the sum");

    [Fact]
    public void Inclusion_that_the_list_contradicts_is_named() => Wrong([chain.Signed(chain.Receipts["p5"][0] with { Included = true })], "included", "p5 is not in the sum");

    [Fact]
    public void A_list_with_others_included_is_named()
    {
        chain.Rosters[1] = new ReceiptRoster([.. chain.Rosters[1].Seats.Select(seat => seat with { Included = seat.Number != 4 })]);

        Wrong([chain.First[0]], "included_hash", "not the hash of the included");
    }

    [Fact]
    public void Other_terms_than_those_seen_are_named()
    {
        chain.Terms[1] = chain.Terms[1] with { MinimumCohort = 2 };

        Wrong([chain.First[0]], "terms_hash", "terms that were seen");
    }

    [Fact]
    public void A_bound_after_a_round_without_one_is_named()
    {
        RoundReceipt open = chain.Signed(chain.First[0] with { Coordinator = new ReceiptCost([], null, "unbounded") });
        RoundReceipt next = chain.Signed(chain.First[1] with { Previous = ReceiptHashes.Root(open) });

        Wrong([open, next], "coordinator_accountant", "after a receipt without one");
    }

    [Fact]
    public void Noise_that_is_promised_and_absent_is_named()
    {
        RoundReceipt open = chain.Signed(chain.First[0] with { Readers = new ReceiptCost([], null, "unbounded") });

        Wrong([open], "mechanism", "nothing bounds");
    }

    [Fact]
    public void A_field_that_was_not_what_was_signed_is_named() => Wrong([chain.First[0] with { IncludedCount = 5 }], "included_count", "digest");

    [Fact]
    public void Issuing_a_round_twice_is_refused()
    {
        ReceiptIssuer issuer = new(chain.Key, new ReceiptJob("simulation", "none", "record", 1e-6));
        ReceiptRound round = new(chain.Terms[2], chain.Rosters[2], [.. new byte[32]]);
        ReceiptCharge exact = new(null, null);
        RoundReceipt first = issuer.Issue(round, exact, ["p1"])[0];

        Assert.Throws<ArgumentException>(() => issuer.Issue(round, exact, ["p1"]));
        Assert.Throws<ArgumentException>(() => issuer.Issue(round, exact, ["no name"]));
        Assert.Null(first.Readers.Epsilon);
        Assert.True(chain.Verifier.VerifyChain([first]).IsAccepted);
    }

    [Fact]
    public void Whoever_was_not_drawn_is_not_told_of_the_cohort()
    {
        RoundReceipt undrawn = chain.Receipts["p6"][0], drawn = chain.First[0];

        Assert.Equal((0, 0), (undrawn.CohortSize, undrawn.IncludedCount));
        Assert.All([undrawn.TermsHash, undrawn.PlanHash, undrawn.RosterHash, undrawn.IncludedHash], hash => Assert.Equal(ReceiptHashes.Genesis, hash));
        Assert.Equal(drawn.ResultHash, undrawn.ResultHash);
        Wrong([chain.Signed(undrawn with { CohortSize = 5 })], "seat", "a cohort is told of");
        Wrong([chain.Signed(undrawn with { Participant = "p1" })], "seat", "the round's list has p1 at 1");
    }

    [Theory]
    [InlineData("gaussian(0.001)")]
    [InlineData("gaussian(1000000000000)")]
    [InlineData("repeat(10000000,gaussian(0.001))")]
    [InlineData("repeat(10000000,poisson(1E-09,gaussian(0.001)))")]
    [InlineData("repeat(10000000,poisson(0.999,gaussian(1000000000000)))")]
    [InlineData("repeat(10000000,repeat(10000000,repeat(10000000,gaussian(1))))")]
    [InlineData("repeat(10000000,dlaplace(1E-12,1048576))")]
    [InlineData("repeat(10000000,dlaplace(10000,1048576))")]
    [InlineData("pure(10000)")]
    [InlineData("zcdp(1000000)")]
    [InlineData("ddg(1E+60,1E-60,2147483647,0.5,1E-60,1000000)")]
    [InlineData("poisson(0.5,skellam(1E-60,1E+60,1,0.5,1E+60,1000000))")]
    [InlineData("joint(poisson(0.5,gaussian(1)),zcdp(1))")]
    public void Events_at_the_edges_are_composed_or_refused_without_throwing(string text)
    {
        Assert.True(ReceiptAccount.TryReadEvent(text, out _));
        ReceiptAccount account = new ReceiptAccount().With([text]);

        foreach (string accountant in (string[])["renyi", "zcdp", "pld"]) Assert.True(account.Epsilon(accountant, 1e-6) is null or >= 0);
    }

    private void Wrong(IReadOnlyList<RoundReceipt> receipts, string field, string detail)
    {
        ReceiptFindings found = chain.Verifier.VerifyChain(receipts);

        Assert.False(found.IsAccepted);
        Assert.Contains(found.Wrong, finding => finding.Field == field && finding.Detail.Contains(detail, StringComparison.Ordinal));
    }
}
