using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tacit.Learning.Clustering;

/// <summary>Points of one participant, rounded to a grid and laid out once for all rounds of a job. Holds personal data: never sent or logged.</summary>
/// <remarks>
/// Two copies: rows of whole steps, which are summed, and tiles of <see cref="Tile"/> points with a coordinate's values side by side, for distances.
/// A step count is below 2²⁴ and so the same number in both. Immutable: thread-safe.
/// </remarks>
public sealed class PackedPoints
{
    internal const int Tile = 32;

    private PackedPoints(int count, int dimension, FixedPoint grid)
    {
        (Count, Dimension, Grid) = (count, dimension, grid);
        int tiles = (count + Tile - 1) / Tile;
        Rows = GC.AllocateUninitializedArray<int>(count * dimension);
        Tiles = GC.AllocateUninitializedArray<float>(tiles * Tile * dimension);
        Squares = new float[tiles * Tile];
        if (tiles > 0) Tiles.AsSpan((tiles - 1) * Tile * dimension).Clear();
    }

    /// <summary>n.</summary>
    public int Count { get; }

    /// <summary>d.</summary>
    public int Dimension { get; }

    /// <summary>The step that coordinates are rounded to.</summary>
    public FixedPoint Grid { get; }

    /// <summary>Coordinates that were outside [−1, 1] and are kept as the nearest end of it.</summary>
    public long Clipped { get; private set; }

    /// <summary>n × d, row-major, in steps.</summary>
    internal int[] Rows { get; }

    /// <summary>For each tile d × 32, in steps; the last tile is filled up with zeros.</summary>
    internal float[] Tiles { get; }

    /// <summary>‖x‖² of each point in steps², rounded.</summary>
    internal float[] Squares { get; }

    /// <summary>Rounds and lays out points.</summary>
    /// <param name="points">n × d, row-major; scaled to [−1, 1] by bounds that do not depend on the data.</param>
    /// <param name="dimension">d, at least 1.</param>
    /// <param name="grid">The step.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d, or a coordinate is not a number.</exception>
    public static PackedPoints From(ReadOnlySpan<float> points, int dimension, FixedPoint grid)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        if (points.Length % dimension != 0) throw new ArgumentException($"{points.Length} coordinates are not whole points of {dimension}.", nameof(points));
        PackedPoints packed = new(points.Length / dimension, dimension, grid);
        for (int start = 0; start < packed.Count; start += Tile)
        {
            int here = Math.Min(Tile, packed.Count - start);
            packed.Round(start, points.Slice(start * dimension, here * dimension));
            packed.Lay(start, here);
        }

        return packed;
    }

    // Whole vectors while all of their coordinates are inside; others one by one.
    private void Round(int start, ReadOnlySpan<float> points)
    {
        Span<int> rows = Rows.AsSpan(start * Dimension, points.Length);
        Vector<float> one = new((float)Grid.One);
        int i = 0;
        for (; i + Vector<float>.Count <= points.Length; i += Vector<float>.Count)
        {
            Vector<float> scaled = Vector.Round(new Vector<float>(points[i..]) * one);   // exact product: one is a power of two
            if (Vector.LessThanOrEqualAll(Vector.Abs(scaled), one)) Vector.ConvertToInt32(scaled).CopyTo(rows[i..]);
            else RoundEach(points.Slice(i, Vector<float>.Count), rows[i..], start * Dimension + i);
        }

        RoundEach(points[i..], rows[i..], start * Dimension + i);
    }

    private void RoundEach(ReadOnlySpan<float> points, Span<int> rows, int first)
    {
        float one = (float)Grid.One;
        for (int i = 0; i < points.Length; i++)
        {
            float scaled = MathF.Round(points[i] * one);
            if (!(MathF.Abs(scaled) <= one))
            {
                if (float.IsNaN(scaled)) throw new ArgumentException($"Coordinate {(first + i) % Dimension} of point {(first + i) / Dimension} is not a number.", nameof(points));
                Clipped++;
                scaled = MathF.CopySign(one, scaled);
            }

            rows[i] = (int)scaled;
        }
    }

    private void Lay(int start, int here)
    {
        ref int rows = ref Rows[start * Dimension];
        ref float tile = ref Tiles[start * Dimension];
        unchecked
        {
            for (int i = 0; i < Dimension; i++)
            {
                for (int p = 0; p < here; p++) Unsafe.Add(ref tile, i * Tile + p) = Unsafe.Add(ref rows, p * Dimension + i);
            }

            for (int p = 0; p < Tile; p += Vector<float>.Count)
            {
                Vector<float> squares = default;
                for (int i = 0; i < Dimension; i++)
                {
                    Vector<float> x = Vector.LoadUnsafe(ref tile, (nuint)(i * Tile + p));
                    squares = Vector.FusedMultiplyAdd(x, x, squares);
                }

                squares.CopyTo(Squares.AsSpan(start + p));
            }
        }
    }
}
