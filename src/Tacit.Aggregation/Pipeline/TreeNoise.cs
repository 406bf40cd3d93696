using System.Numerics;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Mechanisms;
using Tacit.Privacy.Sampling;

namespace Tacit.Aggregation.Pipeline;

/// <summary>The noise that a coordinator adds to one opened sum after the other, so that their running total carries that of a few nodes only.</summary>
/// <remarks>
/// Kairouz et al. 2021 (DP-FTRL): to the sum of step t it adds prefix(t) − prefix(t−1) of a <see cref="TreeAggregation"/>. That cancels in
/// the total only if all sums have the same rotation, granularity and divisor. Keep one instance for the whole job.
/// </remarks>
public sealed class TreeNoise
{
    private readonly TreeAggregation tree;
    private readonly long[] previous;
    private readonly long[] increment;
    private int current;

    /// <summary>Starts the first tree.</summary>
    /// <param name="plan">With <see cref="NoisedSumPlan.TreeSteps"/> positive.</param>
    /// <param name="sampler">Of one node's noise: of the plan's.</param>
    public TreeNoise(NoisedSumPlan plan, IIntegerSampler sampler)
    {
        ArgumentNullException.ThrowIfNull(plan);
        tree = new TreeAggregation(sampler, plan.PaddedDimension);
        (previous, increment) = (new long[plan.PaddedDimension], new long[plan.PaddedDimension]);
    }

    /// <summary>The variance of the last increment over that of one node.</summary>
    public int Nodes { get; private set; }

    /// <summary>Takes a step.</summary>
    /// <param name="number">Which tree the step belongs to, from 0; never falls. A new number finishes the tree before.</param>
    /// <param name="random">A production source, or nothing is private.</param>
    /// <returns>Length D, in grid steps: what to add to the sum. Secret; valid until the next call.</returns>
    public ReadOnlySpan<long> Next(int number, IRandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, current);
        int removed = 0;
        if (number > current && tree.Steps > 0)
        {
            // Its nodes leave the prefix and the root comes in, unless the root is the only one of them.
            if (!BitOperations.IsPow2(tree.Steps)) removed = BitOperations.PopCount((uint)tree.Steps) + 1;
            tree.Restart(random);
        }

        current = number;
        ReadOnlySpan<long> prefix = tree.Advance(random);
        for (int i = 0; i < increment.Length; i++) increment[i] = prefix[i] - previous[i];
        prefix.CopyTo(previous);
        Nodes = removed + 1 + BitOperations.TrailingZeroCount(tree.Steps);
        return increment;
    }
}
