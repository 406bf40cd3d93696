using System.Diagnostics;
using Tacit.Privacy.Numerics;
using Tacit.Privacy.Sampling;

namespace Tacit.Aggregation.Pipeline;

/// <summary>The sampler of a plan's noise.</summary>
public static class NoiseSamplers
{
    /// <summary>Prepares the sampler; keep it for the whole job, its table takes milliseconds to compute.</summary>
    /// <param name="plan">Which noise, how much.</param>
    public static IIntegerSampler For(NoisedSumPlan plan) => plan.Noise switch
    {
        NoiseKind.DiscreteGaussian => DiscreteGaussianSampler.Create(plan.NoiseScale),
        NoiseKind.Skellam => SkellamSampler.Create(Rational.FromDouble(plan.NoiseScale) * Rational.FromDouble(plan.NoiseScale)),
        _ => throw new UnreachableException(),
    };

    /// <summary>Prepares the sampler of the votes' noise; null where nobody votes.</summary>
    /// <param name="plan">How much.</param>
    public static IIntegerSampler? ForVotes(NoisedSumPlan plan) => plan.Votes is { } votes ? DiscreteGaussianSampler.Create(votes.NoiseScale) : null;
}
