using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Federation.Jobs;
using Tacit.Federation.Offers;
using Tacit.Privacy.Accounting.Events;

namespace Tacit.Participation.Memory;

/// <summary>What a round may cost a participant, by its own reckoning: the fewest inputs that the terms allow, and of their noise only what honest participants add.</summary>
internal static class ContributionCharge
{
    /// <summary>The event, or null for an exact sum, which has no finite cost.</summary>
    /// <param name="plan">Of the contribution.</param>
    /// <param name="included">Inputs that are in the sum for certain.</param>
    /// <param name="corrupt">Of them, those that may have told the coordinator their noise.</param>
    public static PrivacyEvent? Of(ContributionPlan plan, int included, int corrupt) =>
        plan is NoisedSumPlan sum ? SumEvents.Of(sum, Math.Max(1, included - corrupt) * sum.ShardsPerParticipant) : null;   // its own share is always there

    /// <summary>Under the terms of a round.</summary>
    public static PrivacyEvent? Of(RoundOffer offer, RoundTerms terms, ParticipantPolicy policy) =>
        Of(offer.Plan, terms.MinimumCohort, Math.Max(terms.Protection.MaximumCorrupt, (int)Math.Ceiling(policy.Corrupt * terms.Cohort.Length)));

    /// <summary>At best, before the terms are known.</summary>
    public static PrivacyEvent? AtBest(RoundOffer offer, ParticipantPolicy policy) => Of(offer.Plan, offer.Invited, (int)Math.Ceiling(policy.Corrupt * offer.Invited));

    /// <summary>What is protected, as ledgers and receipts call it.</summary>
    public static string UnitOf(ContributionPlan plan) => plan is NoisedSumPlan { ShardsPerParticipant: > 1 } sum ? $"shard-of-{sum.ShardsPerParticipant}" : "participant";
}
