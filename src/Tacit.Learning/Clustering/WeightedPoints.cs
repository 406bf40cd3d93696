using System.Numerics;
using System.Runtime.InteropServices;

namespace Tacit.Learning.Clustering;

/// <summary>Points of positive weight, one row of memory a coordinate, so that distances to a centre are computed for several points at a time.</summary>
internal sealed class WeightedPoints
{
    private readonly double[][] columns;

    private WeightedPoints(double[][] columns, double[] weights) => (this.columns, Weights) = (columns, weights);

    public int Count => Weights.Length;

    public int Dimension => columns.Length;

    public double[] Weights { get; }

    /// <summary>Keeps the points whose weight is positive.</summary>
    /// <param name="points">n × d, row-major.</param>
    /// <param name="weights">n.</param>
    /// <param name="dimension">d.</param>
    public static WeightedPoints From(ReadOnlySpan<double> points, ReadOnlySpan<double> weights, int dimension)
    {
        List<int> kept = [];
        for (int i = 0; i < weights.Length; i++) if (weights[i] > 0) kept.Add(i);
        double[][] columns = new double[dimension][];
        for (int a = 0; a < dimension; a++)
        {
            columns[a] = new double[kept.Count];
            for (int i = 0; i < kept.Count; i++) columns[a][i] = points[(kept[i] * dimension) + a];
        }

        double[] positive = new double[kept.Count];
        for (int i = 0; i < positive.Length; i++) positive[i] = weights[kept[i]];
        return new WeightedPoints(columns, positive);
    }

    /// <summary>Copies a point.</summary>
    public void CopyTo(int index, Span<double> point)
    {
        for (int a = 0; a < columns.Length; a++) point[a] = columns[a][index];
    }

    /// <summary>Squared distances of all points to one centre.</summary>
    /// <param name="centre">d.</param>
    /// <param name="squares">n; overwritten.</param>
    public void SquaredDistances(ReadOnlySpan<double> centre, Span<double> squares)
    {
        squares.Clear();
        for (int a = 0; a < columns.Length; a++)
        {
            ref double from = ref MemoryMarshal.GetArrayDataReference(columns[a]);
            ref double to = ref MemoryMarshal.GetReference(squares);
            Vector<double> c = new(centre[a]);
            int i = 0;
            for (; i <= squares.Length - Vector<double>.Count; i += Vector<double>.Count)
            {
                Vector<double> offset = Vector.LoadUnsafe(ref from, (nuint)i) - c;
                (Vector.LoadUnsafe(ref to, (nuint)i) + (offset * offset)).StoreUnsafe(ref to, (nuint)i);
            }

            for (; i < squares.Length; i++)
            {
                double offset = columns[a][i] - centre[a];
                squares[i] += offset * offset;
            }
        }
    }

    /// <summary>Σ w x over the points of each group, and Σ w.</summary>
    /// <param name="labels">n: the group of each point.</param>
    /// <param name="sums">k × d; overwritten.</param>
    /// <param name="masses">k; overwritten.</param>
    public void Accumulate(ReadOnlySpan<int> labels, Span<double> sums, Span<double> masses)
    {
        sums.Clear();
        masses.Clear();
        for (int i = 0; i < labels.Length; i++)
        {
            masses[labels[i]] += Weights[i];
            Span<double> row = sums.Slice(labels[i] * columns.Length, columns.Length);
            for (int a = 0; a < row.Length; a++) row[a] += Weights[i] * columns[a][i];
        }
    }
}
