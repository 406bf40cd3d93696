using System.Diagnostics;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Training;
using Tacit.Privacy.Sampling;

namespace Tacit.Participation.Training;

/// <summary>From updates to what the protocol masks, by the plan that both sides hold.</summary>
internal static class ContributionEncoder
{
    /// <summary>Refuses updates before anything is said about them.</summary>
    /// <exception cref="FailureException">INVALID_VALUE, VECTOR_DIMENSION_MISMATCH or UPDATE_NOT_FINITE.</exception>
    public static void ThrowUnlessFits(ContributionPlan plan, IReadOnlyList<ModelUpdate> updates)
    {
        int needed = plan is NoisedSumPlan sum ? sum.ShardsPerParticipant : 1;
        if (updates.Count != needed) throw new FailureException(FailureCodes.InvalidValue, $"{updates.Count} updates were given; the round takes {needed}");
        foreach (ModelUpdate update in updates)
        {
            if (update.Delta.Length != plan.Dimension) throw new FailureException(FailureCodes.VectorDimensionMismatch, $"the update has {update.Delta.Length} elements; the plan says {plan.Dimension}");
            if (!update.Delta.All(float.IsFinite)) throw new FailureException(FailureCodes.UpdateNotFinite, "the update is not finite; every element must be: lower the learning rate or check the data");
        }
    }

    /// <summary>Clip, encode, noise where the plan says so.</summary>
    /// <param name="plan">Of the round.</param>
    /// <param name="updates">Changed by clipping.</param>
    /// <param name="random">A production source, or nothing is private.</param>
    public static ModularVector Encode(ContributionPlan plan, IReadOnlyList<ModelUpdate> updates, IRandomSource random)
    {
        switch (plan)
        {
            case WeightedMeanPlan mean:
                return WeightedMeanPipeline.Encode(mean, updates[0].Delta, updates[0].Examples, random).Residues;
            case NoisedSumPlan sum:
                IIntegerSampler sampler = NoiseSamplers.For(sum);
                NoisedSumPipeline pipeline = new(sum, sampler);
                ModularVector vector = new(sum.Ring, sum.Length);
                foreach (ModelUpdate update in updates) pipeline.AddTo(update.Delta, random, vector);
                return vector;
            default:
                throw new UnreachableException();
        }
    }
}
