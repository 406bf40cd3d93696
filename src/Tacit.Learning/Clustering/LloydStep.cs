using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tacit.Cryptography.Parallelism;

namespace Tacit.Learning.Clustering;

/// <summary>One participant's half of a Lloyd iteration: assigns its points to centres, and counts and adds them, in one pass.</summary>
/// <remarks>
/// Lloyd 1982; with a radius, the constrained step of Diaa, Humphries and Kerschbaum 2025. Sums are of integers, so the result is the same for every number of
/// threads and width of vectors. A point counts towards centre j only if ‖x − μ_j‖ ≤ η holds <b>exactly</b>, on the grid: one point moves one count by 1 and
/// one sum by at most η in L2, with nothing to add for rounding. Which of two centres is nearer is decided in single precision, ties to the lower index.
/// Buffers are kept between calls: instances are not thread-safe.
/// </remarks>
public sealed class LloydStep
{
    /// <summary>The largest magnitude of a coordinate of a centre, in steps: beyond, floats are not exact.</summary>
    public const int LargestCentre = 1 << 23;

    private const int LargestBlock = 8192;

    private readonly PackedPoints points;
    private readonly IParallelLoop loop;
    private readonly int blockPoints;
    private readonly Block[] blocks;

    /// <summary>Prepares the rounds of a job.</summary>
    /// <param name="points">The participant's.</param>
    /// <param name="loop">Spreads blocks of points.</param>
    public LloydStep(PackedPoints points, IParallelLoop loop)
    {
        (this.points, this.loop) = (points, loop);
        blockPoints = Math.Min(LargestBlock, 1 << (30 - points.Grid.Bits));   // so that an int holds a block's sum
        blocks = new Block[(points.Count + blockPoints - 1) / blockPoints];
        for (int b = 0; b < blocks.Length; b++) blocks[b] = new Block();
    }

    /// <summary>Whether distances use 512-bit vectors; for tests, which compare both ways.</summary>
    internal bool IsWide { get; init; } = Vector512.IsHardwareAccelerated;

    /// <summary>Rounds centres to the grid: what parties send each other and what <see cref="Run(ReadOnlySpan{int}, double?, Span{int})"/> takes.</summary>
    /// <param name="centres">k × d, row-major.</param>
    /// <param name="grid">The points' grid.</param>
    /// <exception cref="ArgumentOutOfRangeException">A coordinate is not a number or beyond <see cref="LargestCentre"/> steps.</exception>
    public static int[] ToSteps(ReadOnlySpan<double> centres, FixedPoint grid)
    {
        int[] steps = new int[centres.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            if (!grid.TryRound(centres[i], LargestCentre, out long rounded)) throw new ArgumentOutOfRangeException(nameof(centres), centres[i], $"Coordinates of centres must be within {LargestCentre} steps of 0.");
            steps[i] = (int)rounded;
        }

        return steps;
    }

    /// <summary>Runs the step.</summary>
    /// <param name="centres">k × d, row-major, in steps of the points' grid.</param>
    /// <param name="radius">η ≥ 0: points farther than this from every centre are left out; null to keep all. A point at distance η is kept.</param>
    /// <param name="labels">n: the centre of each point, k if it is left out; or empty. Personal data.</param>
    /// <exception cref="ArgumentException">There is no centre, they have another dimension, or <paramref name="labels"/> has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A coordinate or the radius is out of range.</exception>
    public ClusterSums Run(ReadOnlySpan<int> centres, double? radius = null, Span<int> labels = default)
    {
        int d = points.Dimension, k = centres.Length / d;
        if (k == 0 || centres.Length != k * d) throw new ArgumentException($"{centres.Length} coordinates are not one or more centres of {d}.", nameof(centres));
        if (labels.Length != 0 && labels.Length != points.Count) throw new ArgumentException($"There are {points.Count} points.", nameof(labels));
        foreach (int c in centres) ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Abs((long)c), LargestCentre, nameof(centres));

        RadiusTest? test = radius is { } eta ? new RadiusTest(points, centres.ToArray(), eta) : null;
        NearestCentres nearest = new(centres, d) { IsWide = IsWide };
        int[]? kept = labels.Length == 0 ? null : new int[points.Count];
        loop.For(blocks.Length, b => RunBlock(b, k, nearest, test, kept));
        kept?.CopyTo(labels);
        return Merge(centres, k);
    }

    private void RunBlock(int index, int k, NearestCentres nearest, RadiusTest? test, int[]? kept)
    {
        int d = points.Dimension, from = index * blockPoints, to = Math.Min(points.Count, from + blockPoints);
        (int[] counts, int[] sums) = blocks[index].Cleared(k + 1, d);
        Span<float> scores = stackalloc float[PackedPoints.Tile];
        Span<int> labels = stackalloc int[PackedPoints.Tile];
        for (int start = from; start < to; start += PackedPoints.Tile)
        {
            nearest.Find(points.Tiles.AsSpan(start * d, PackedPoints.Tile * d), scores, labels);
            test?.Apply(start, scores, labels, k);
            int here = Math.Min(PackedPoints.Tile, to - start);
            Add(points.Rows.AsSpan(start * d, here * d), labels[..here], d, counts, sums);
            if (kept is not null) labels[..here].CopyTo(kept.AsSpan(start));
        }
    }

    private static void Add(ReadOnlySpan<int> rows, ReadOnlySpan<int> labels, int d, Span<int> counts, Span<int> sums)
    {
        ref int row = ref MemoryMarshal.GetReference(rows);
        unchecked
        {
            foreach (int label in labels)
            {
                ref int sum = ref sums[label * d];
                counts[label]++;
                int i = 0;
                for (; i + Vector<int>.Count <= d; i += Vector<int>.Count)
                {
                    (Vector.LoadUnsafe(ref sum, (nuint)i) + Vector.LoadUnsafe(ref row, (nuint)i)).StoreUnsafe(ref sum, (nuint)i);
                }

                for (; i < d; i++) Unsafe.Add(ref sum, i) += Unsafe.Add(ref row, i);
                row = ref Unsafe.Add(ref row, d);
            }
        }
    }

    // Σ (x − μ_j) = Σ x − c_j·μ_j, in integers.
    private ClusterSums Merge(ReadOnlySpan<int> centres, int k)
    {
        int d = points.Dimension;
        long[] counts = new long[k], sums = new long[k * d];
        long unassigned = 0;
        foreach (Block block in blocks)
        {
            for (int j = 0; j < k; j++) counts[j] += block.Counts[j];
            for (int i = 0; i < sums.Length; i++) sums[i] += block.Sums[i];
            unassigned += block.Counts[k];
            block.Clear();
        }

        for (int i = 0; i < sums.Length; i++) sums[i] -= counts[i / d] * centres[i];
        return new ClusterSums(counts, sums, unassigned);
    }

    // What a block of points adds; the last cluster is that of points left out.
    private sealed class Block
    {
        public int[] Counts { get; private set; } = [];

        public int[] Sums { get; private set; } = [];

        public (int[] Counts, int[] Sums) Cleared(int clusters, int dimension)
        {
            if (Counts.Length != clusters) (Counts, Sums) = (new int[clusters], new int[clusters * dimension]);
            return (Counts, Sums);
        }

        public void Clear()
        {
            Array.Clear(Counts);
            Array.Clear(Sums);
        }
    }
}
