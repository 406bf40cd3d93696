using System.Collections.Immutable;
using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Clustering.Stages;

namespace Tacit.Tests.Learning.Clustering.Stages;

/// <summary>What one record changes, by brute force, against what a stage's blocks promise.</summary>
internal static class Sensitivity
{
    private const double Rounding = 1e-12;   // relative: of the square roots of this check, not of the stages

    /// <summary>The first promise that a change breaks, or null.</summary>
    public static string? Broken(ImmutableArray<RecordSumBlock> blocks, ReadOnlySpan<long> change)
    {
        int start = 0;
        for (int b = 0; b < blocks.Length; b++)
        {
            double l1 = 0, squares = 0, largest = 0;
            int touched = 0;
            foreach (long x in change.Slice(start, blocks[b].Length))
            {
                l1 += Math.Abs((double)x);
                squares += (double)x * x;
                largest = Math.Max(largest, Math.Abs((double)x));
                if (x != 0) touched++;
            }

            if (l1 > blocks[b].L1Sensitivity * (1 + Rounding)) return $"L1 of block {b}: {l1} > {blocks[b].L1Sensitivity}";
            if (Math.Sqrt(squares) > blocks[b].L2Sensitivity * (1 + Rounding)) return $"L2 of block {b}: {Math.Sqrt(squares)} > {blocks[b].L2Sensitivity}";
            if (largest > blocks[b].Largest) return $"largest of block {b}: {largest} > {blocks[b].Largest}";
            if (touched > blocks[b].Touched) return $"touched of block {b}: {touched} > {blocks[b].Touched}";
            start += blocks[b].Length;
        }

        return start == change.Length ? null : $"{change.Length} numbers in blocks of {start}";
    }

    /// <summary>Adds records one at a time in many states and looks for a broken promise; the sum is the stage's own, or a weakened twin's.</summary>
    public static string? Find(IClusteringStage stage, int dimension, int clusters, Func<ClusterPoints, ClusteringState, long[]> sum, ulong seed = 1, int states = 40)
    {
        SeededRandomSource random = new(seed, "sensitivity");
        for (int s = 0; s < states; s++)
        {
            ClusteringState state = States.Random(dimension, clusters, random);
            stage.Prepare(state);
            float[] others = States.Uniform(dimension * (int)random.NextBelow(20), random);
            long[] before = sum(Points(others, dimension), state);
            foreach (float[] record in States.Records(state, random))
            {
                long[] change = sum(Points([.. others, .. record], dimension), state);
                for (int i = 0; i < change.Length; i++) change[i] -= before[i];
                if (Broken(stage.Blocks, change) is { } broken) return broken;
            }
        }

        return null;
    }

    public static long[] Sum(IClusteringStage stage, ClusterPoints points, ClusteringState state)
    {
        long[] sums = new long[stage.Blocks.Sum(block => block.Length)];
        stage.Sum(points, state, sums);
        return sums;
    }

    public static ClusterPoints Points(float[] rows, int dimension) => new((float[])rows.Clone(), dimension, SequentialLoop.Instance);
}
