using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tacit.Learning.Clustering;

/// <summary>Finds the nearest of k centres for tiles of points: argmin_j ‖μ_j‖²/2 − x·μ_j, fused multiply-adds in order of the coordinates.</summary>
/// <remarks>Each point has a lane of its own, so the width of the machine's vectors changes nothing in the result. Ties go to the lower index.</remarks>
internal sealed class NearestCentres
{
    private const int Group = 8;

    private readonly int dimension;
    private readonly int groups;
    private readonly float[] negated;   // groups × d × 8: −μ
    private readonly float[] halves;    // groups × 8: ‖μ‖²/2, or infinity where a group is not full

    /// <summary>Lays the centres out.</summary>
    /// <param name="centres">k × d, row-major, in steps.</param>
    /// <param name="dimension">d.</param>
    public NearestCentres(ReadOnlySpan<int> centres, int dimension)
    {
        int k = centres.Length / dimension;
        this.dimension = dimension;
        groups = (k + Group - 1) / Group;
        negated = new float[groups * dimension * Group];
        halves = new float[groups * Group];
        Array.Fill(halves, float.PositiveInfinity);
        for (int j = 0; j < k; j++)
        {
            double squares = 0;
            for (int i = 0; i < dimension; i++)
            {
                int c = centres[j * dimension + i];
                negated[((j / Group * dimension) + i) * Group + j % Group] = -c;
                squares += (double)c * c;
            }

            halves[j] = (float)(squares / 2);
        }
    }

    /// <summary>Whether tiles go through 512-bit vectors; the result is the same.</summary>
    public bool IsWide { get; init; } = Vector512.IsHardwareAccelerated;

    /// <summary>Finds the nearest centres of 32 points.</summary>
    /// <param name="tile">d × 32, in steps.</param>
    /// <param name="scores">32: ‖μ‖²/2 − x·μ of the nearest.</param>
    /// <param name="labels">32: its index.</param>
    public void Find(ReadOnlySpan<float> tile, Span<float> scores, Span<int> labels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tile.Length, dimension * PackedPoints.Tile);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scores.Length, PackedPoints.Tile);
        ArgumentOutOfRangeException.ThrowIfNotEqual(labels.Length, PackedPoints.Tile);
        scores.Fill(float.PositiveInfinity);
        labels.Clear();
        ref float x = ref MemoryMarshal.GetReference(tile);
        for (int g = 0; g < groups; g++)
        {
            ref float c = ref negated[g * dimension * Group];
            ref float h = ref halves[g * Group];
            if (IsWide)
            {
                Wide(ref x, ref c, ref h, ref MemoryMarshal.GetReference(scores), ref MemoryMarshal.GetReference(labels), g * Group);
                continue;
            }

            for (int from = 0; from < PackedPoints.Tile; from += 16)
            {
                Narrow(ref Unsafe.Add(ref x, from), ref c, ref h, ref scores[from], ref labels[from], g * Group);
                Narrow(ref Unsafe.Add(ref x, from), ref Unsafe.Add(ref c, 4), ref Unsafe.Add(ref h, 4), ref scores[from], ref labels[from], g * Group + 4);
            }
        }
    }

    // 32 points × 8 centres in 16 of 32 registers.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Wide(ref float x, ref float c, ref float h, ref float scores, ref int labels, int first)
    {
        Vector512<float> a0 = Vector512.Create(h), a1 = Vector512.Create(Unsafe.Add(ref h, 1)), a2 = Vector512.Create(Unsafe.Add(ref h, 2)), a3 = Vector512.Create(Unsafe.Add(ref h, 3));
        Vector512<float> a4 = Vector512.Create(Unsafe.Add(ref h, 4)), a5 = Vector512.Create(Unsafe.Add(ref h, 5)), a6 = Vector512.Create(Unsafe.Add(ref h, 6)), a7 = Vector512.Create(Unsafe.Add(ref h, 7));
        Vector512<float> b0 = a0, b1 = a1, b2 = a2, b3 = a3, b4 = a4, b5 = a5, b6 = a6, b7 = a7;
        unchecked
        {
            for (int i = dimension; i > 0; i--)
            {
                Vector512<float> p = Vector512.LoadUnsafe(ref x), q = Vector512.LoadUnsafe(ref x, 16);
                Vector512<float> c0 = Vector512.Create(c);
                a0 = Vector512.FusedMultiplyAdd(p, c0, a0); b0 = Vector512.FusedMultiplyAdd(q, c0, b0);
                Vector512<float> c1 = Vector512.Create(Unsafe.Add(ref c, 1));
                a1 = Vector512.FusedMultiplyAdd(p, c1, a1); b1 = Vector512.FusedMultiplyAdd(q, c1, b1);
                Vector512<float> c2 = Vector512.Create(Unsafe.Add(ref c, 2));
                a2 = Vector512.FusedMultiplyAdd(p, c2, a2); b2 = Vector512.FusedMultiplyAdd(q, c2, b2);
                Vector512<float> c3 = Vector512.Create(Unsafe.Add(ref c, 3));
                a3 = Vector512.FusedMultiplyAdd(p, c3, a3); b3 = Vector512.FusedMultiplyAdd(q, c3, b3);
                Vector512<float> c4 = Vector512.Create(Unsafe.Add(ref c, 4));
                a4 = Vector512.FusedMultiplyAdd(p, c4, a4); b4 = Vector512.FusedMultiplyAdd(q, c4, b4);
                Vector512<float> c5 = Vector512.Create(Unsafe.Add(ref c, 5));
                a5 = Vector512.FusedMultiplyAdd(p, c5, a5); b5 = Vector512.FusedMultiplyAdd(q, c5, b5);
                Vector512<float> c6 = Vector512.Create(Unsafe.Add(ref c, 6));
                a6 = Vector512.FusedMultiplyAdd(p, c6, a6); b6 = Vector512.FusedMultiplyAdd(q, c6, b6);
                Vector512<float> c7 = Vector512.Create(Unsafe.Add(ref c, 7));
                a7 = Vector512.FusedMultiplyAdd(p, c7, a7); b7 = Vector512.FusedMultiplyAdd(q, c7, b7);
                x = ref Unsafe.Add(ref x, PackedPoints.Tile);
                c = ref Unsafe.Add(ref c, Group);
            }
        }

        Take(a0, a1, a2, a3, a4, a5, a6, a7, ref scores, ref labels, first);
        Take(b0, b1, b2, b3, b4, b5, b6, b7, ref Unsafe.Add(ref scores, 16), ref Unsafe.Add(ref labels, 16), first);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(
        Vector512<float> v0, Vector512<float> v1, Vector512<float> v2, Vector512<float> v3, Vector512<float> v4, Vector512<float> v5, Vector512<float> v6, Vector512<float> v7,
        ref float scores, ref int labels, int first)
    {
        Vector512<float> best = Vector512.LoadUnsafe(ref scores), label = Vector512.LoadUnsafe(ref labels).AsSingle();
        Less(v0, first, ref best, ref label);
        Less(v1, first + 1, ref best, ref label);
        Less(v2, first + 2, ref best, ref label);
        Less(v3, first + 3, ref best, ref label);
        Less(v4, first + 4, ref best, ref label);
        Less(v5, first + 5, ref best, ref label);
        Less(v6, first + 6, ref best, ref label);
        Less(v7, first + 7, ref best, ref label);
        best.StoreUnsafe(ref scores);
        label.AsInt32().StoreUnsafe(ref labels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Less(Vector512<float> score, int index, ref Vector512<float> best, ref Vector512<float> label)
    {
        Vector512<float> less = Vector512.LessThan(score, best);
        best = Vector512.ConditionalSelect(less, score, best);
        label = Vector512.ConditionalSelect(less, Vector512.Create(index).AsSingle(), label);
    }

    // 16 points × 4 centres in 8 of 16 registers.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Narrow(ref float x, ref float c, ref float h, ref float scores, ref int labels, int first)
    {
        Vector256<float> a0 = Vector256.Create(h), a1 = Vector256.Create(Unsafe.Add(ref h, 1)), a2 = Vector256.Create(Unsafe.Add(ref h, 2)), a3 = Vector256.Create(Unsafe.Add(ref h, 3));
        Vector256<float> b0 = a0, b1 = a1, b2 = a2, b3 = a3;
        unchecked
        {
            for (int i = dimension; i > 0; i--)
            {
                Vector256<float> p = Vector256.LoadUnsafe(ref x), q = Vector256.LoadUnsafe(ref x, 8);
                Vector256<float> c0 = Vector256.Create(c);
                a0 = Vector256.FusedMultiplyAdd(p, c0, a0); b0 = Vector256.FusedMultiplyAdd(q, c0, b0);
                Vector256<float> c1 = Vector256.Create(Unsafe.Add(ref c, 1));
                a1 = Vector256.FusedMultiplyAdd(p, c1, a1); b1 = Vector256.FusedMultiplyAdd(q, c1, b1);
                Vector256<float> c2 = Vector256.Create(Unsafe.Add(ref c, 2));
                a2 = Vector256.FusedMultiplyAdd(p, c2, a2); b2 = Vector256.FusedMultiplyAdd(q, c2, b2);
                Vector256<float> c3 = Vector256.Create(Unsafe.Add(ref c, 3));
                a3 = Vector256.FusedMultiplyAdd(p, c3, a3); b3 = Vector256.FusedMultiplyAdd(q, c3, b3);
                x = ref Unsafe.Add(ref x, PackedPoints.Tile);
                c = ref Unsafe.Add(ref c, Group);
            }
        }

        Take(a0, a1, a2, a3, ref scores, ref labels, first);
        Take(b0, b1, b2, b3, ref Unsafe.Add(ref scores, 8), ref Unsafe.Add(ref labels, 8), first);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(Vector256<float> v0, Vector256<float> v1, Vector256<float> v2, Vector256<float> v3, ref float scores, ref int labels, int first)
    {
        Vector256<float> best = Vector256.LoadUnsafe(ref scores), label = Vector256.LoadUnsafe(ref labels).AsSingle();
        Less(v0, first, ref best, ref label);
        Less(v1, first + 1, ref best, ref label);
        Less(v2, first + 2, ref best, ref label);
        Less(v3, first + 3, ref best, ref label);
        best.StoreUnsafe(ref scores);
        label.AsInt32().StoreUnsafe(ref labels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Less(Vector256<float> score, int index, ref Vector256<float> best, ref Vector256<float> label)
    {
        Vector256<float> less = Vector256.LessThan(score, best);
        best = Vector256.ConditionalSelect(less, score, best);
        label = Vector256.ConditionalSelect(less, Vector256.Create(index).AsSingle(), label);
    }
}
