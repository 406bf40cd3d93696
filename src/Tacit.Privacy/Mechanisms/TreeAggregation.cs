using System.Numerics;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Sampling;

namespace Tacit.Privacy.Mechanisms;

/// <summary>
/// Noise for all prefix sums of a stream of vectors, of which each sum carries that of a few nodes of a binary tree: no sampling has to be
/// secret or random for it.
/// </summary>
/// <remarks>
/// <para>
/// Dwork, Naor, Pitassi and Rothblum 2010; Chan, Shi and Song 2011; for training Kairouz et al. 2021 (DP-FTRL). The prefix of t steps is the
/// sum of the nodes at the binary digits of t, each with independent noise that is drawn once and kept while it is needed. The variance is
/// the number of ones in t, at most 1 + log₂ t, times that of a node.
/// </para>
/// <para>State: one vector for each level and two more. The noise is secret; nothing of it but the sums with it is released.</para>
/// </remarks>
public sealed class TreeAggregation
{
    private readonly IIntegerSampler sampler;
    private readonly List<int[]> nodes = [];
    private readonly long[] finished;
    private readonly long[] prefix;

    /// <summary>Starts an empty tree.</summary>
    /// <param name="sampler">The noise of one coordinate of one node, in units of the grid that the stream lies on.</param>
    /// <param name="length">d; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    public TreeAggregation(IIntegerSampler sampler, int length)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        (this.sampler, finished, prefix) = (sampler, new long[length], new long[length]);
    }

    /// <summary>Steps in the tree so far.</summary>
    public int Steps { get; private set; }

    /// <summary>Trees that have been finished.</summary>
    public int Restarts { get; private set; }

    /// <summary>Rényi divergence of order α between the streams of neighbours.</summary>
    /// <param name="order">α; above 1.</param>
    /// <param name="noiseMultiplier">z: the deviation of a node's noise over the largest norm of one step's contribution; positive.</param>
    /// <param name="steps">T: steps of one tree; positive.</param>
    /// <param name="participations">k: how often one participant contributes to one tree at most, in different steps; positive.</param>
    /// <param name="trees">How many trees there are, one after the other, in each of which it may do so; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <remarks>
    /// All nodes together are one Gaussian query. At the level of nodes over 2^l steps the k contributions move nodes by multiples cᵢ of
    /// C with Σ cᵢ = k and cᵢ ≤ min(k, 2^l), so by Σ cᵢ² ≤ k min(k, 2^l) in squares; levels 0 to ⌈log₂ T⌉ are counted, for k = 1 the
    /// 1 + ⌈log₂ T⌉ of Kairouz et al. 2021, Theorem 4.1. Trees compose by addition.
    /// </remarks>
    public static double RenyiDivergence(double order, double noiseMultiplier, int steps, int participations = 1, int trees = 1)
    {
        if (!(order > 1)) throw new ArgumentOutOfRangeException(nameof(order), order, "The order is above 1.");
        if (!(noiseMultiplier > 0)) throw new ArgumentOutOfRangeException(nameof(noiseMultiplier), noiseMultiplier, "The noise multiplier is positive.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(participations);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trees);

        double squares = 0;
        int levels = Levels(steps), k = Math.Min(participations, steps);
        for (int level = 0; level <= levels; level++) squares += (double)k * Math.Min(k, Math.ScaleB(1, level));
        return trees * order * squares / (2 * noiseMultiplier * noiseMultiplier);
    }

    /// <summary>Takes a step.</summary>
    /// <param name="random">For the one node that the step finishes.</param>
    /// <returns>Length d: the noise of the sum of all steps so far, those of finished trees among them. Valid until the next call.</returns>
    public ReadOnlySpan<long> Advance(IRandomSource random)
    {
        Steps = checked(Steps + 1);
        int level = BitOperations.TrailingZeroCount(Steps);
        while (nodes.Count <= level) nodes.Add(new int[prefix.Length]);
        sampler.Fill(random, nodes[level]);

        finished.CopyTo(prefix.AsSpan());
        for (int digits = Steps; digits != 0; digits &= digits - 1) Add(nodes[BitOperations.TrailingZeroCount(digits)], prefix);
        return prefix;
    }

    /// <summary>Finishes the tree and starts the next: its whole sum is from then on part of every prefix, with the noise of one node.</summary>
    /// <param name="random">For the root, unless the last step finished it.</param>
    /// <remarks>Kairouz et al. 2021, section 4.2: as if steps without data followed up to the next power of two.</remarks>
    public void Restart(IRandomSource random)
    {
        if (Steps == 0) return;
        int level = Levels(Steps);
        while (nodes.Count <= level) nodes.Add(new int[prefix.Length]);
        if (!BitOperations.IsPow2(Steps)) sampler.Fill(random, nodes[level]);
        Add(nodes[level], finished);
        (Steps, Restarts) = (0, Restarts + 1);
    }

    private static int Levels(int steps) => steps == 1 ? 0 : BitOperations.Log2((uint)steps - 1) + 1;

    private static void Add(int[] node, long[] sum)
    {
        for (int i = 0; i < node.Length; i++) sum[i] += node[i];
    }
}
