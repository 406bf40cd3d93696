using Tacit.Aggregation.Pipeline;
using Tacit.Privacy.Accounting.Distributed;

namespace Tacit.Aggregation.Planning;

/// <summary>What one opened noised sum costs, without sampling, as a Rényi curve.</summary>
/// <remarks>
/// The unit is one contribution, a participant's or a shard's: present against all zeros. Only the shares of honest participants whose
/// contribution is in the sum count; what colluders and drop-outs would have added does not.
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
        return plan.Noise switch
        {
            NoiseKind.Skellam => DistributedSkellamAccounting.Renyi(
                new DistributedSkellamParameters(plan.Clip, plan.Granularity, plan.Length, plan.Bias, plan.NoiseScale * plan.Granularity, counted), order),
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
        double epsilon = DistributedDiscreteGaussianAccounting.ConcentratedEpsilon(GaussianParameters(plan, counted));
        return epsilon * epsilon / 2;
    }

    private static DistributedDiscreteGaussianParameters GaussianParameters(NoisedSumPlan plan, int shares) =>
        new(plan.Clip, plan.Granularity, plan.Length, plan.Bias, plan.NoiseScale * plan.Granularity, shares);
}
