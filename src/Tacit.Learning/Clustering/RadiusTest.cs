using System.Numerics;
using System.Runtime.InteropServices;

namespace Tacit.Learning.Clustering;

/// <summary>Leaves out points beyond the radius: floats decide far from it, integers exactly where rounding could.</summary>
internal sealed class RadiusTest
{
    private readonly PackedPoints points;
    private readonly int[] centres;
    private readonly long limit;        // the largest ‖x − μ‖² in steps² that is kept
    private readonly float certain;     // below: kept
    private readonly float refused;     // above: left out

    /// <summary>Prepares the test.</summary>
    /// <param name="points">The points.</param>
    /// <param name="centres">k × d, in steps.</param>
    /// <param name="radius">η.</param>
    public RadiusTest(PackedPoints points, int[] centres, double radius)
    {
        if (!(radius >= 0)) throw new ArgumentOutOfRangeException(nameof(radius), radius, "A radius is not negative.");
        (this.points, this.centres) = (points, centres);
        int d = points.Dimension;
        double steps = Math.Min(radius * points.Grid.One, 1L << 31);
        limit = (long)Math.Floor(steps * steps);
        double norm = 0;
        for (int j = 0; j < centres.Length; j += d)
        {
            double squares = 0;
            foreach (int c in centres.AsSpan(j, d)) squares += (double)c * c;
            norm = Math.Max(norm, Math.Sqrt(squares));
        }

        // |‖x‖² + 2(‖μ‖²/2 − x·μ) as floats − the same exactly| ≤ (d + 4)·2⁻²³·(‖x‖ + ‖μ‖)², with room to spare.
        double reach = Math.Sqrt(d) * points.Grid.One + norm, margin = (d + 8) * Math.ScaleB(reach * reach, -22);
        certain = MathF.BitDecrement((float)(limit - margin));
        refused = MathF.BitIncrement((float)(limit + margin));
    }

    /// <summary>Sets the label of points that are left out.</summary>
    /// <param name="start">First point of the tile.</param>
    /// <param name="scores">32: ‖μ‖²/2 − x·μ of the nearest centre.</param>
    /// <param name="labels">32: its index; overwritten.</param>
    /// <param name="none">k.</param>
    public void Apply(int start, ReadOnlySpan<float> scores, Span<int> labels, int none)
    {
        ReadOnlySpan<Vector<float>> squares = MemoryMarshal.Cast<float, Vector<float>>(points.Squares.AsSpan(start, PackedPoints.Tile));
        ReadOnlySpan<Vector<float>> wideScores = MemoryMarshal.Cast<float, Vector<float>>(scores);
        Span<Vector<int>> wideLabels = MemoryMarshal.Cast<int, Vector<int>>(labels);
        Vector<int> open = Vector<int>.Zero;
        for (int v = 0; v < wideLabels.Length; v++)
        {
            Vector<float> distance = wideScores[v] + wideScores[v] + squares[v];
            Vector<int> far = Vector.GreaterThan(distance, new Vector<float>(refused));
            open |= Vector.AndNot(Vector.GreaterThanOrEqual(distance, new Vector<float>(certain)), far);
            wideLabels[v] = Vector.ConditionalSelect(far, new Vector<int>(none), wideLabels[v]);
        }

        if (open == Vector<int>.Zero) return;
        for (int p = 0; p < labels.Length; p++)
        {
            float distance = scores[p] + scores[p] + points.Squares[start + p];
            if (distance >= certain && labels[p] != none && !IsKept(start + p, labels[p])) labels[p] = none;
        }
    }

    private bool IsKept(int point, int label)
    {
        if (point >= points.Count) return false;   // filling of the last tile
        int d = points.Dimension;
        ReadOnlySpan<int> x = points.Rows.AsSpan(point * d, d), centre = centres.AsSpan(label * d, d);
        long squares = 0;
        for (int i = 0; i < d; i++)
        {
            long difference = x[i] - (long)centre[i];
            squares += difference * difference;
            if (squares > limit) return false;
        }

        return true;
    }
}
