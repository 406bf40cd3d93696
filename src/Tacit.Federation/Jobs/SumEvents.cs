using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Privacy.Accounting.Events;

namespace Tacit.Federation.Jobs;

/// <summary>What one noised sum does to a contribution in it, as an event that accountants compose.</summary>
public static class SumEvents
{
    /// <summary>Against whoever knows who was in the sum.</summary>
    /// <param name="plan">Of the round.</param>
    /// <param name="shares">Honest shares of noise in the sum; at least 1.</param>
    public static PrivacyEvent Of(NoisedSumPlan plan, int shares)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfLessThan(shares, 1);
        if (plan.TreeSteps > 0) return new ZeroConcentratedEvent(NoisedSumCost.Concentrated(plan, shares)!.Value);
        double noise = plan.NoiseScale * plan.Granularity;
        PrivacyEvent updates = plan.Noise == NoiseKind.Skellam
            ? new DistributedSkellamEvent(new DistributedSkellamParameters(plan.Clip, plan.Granularity, plan.PaddedDimension, plan.Bias, noise, shares))
            : new DistributedDiscreteGaussianEvent(new DistributedDiscreteGaussianParameters(plan.Clip, plan.Granularity, plan.PaddedDimension, plan.Bias, noise, shares));
        if (plan.Votes is not { } votes) return updates;
        return new JointEvent(updates, new GaussianEvent(1 / Math.Sqrt(2 * NoisedSumCost.VotesConcentrated(votes, shares))));
    }
}
