using System.Numerics;
using System.Runtime.InteropServices;

namespace Tacit.Learning.Clustering;

/// <summary>For every point its nearest centre, and how far that and the second nearest are.</summary>
internal sealed class NearestAssignment(WeightedPoints points)
{
    private readonly double[] distances = new double[points.Count];
    private readonly double[] nearest = new double[points.Count];
    private readonly double[] labels = new double[points.Count];   // as doubles, so that vectors select them; exact up to 2⁵³

    public double[] SquaredDistances { get; } = new double[points.Count];

    public double[] SecondDistances { get; } = new double[points.Count];

    public int[] Labels { get; } = new int[points.Count];

    /// <summary>Assigns all points; ties go to the lower index.</summary>
    /// <param name="centres">k × d, row-major.</param>
    /// <returns>Σ w‖x − μ‖² to the nearest centres.</returns>
    public double Assign(ReadOnlySpan<double> centres)
    {
        Array.Fill(nearest, double.PositiveInfinity);
        Array.Fill(SecondDistances, double.PositiveInfinity);
        for (int j = 0; j * points.Dimension < centres.Length; j++)
        {
            points.SquaredDistances(centres.Slice(j * points.Dimension, points.Dimension), distances);
            Select(j);
        }

        double cost = 0;
        for (int i = 0; i < nearest.Length; i++)
        {
            Labels[i] = (int)labels[i];
            SquaredDistances[i] = nearest[i];
            cost += points.Weights[i] * nearest[i];
        }

        return cost;
    }

    private void Select(int index)
    {
        ref double d = ref MemoryMarshal.GetArrayDataReference(distances);
        ref double n = ref MemoryMarshal.GetArrayDataReference(nearest);
        ref double s = ref MemoryMarshal.GetArrayDataReference(SecondDistances);
        ref double l = ref MemoryMarshal.GetArrayDataReference(labels);
        Vector<double> label = new(index);
        int i = 0;
        for (; i <= distances.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> at = Vector.LoadUnsafe(ref d, (nuint)i), best = Vector.LoadUnsafe(ref n, (nuint)i), second = Vector.LoadUnsafe(ref s, (nuint)i);
            Vector<long> closer = Vector.LessThan(at, best);
            Vector.Min(second, Vector.Max(at, best)).StoreUnsafe(ref s, (nuint)i);
            Vector.Min(at, best).StoreUnsafe(ref n, (nuint)i);
            Vector.ConditionalSelect(closer, label, Vector.LoadUnsafe(ref l, (nuint)i)).StoreUnsafe(ref l, (nuint)i);
        }

        for (; i < distances.Length; i++)
        {
            SecondDistances[i] = Math.Min(SecondDistances[i], Math.Max(distances[i], nearest[i]));
            if (!(distances[i] < nearest[i])) continue;
            nearest[i] = distances[i];
            labels[i] = index;
        }
    }
}
