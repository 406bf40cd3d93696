using Tacit.Aggregation.Pipeline;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Privacy.Mechanisms;

namespace Tacit.Aggregation.Planning;

/// <summary>What one opened noised sum costs, or one tree of them, without sampling, as a Rényi curve.</summary>
/// <remarks>
/// The unit is one contribution, a participant's or a shard's: present against all zeros. Only the shares of honest participants whose
/// contribution is in the sum count; what colluders and drop-outs would have added does not. Votes on the clipping norm are a second query
/// on the same contribution with independent noise: divergences add up. In a tree each unit is in one step at most.
/// </remarks>
public static class NoisedSumCost
{
    /// <summary>D_α, at most.</summary>
    /// <param name="plan">How the sum was made.</param>
    /// <param name="shares">Honest noise shares in the sum; ignored where one draw is enough (central and local noise).</param>
    /// <param name="order">α > 1; whole numbers for Skellam.</param>
    /// <returns>In nats.</returns>
    public static double Renyi(NoisedSumPlan plan, int shares, double order)
    {
        int counted = plan.Placement == NoisePlacement.Distributed ? shares : 1;
        if (counted < 1) return double.PositiveInfinity;
        if (plan.TreeSteps > 0) return TreeAggregation.RenyiDivergence(order, plan.NoiseScale / Math.Sqrt(plan.SquaredRoundedBound), plan.TreeSteps);
        double votes = plan.Votes is null ? 0 : order * VotesConcentrated(plan.Votes, counted);
        return votes + plan.Noise switch
        {
            NoiseKind.Skellam => DistributedSkellamAccounting.Renyi(
                new DistributedSkellamParameters(plan.Clip, plan.Granularity, plan.PaddedDimension, plan.Bias, plan.NoiseScale * plan.Granularity, counted), order),
            _ => DistributedDiscreteGaussianAccounting.Renyi(GaussianParameters(plan, counted), order),
        };
    }

    /// <summary>ρ of zero-concentrated privacy, at most; null where none is proved (Skellam).</summary>
    /// <param name="plan">How the sum was made.</param>
    /// <param name="shares">Honest noise shares in the sum.</param>
    public static double? Concentrated(NoisedSumPlan plan, int shares)
    {
        if (plan.Noise == NoiseKind.Skellam) return null;
        int counted = plan.Placement == NoisePlacement.Distributed ? shares : 1;
        if (counted < 1) return double.PositiveInfinity;
        if (plan.TreeSteps > 0) return Renyi(plan, counted, 2) / 2;   // linear in the order
        double epsilon = DistributedDiscreteGaussianAccounting.ConcentratedEpsilon(GaussianParameters(plan, counted));
        return (epsilon * epsilon / 2) + (plan.Votes is null ? 0 : VotesConcentrated(plan.Votes, counted));
    }

    /// <summary>ρ of the votes alone: D_α is at most ρα.</summary>
    /// <param name="votes">How they are made.</param>
    /// <param name="shares">Honest noise shares in their sum; 1 where one draw is enough.</param>
    /// <remarks>½(v/(√n σ) + τ)²: Kairouz, Liu and Steinke 2021, Theorem 1, for one integer that is not rounded.</remarks>
    public static double VotesConcentrated(NormVotes votes, int shares)
    {
        ArgumentNullException.ThrowIfNull(votes);
        double shift = (votes.Magnitude / (votes.NoiseScale * Math.Sqrt(shares))) + DistributedDiscreteGaussianAccounting.Tau(votes.NoiseScale, shares);
        return shift * shift / 2;
    }

    private static DistributedDiscreteGaussianParameters GaussianParameters(NoisedSumPlan plan, int shares) =>
        new(plan.Clip, plan.Granularity, plan.PaddedDimension, plan.Bias, plan.NoiseScale * plan.Granularity, shares);
}
