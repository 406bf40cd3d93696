using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Clipping;

namespace Tacit.Aggregation.Pipeline;

/// <summary>The way of one update into an exact weighted mean, and out again: a palindrome.</summary>
/// <remarks>
/// Weighted means stay private: participant i adds (wᵢ / W) · xᵢ and wᵢ, so the weights are inside the protected sum too.
/// The coordinator divides one by the other and learns Σ wᵢ, never a single wᵢ.
/// </remarks>
public static class WeightedMeanPipeline
{
    /// <summary>Clip → weigh → quantise → append weight and saturation count.</summary>
    /// <param name="plan">Agreed on by both sides.</param>
    /// <param name="update">Length d; overwritten by clipping.</param>
    /// <param name="weight">At least 0; capped at <see cref="WeightedMeanPlan.WeightCap"/>.</param>
    /// <param name="random">Where stochastic rounding comes from.</param>
    /// <returns>The contribution, to be protected; cleared by the protocol.</returns>
    /// <exception cref="FailureException">The update has another length or holds NaN or infinity, or the weight is negative.</exception>
    public static Contribution Encode(WeightedMeanPlan plan, Span<float> update, int weight, IRandomSource random)
    {
        if (update.Length != plan.Dimension)
        {
            throw new FailureException(FailureCodes.VectorDimensionMismatch, $"the update has {update.Length} elements; the plan says {plan.Dimension}");
        }

        if (weight < 0) throw new FailureException(FailureCodes.InvalidValue, $"weight is {weight}; it must be at least 0");
        for (int i = 0; i < update.Length; i++)
        {
            if (!float.IsFinite(update[i])) throw new FailureException(FailureCodes.UpdateNotFinite, $"update[{i}] is not finite; every element must be: lower the learning rate or check the data");
        }

        if (plan.ClipNorm is { } bound) NormClipping.ClipToNorm(update, bound);
        int counted = Math.Min(weight, plan.WeightCap);
        ModularVector residues = new(plan.Ring, plan.Length);
        int saturated = plan.Quantization.Encode(update, (double)counted / plan.WeightCap, random, residues);
        residues[plan.Dimension] = (ulong)counted;
        residues[plan.Dimension + 1] = (ulong)Math.Min(saturated, plan.Quantization.Magnitude);
        return new Contribution(residues, saturated, Capped: counted < weight);
    }

    /// <summary>Split off weight and saturation count → centre → rescale → divide by the weight.</summary>
    /// <param name="plan">The plan that the contributions were encoded with.</param>
    /// <param name="sum">The sum of at most n contributions.</param>
    /// <returns>The weighted mean of the updates and what is known of it.</returns>
    /// <exception cref="FailureException"><see cref="FailureCodes.EmptyData"/>: the total weight is zero, so there is no mean.</exception>
    public static Aggregate Decode(WeightedMeanPlan plan, ModularVector sum)
    {
        long weight = plan.Ring.Centre(sum[plan.Dimension]);
        if (weight <= 0) throw new FailureException(FailureCodes.EmptyData, $"the total weight is {weight}; at least one participant must have data");

        float[] mean = new float[plan.Dimension];
        double scale = (double)plan.WeightCap / weight;
        for (int i = 0; i < mean.Length; i++) mean[i] = (float)(plan.Quantization.Decode(sum[i], plan.Ring) * scale);
        return new Aggregate(mean, weight, plan.Ring.Centre(sum[plan.Dimension + 1]));
    }
}

/// <summary>What one participant submits.</summary>
/// <param name="Residues">Length d + 2; secret until protected.</param>
/// <param name="Saturated">Values beyond the range.</param>
/// <param name="Capped">Whether the weight was above the cap.</param>
public sealed record Contribution(ModularVector Residues, int Saturated, bool Capped);

/// <summary>What the coordinator learns.</summary>
/// <param name="Mean">The weighted mean update, length d, in the units of the update.</param>
/// <param name="Weight">Σ wᵢ over the included.</param>
/// <param name="Saturated">Values beyond the range after weighting, over all included; each participant counts at most L of its own.</param>
public sealed record Aggregate(float[] Mean, long Weight, long Saturated);
