using System.Numerics;
using System.Runtime.InteropServices;

namespace Tacit.Learning.Kernels;

/// <summary>Sums over vectors of floats.</summary>
internal static class Sums
{
    /// <summary>Σ xᵢ², every square and addition in double precision: finite for all finite floats.</summary>
    public static double OfSquares(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector<float>> wide = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;   // four chains: an addition takes four cycles
        unchecked
        {
            int i = 0;
            for (; i + 2 <= wide.Length; i += 2)
            {
                Vector.Widen(wide[i], out Vector<double> x0, out Vector<double> x1);
                Vector.Widen(wide[i + 1], out Vector<double> x2, out Vector<double> x3);
                s0 = Vector.FusedMultiplyAdd(x0, x0, s0);
                s1 = Vector.FusedMultiplyAdd(x1, x1, s1);
                s2 = Vector.FusedMultiplyAdd(x2, x2, s2);
                s3 = Vector.FusedMultiplyAdd(x3, x3, s3);
            }
            double sum = Vector.Sum(s0 + s1 + (s2 + s3));
            foreach (float x in values[(i * Vector<float>.Count)..]) sum += (double)x * x;
            return sum;
        }
    }

    /// <summary>Σ (xᵢ + shift) · yᵢ, added in double precision.</summary>
    public static double OfProducts(ReadOnlySpan<float> x, ReadOnlySpan<float> y, float shift)
    {
        ReadOnlySpan<Vector<float>> wideX = MemoryMarshal.Cast<float, Vector<float>>(x);
        ReadOnlySpan<Vector<float>> wideY = MemoryMarshal.Cast<float, Vector<float>>(y)[..wideX.Length];
        Vector<float> shifts = new(shift);
        Vector<double> sums = default;
        unchecked
        {
            for (int i = 0; i < wideX.Length; i++)
            {
                Vector.Widen((wideX[i] + shifts) * wideY[i], out Vector<double> first, out Vector<double> second);
                sums += first + second;
            }
            double sum = Vector.Sum(sums);
            for (int i = wideX.Length * Vector<float>.Count; i < x.Length; i++) sum += (double)(x[i] + shift) * y[i];
            return sum;
        }
    }

    /// <summary>Adds every row of a matrix to a target of the rows' length.</summary>
    public static void AddRows(ReadOnlySpan<float> rows, Span<float> target)
    {
        int length = target.Length, wide = length - length % Vector<float>.Count;
        unchecked
        {
            for (int j = 0; j < wide; j += Vector<float>.Count)
            {
                Vector<float> sum = new(target[j..]);
                for (int from = j; from < rows.Length; from += length) sum += new Vector<float>(rows[from..]);
                sum.CopyTo(target[j..]);
            }
            for (int j = wide; j < length; j++)
                for (int from = j; from < rows.Length; from += length) target[j] += rows[from];
        }
    }

    /// <summary>Multiplies row i of a matrix by factor i.</summary>
    public static void ScaleRows(Span<float> rows, ReadOnlySpan<float> factors)
    {
        int length = rows.Length / factors.Length;
        unchecked
        {
            for (int i = 0; i < factors.Length; i++)
            {
                if (factors[i] == 1) continue;
                Span<float> row = rows.Slice(i * length, length);
                Span<Vector<float>> wide = MemoryMarshal.Cast<float, Vector<float>>(row);
                Vector<float> factor = new(factors[i]);
                for (int j = 0; j < wide.Length; j++) wide[j] *= factor;
                for (int j = wide.Length * Vector<float>.Count; j < length; j++) row[j] *= factors[i];
            }
        }
    }
}
