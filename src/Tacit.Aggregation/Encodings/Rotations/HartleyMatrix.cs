using System.Numerics;
using System.Runtime.InteropServices;

namespace Tacit.Aggregation.Encodings.Rotations;

/// <summary>The orthonormal discrete Hartley matrix of a small order m: entries (cos 2πjk/m + sin 2πjk/m)/√m, symmetric and its own inverse.</summary>
/// <remarks>Bracewell 1983. A dense product: m is at most 31, so m multiplications a value cost less than padding to the next power of two.</remarks>
internal sealed class HartleyMatrix
{
    private readonly int order;
    private readonly double[] entries;

    public HartleyMatrix(int order)
    {
        this.order = order;
        entries = new double[order * order];
        for (int j = 0; j < order; j++)
        {
            for (int k = 0; k < order; k++)
            {
                (double sine, double cosine) = Math.SinCos(2 * Math.PI * (j * k % order) / order);
                entries[(j * order) + k] = (cosine + sine) / Math.Sqrt(order);
            }
        }
    }

    /// <summary>Multiplies the [m, columns] matrix in place, row major.</summary>
    public void Apply<TNumber>(Span<TNumber> values) where TNumber : unmanaged, IFloatingPoint<TNumber>
    {
        int columns = values.Length / order, width = Vector<TNumber>.Count;
        Span<TNumber> scale = stackalloc TNumber[entries.Length];
        for (int i = 0; i < entries.Length; i++) scale[i] = TNumber.CreateChecked(entries[i]);
        Span<Vector<TNumber>> column = stackalloc Vector<TNumber>[order];
        ref TNumber start = ref MemoryMarshal.GetReference(values);
        int at = 0;
        for (; at <= columns - width; at += width)
        {
            for (int k = 0; k < order; k++) column[k] = Vector.LoadUnsafe(ref start, (nuint)((k * columns) + at));
            for (int j = 0; j < order; j++)
            {
                Vector<TNumber> sum = Vector<TNumber>.Zero;
                ReadOnlySpan<TNumber> row = scale.Slice(j * order, order);
                for (int k = 0; k < row.Length; k++) sum += column[k] * row[k];
                sum.StoreUnsafe(ref start, (nuint)((j * columns) + at));
            }
        }

        Span<TNumber> rest = stackalloc TNumber[order];
        for (; at < columns; at++)
        {
            for (int k = 0; k < order; k++) rest[k] = values[(k * columns) + at];
            for (int j = 0; j < order; j++)
            {
                TNumber sum = TNumber.Zero;
                for (int k = 0; k < order; k++) sum += rest[k] * scale[(j * order) + k];
                values[(j * columns) + at] = sum;
            }
        }
    }
}
