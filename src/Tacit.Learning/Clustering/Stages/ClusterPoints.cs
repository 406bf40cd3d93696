using Tacit.Cryptography.Parallelism;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>One participant's records inside the domain [−1, 1]^d, laid out once for all rounds. Personal data: never sent or logged.</summary>
public sealed class ClusterPoints
{
    private readonly float[] rows;
    private readonly PackedPoints packed;
    private readonly LloydStep step;
    private readonly int[] labels;
    private PackedPoints? coarse;

    /// <summary>Takes records that are scaled by bounds; what lies outside the domain is moved to its border and counted.</summary>
    /// <param name="scaled">n × d, row-major; kept and clipped in place. An element that is not a number becomes 0 and counts as clipped.</param>
    /// <param name="dimension">d.</param>
    /// <param name="loop">Spreads the search for nearest centres.</param>
    public ClusterPoints(float[] scaled, int dimension, IParallelLoop loop)
    {
        ArgumentNullException.ThrowIfNull(scaled);
        (rows, Dimension) = (scaled, dimension);
        for (int i = 0; i < rows.Length; i++)
        {
            float x = rows[i];
            if (MathF.Abs(x) <= 1) continue;
            Clipped++;
            rows[i] = float.IsNaN(x) ? 0 : MathF.CopySign(1, x);
        }

        packed = PackedPoints.From(rows, dimension, FixedPoint.Default);
        step = new LloydStep(packed, loop);
        labels = new int[Count];
    }

    /// <summary>n.</summary>
    public int Count => rows.Length / Dimension;

    /// <summary>d.</summary>
    public int Dimension { get; }

    /// <summary>Coordinates that were outside the domain.</summary>
    public long Clipped { get; }

    /// <summary>Records that the last <see cref="Step"/> left out. Personal.</summary>
    public long Unassigned { get; private set; }

    /// <summary>One record.</summary>
    /// <param name="index">In [0, n).</param>
    public ReadOnlySpan<float> this[int index] => rows.AsSpan(index * Dimension, Dimension);

    /// <summary>The nearest centre of every record; ties go to the lower index.</summary>
    /// <param name="centres">k × d, row-major, inside the domain.</param>
    /// <returns>n indices; overwritten by the next call.</returns>
    public ReadOnlySpan<int> Nearest(ReadOnlySpan<double> centres)
    {
        step.Run(LloydStep.ToSteps(centres, packed.Grid), radius: null, labels);
        return labels;
    }

    /// <summary>Counts and relative sums of the records at each centre, see <see cref="LloydStep"/>.</summary>
    /// <param name="centres">k × d, row-major, in steps of the grid.</param>
    /// <param name="radius">Records farther from every centre are left out; null to keep all.</param>
    /// <param name="grid">What coordinates are rounded to.</param>
    public ClusterSums Step(ReadOnlySpan<int> centres, double? radius, FixedPoint grid)
    {
        if (grid != packed.Grid && coarse?.Grid != grid) coarse = PackedPoints.From(rows, Dimension, grid);
        ClusterSums sums = (grid == packed.Grid ? step : new LloydStep(coarse!, SequentialLoop.Instance)).Run(centres, radius);
        Unassigned = sums.Unassigned;
        return sums;
    }
}
