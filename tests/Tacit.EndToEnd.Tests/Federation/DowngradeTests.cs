using System.IO;
using System.Threading;
using Microsoft.AspNetCore.Http;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Identities;
using Tacit.Federation.Jobs;
using Tacit.Federation.Offers;
using Tacit.Learning.Jobs;
using Tacit.Participation;
using Tacit.Participation.Enrolment;
using Tacit.Privacy.Budgets;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>A malicious coordinator tries to get less protection than the participant agreed to. Each attempt is refused by a code before a single envelope is sent, and gets through as soon as what refuses it is taken away.</summary>
public sealed class DowngradeTests
{
    private const int Dimension = 12, Participants = 6;

    private static readonly TrainingPlan noisedPlan = Given.Plan("privacy.mechanism=distributed-discrete-gaussian", "privacy.epsilon=20", "privacy.delta=0.001", "privacy.clip=0.5", "rounds=1", "protection.corrupt=0.1");
    private static readonly NoisedSumPlan noised = SumPrivacy.Resolve(noisedPlan, Dimension, Participants).Forecast.Plan;
    private static readonly WeightedMeanPlan exact = PlanTerms.WeightedMeanOf(noisedPlan.Protection, Dimension, Participants);
    private static readonly double share = noised.NoiseScale * noised.Granularity / noised.Clip;

    private static readonly ParticipantPolicy strict = new()
    {
        MinimumCohort = 4,
        Protocols = ["secagg-plus"],
        MaximumRounds = 1,
        AllowExactSums = false,
        LeastNoise = share,
        Purposes = [RoundPurpose.Training],
        Jobs = ["small-*"],
        Ceiling = new PrivacyCeiling(1000, 0.001),
    };

    // What the coordinator does, what refuses it, and the policy or the honesty without which it gets through.
    private static readonly Dictionary<string, Attempt> attempts = new()
    {
        ["another protocol"] = new(TermsRefused) { Offer = offer => offer with { Protocol = "secagg" }, Weak = policy => policy with { Protocols = ["secagg"] } },
        ["a coordinator to be trusted"] = new(TermsRefused) { Offer = offer => offer with { Mode = ProtectionMode.SemiHonest }, Weak = policy => policy with { AllowSemiHonest = true } },
        ["a smaller cohort"] = new(TermsRefused) { Offer = offer => offer with { MinimumCohort = 3 }, Weak = policy => policy with { MinimumCohort = 3 } },
        ["no noise"] = new(TermsRefused) { Offer = offer => offer with { Plan = exact }, Weak = policy => policy with { AllowExactSums = true, Ceiling = null, LeastNoise = 0 } },
        ["less noise"] = new(TermsRefused) { Offer = offer => offer with { Plan = noised with { NoiseScale = noised.NoiseScale * 0.9 } }, Weak = policy => policy with { LeastNoise = share * 0.8 } },
        ["a larger epsilon than is left"] = new("PRIVACY_BUDGET_EXCEEDED") { Strict = policy => policy with { Ceiling = new PrivacyCeiling(0.01, 0.001) }, Weak = policy => policy },
        ["another purpose"] = new(TermsRefused) { Offer = offer => offer with { Purpose = RoundPurpose.FeatureMeans }, Weak = policy => policy with { Purposes = [RoundPurpose.FeatureMeans] } },
        ["another job"] = new(TermsRefused) { Offer = offer => offer with { Job = "other-1" }, Weak = policy => policy with { Jobs = ["*"] } },
        ["another number of shards than the account is for"] = new(TermsRefused) { Strict = policy => policy with { Shards = 2 }, Weak = policy => policy },
        ["a job that is called like a folder elsewhere"] = new("MALFORMED_MESSAGE") { Offer = offer => offer with { Job = "../small-1" } },
        ["one round more"] = new(TermsRefused) { Strict = policy => policy with { MaximumRounds = 0 }, Weak = policy => policy },
        ["terms for fewer colluding than the policy counts on"] = new(TermsRefused) { Strict = policy => policy with { Corrupt = 0.2 }, Weak = policy => policy },
        ["terms whose graph promises less than the policy wants"] = new(TermsRefused)
        {
            Strict = policy => policy with { Sigma = 80 },
            Terms = terms => terms with { Protection = terms.Protection with { Neighbours = 4, Threshold = 3, MaximumCorrupt = 0, MaximumDropouts = 0 } },
            Weak = policy => policy,
        },
        ["terms with a smaller cohort than offered"] = new(TermsRefused) { Terms = terms => terms with { MinimumCohort = 3 } },
        ["terms with another protocol than offered"] = new(TermsRefused) { Terms = terms => terms with { Protocol = "secagg" } },
        ["terms in another mode than offered"] = new(TermsRefused) { Terms = terms => terms with { Protection = terms.Protection with { Mode = ProtectionMode.SemiHonest } } },
        ["terms of another round"] = new(TermsRefused) { Terms = terms => terms with { Round = 2 } },
        ["terms for another model"] = new(TermsRefused) { Terms = terms => terms with { ModelHash = RoundOffer.HashOf([1, 2, 3]) } },
        ["terms with another contribution plan"] = new("INVALID_VALUE", "TERMS_REFUSED", "PLAN_MISMATCH") { Terms = terms => terms with { PlanHash = [.. exact.Hash()] } },
        ["terms with another key for the participant"] = new(TermsRefused) { Terms = terms => terms with { Cohort = terms.Cohort.SetItem(0, terms.Cohort[0] with { Identity = OtherKey() }) } },
        ["an offer of an older version"] = new("MALFORMED_MESSAGE") { Encoded = bytes => [0, .. bytes[1..]] },
        ["an offer that stops in the middle"] = new("COORDINATOR_UNREACHABLE") { OnOffer = StallAsync },
        ["a redirect to somebody else"] = new("COORDINATOR_UNREACHABLE") { OnOffer = RedirectAsync },
    };

    private const string TermsRefused = "TERMS_REFUSED";

    public static TheoryData<string> Names => [.. attempts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_downgrade_is_refused_before_anything_is_sent(string name)
    {
        Attempt attempt = attempts[name];

        Assert.Contains(await MeetAsync(attempt, attempt.Strict(strict)), attempt.Codes);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_same_gets_through_when_what_refuses_it_is_taken_away(string name)
    {
        Attempt attempt = attempts[name];

        // Against the policy: a weaker policy. Against what was offered: the coordinator keeps its word.
        Assert.Null(attempt.Weak is { } weaken ? await MeetAsync(attempt, weaken(strict)) : await MeetAsync(new Attempt(""), strict));
    }

    [Fact]
    public void Another_plan_for_a_job_that_was_seen_is_refused()
    {
        using TemporaryFolder home = new();
        Invite invite = Invite.Create(new Uri("http://127.0.0.1:1"), "north", null, Cryptography.Randomness.SystemRandomSource.Instance);
        var own = ParticipantFolder.Create(Path.Combine(home.Path, "north"), invite, null, null, DateTimeOffset.UnixEpoch);

        own.PinPlan("small-1", "task: training\n");
        own.PinPlan("small-1", "task: training\n");
        own.PinPlan("small-2", "task: other\n");

        Assert.Equal(FailureCodes.TermsRefused, Assert.Throws<FailureException>(() => own.PinPlan("small-1", "task: other\n")).Code);
        Assert.Equal(FailureCodes.TermsRefused, Assert.Throws<FailureException>(() => own.PinPlan("../x", "task: other\n")).Code);
    }

    [Fact]
    public async Task A_coordinator_elsewhere_without_TLS_is_not_spoken_to()
    {
        ParticipantOptions options = new() { Coordinator = new Uri("http://203.0.113.1:8443"), Name = "north", JoinToken = "" };

        Assert.Equal(FailureCodes.CertificateRefused, (await Assert.ThrowsAsync<FailureException>(() => ParticipantClient.ConnectAsync(options))).Code);
    }

    private static async Task<string?> MeetAsync(Attempt attempt, ParticipantPolicy policy)
    {
        RoundOffer offer = attempt.Offer(new RoundOffer
        {
            Job = "small-1",
            Round = 1,
            Purpose = RoundPurpose.Training,
            Protocol = "secagg-plus",
            Mode = ProtectionMode.Malicious,
            MinimumCohort = 4,
            Invited = Participants,
            AnswerWithin = TimeSpan.FromMinutes(1),
            Plan = noised,
            Vector = new float[Dimension],
        });
        await using HostileCoordinator coordinator = new(() => attempt.Encoded(RoundOfferCodec.Encode(offer)), key => attempt.Terms(TermsOf(offer, key))) { OnOffer = attempt.OnOffer };
        return await coordinator.MeetAsync(policy);
    }

    private static RoundTerms TermsOf(RoundOffer offer, VerificationKey key)
    {
        bool signed = offer.Mode == ProtectionMode.Malicious;
        ProtectionPlan protection = noisedPlan.Protection with { Protocol = offer.Protocol, Malicious = signed };
        return new RoundTerms
        {
            Protocol = offer.Protocol,
            Job = offer.Job,
            Round = offer.Round,
            ModelHash = offer.VectorHash,
            PlanHash = [.. offer.Plan.Hash()],
            Cohort = [.. Enumerable.Range(1, Participants).Select(i => new CohortMember(new PartyId(i), signed ? i == 1 ? key : OtherKey() : null))],
            Ring = offer.Plan.Ring,
            Length = offer.Plan.Length,
            Protection = PlanTerms.ProtectionOf(protection).Resolve(Participants),
            MinimumCohort = offer.MinimumCohort,
        };
    }

    private static VerificationKey OtherKey() => Identity.Key().VerificationKey;

    private static Task RedirectAsync(HttpContext context)
    {
        context.Response.Redirect("http://127.0.0.1:1/api/v1/offer");
        return Task.CompletedTask;
    }

    private static async Task StallAsync(HttpContext context)
    {
        context.Response.ContentLength = 1000;
        await context.Response.Body.WriteAsync(new byte[10]);
        await context.Response.Body.FlushAsync();
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private sealed record Attempt(params string[] Codes)
    {
        public Func<RoundOffer, RoundOffer> Offer { get; init; } = offer => offer;

        public Func<RoundTerms, RoundTerms> Terms { get; init; } = terms => terms;

        public Func<byte[], byte[]> Encoded { get; init; } = bytes => bytes;

        public Func<HttpContext, Task>? OnOffer { get; init; }

        public Func<ParticipantPolicy, ParticipantPolicy> Strict { get; init; } = policy => policy;

        public Func<ParticipantPolicy, ParticipantPolicy>? Weak { get; init; }
    }
}
