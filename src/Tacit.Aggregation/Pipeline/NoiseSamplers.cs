using System.Collections.Immutable;
using System.Diagnostics;
using Tacit.Cryptography.Randomness;
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

    /// <summary>Prepares the sampler of each block's share, or of its whole noise where the coordinator adds it; blocks of one law and scale have one sampler.</summary>
    /// <param name="plan">Which noise, how much.</param>
    public static ImmutableArray<IIntegerSampler> For(RecordSumPlan plan)
    {
        Dictionary<(NoiseLaw, double), IIntegerSampler> made = [];
        return [.. plan.Blocks.Select(block => made.TryGetValue((block.Law, block.Scale), out IIntegerSampler? known) ? known : made[(block.Law, block.Scale)] = Of(plan, block))];
    }

    private static IIntegerSampler Of(RecordSumPlan plan, RecordSumBlock block) => block.Law switch
    {
        NoiseLaw.DiscreteGaussian => DiscreteGaussianSampler.Create(plan.ShareScale(block)),
        NoiseLaw.None => new Silence(),
        NoiseLaw.DiscreteLaplace => DiscreteLaplaceShareSampler.Create(Rational.FromDouble(block.Scale), plan.NoiseShares),
        _ => throw new UnreachableException(),
    };

    /// <summary>Whether a sampler draws what a block of the plan needs: another one would break what was accounted for.</summary>
    internal static bool Fits(RecordSumPlan plan, RecordSumBlock block, IIntegerSampler sampler) => block.Law switch
    {
        NoiseLaw.DiscreteGaussian => sampler is DiscreteGaussianSampler gaussian && gaussian.Scale == plan.ShareScale(block),
        NoiseLaw.None => sampler is Silence,
        _ => sampler is DiscreteLaplaceShareSampler laplace && laplace.Shares == plan.NoiseShares && laplace.Scale == Rational.FromDouble(block.Scale),
    };

    private sealed class Silence : IIntegerSampler
    {
        public void Fill(IRandomSource random, Span<int> destination) => destination.Clear();
    }
}
