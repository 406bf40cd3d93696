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
        Rows = new int[count * dimension];
        Tiles = new float[tiles * Tile * dimension];
        Squares = new float[tiles * Tile];
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
        for (int i = 0; i < packed.Count; i++) packed.Pack(i, points.Slice(i * dimension, dimension));
        return packed;
    }

    private void Pack(int index, ReadOnlySpan<float> point)
    {
        Span<int> row = Rows.AsSpan(index * Dimension, Dimension);
        Span<float> tile = Tiles.AsSpan(index / Tile * Tile * Dimension, Tile * Dimension);
        float one = (float)Grid.One;
        double squares = 0;
        for (int i = 0; i < point.Length; i++)
        {
            float scaled = MathF.Round(point[i] * one);   // exact product: one is a power of two
            if (!(MathF.Abs(scaled) <= one))
            {
                if (float.IsNaN(scaled)) throw new ArgumentException($"Coordinate {i} of point {index} is not a number.", nameof(point));
                Clipped++;
                scaled = MathF.CopySign(one, scaled);
            }

            row[i] = (int)scaled;
            tile[i * Tile + index % Tile] = scaled;
            squares += (double)scaled * scaled;
        }

        Squares[index] = (float)squares;
    }
}
