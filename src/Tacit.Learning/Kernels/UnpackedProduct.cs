using System.Numerics;
using System.Runtime.InteropServices;

namespace Tacit.Learning.Kernels;

/// <summary>Products too small or too narrow to pack: loops over the operands as they lie in memory.</summary>
internal static class UnpackedProduct
{
    /// <summary>Adds A·B to C; the shapes have been checked.</summary>
    public static void Add(MatrixView a, MatrixView b, MatrixTarget c)
    {
        if (b.ColumnStride == 1) AddRows(a, b, c);
        else if (a.ColumnStride == 1 && b.RowStride == 1) AddDots(a, b, c);
        else AddElements(a, b, c);
    }

    /// <summary>B's rows are contiguous: row i of C gathers four scaled rows of B at a time.</summary>
    private static void AddRows(MatrixView a, MatrixView b, MatrixTarget c)
    {
        unchecked
        {
            for (int i = 0; i < c.Rows; i++)
            {
                Span<float> target = c.Values.Slice(i * c.RowStride, c.Columns);
                ReadOnlySpan<float> factors = a.Values[(i * a.RowStride)..];
                int k = 0;
                for (; k + 4 <= a.Columns; k += 4)
                {
                    int step = a.ColumnStride;
                    Vector4 scale = new(factors[k * step], factors[(k + 1) * step], factors[(k + 2) * step], factors[(k + 3) * step]);
                    AddFourRows(scale, b.Values[(k * b.RowStride)..], b.RowStride, target);
                }
                for (; k < a.Columns; k++)
                    AddRow(factors[k * a.ColumnStride], b.Values.Slice(k * b.RowStride, c.Columns), target);
            }
        }
    }

    private static void AddFourRows(Vector4 scale, ReadOnlySpan<float> rows, int stride, Span<float> target)
    {
        unchecked
        {
            ReadOnlySpan<float> r0 = rows[..target.Length];
            ReadOnlySpan<float> r1 = rows.Slice(stride, target.Length);
            ReadOnlySpan<float> r2 = rows.Slice(2 * stride, target.Length);
            ReadOnlySpan<float> r3 = rows.Slice(3 * stride, target.Length);
            int wide = target.Length - target.Length % Vector<float>.Count;
            Vector<float> s0 = new(scale.X), s1 = new(scale.Y), s2 = new(scale.Z), s3 = new(scale.W);
            for (int j = 0; j < wide; j += Vector<float>.Count)
            {
                Vector<float> sum = new(target[j..]);
                sum = Vector.FusedMultiplyAdd(s0, new Vector<float>(r0[j..]), sum);
                sum = Vector.FusedMultiplyAdd(s1, new Vector<float>(r1[j..]), sum);
                sum = Vector.FusedMultiplyAdd(s2, new Vector<float>(r2[j..]), sum);
                sum = Vector.FusedMultiplyAdd(s3, new Vector<float>(r3[j..]), sum);
                sum.CopyTo(target[j..]);
            }
            for (int j = wide; j < target.Length; j++)
                target[j] += scale.X * r0[j] + scale.Y * r1[j] + scale.Z * r2[j] + scale.W * r3[j];
        }
    }

    private static void AddRow(float scale, ReadOnlySpan<float> row, Span<float> target)
    {
        Span<Vector<float>> wideTarget = MemoryMarshal.Cast<float, Vector<float>>(target);
        ReadOnlySpan<Vector<float>> wideRow = MemoryMarshal.Cast<float, Vector<float>>(row);
        unchecked
        {
            Vector<float> factor = new(scale);
            for (int j = 0; j < wideTarget.Length; j++) wideTarget[j] += factor * wideRow[j];
            for (int j = wideTarget.Length * Vector<float>.Count; j < target.Length; j++) target[j] += scale * row[j];
        }
    }

    /// <summary>Rows of A and columns of B are contiguous: each element of C is an inner product.</summary>
    private static void AddDots(MatrixView a, MatrixView b, MatrixTarget c)
    {
        unchecked
        {
            for (int i = 0; i < c.Rows; i++)
            {
                ReadOnlySpan<float> row = a.Values.Slice(i * a.RowStride, a.Columns);
                int j = 0;
                for (; j + 4 <= c.Columns; j += 4)
                    AddFourDots(row, b.Values[(j * b.ColumnStride)..], b.ColumnStride, c.Values.Slice(i * c.RowStride + j, 4));
                for (; j < c.Columns; j++)
                    c.Values[i * c.RowStride + j] += Dot(row, b.Values.Slice(j * b.ColumnStride, a.Columns));
            }
        }
    }

    private static void AddFourDots(ReadOnlySpan<float> row, ReadOnlySpan<float> columns, int stride, Span<float> target)
    {
        unchecked
        {
            ReadOnlySpan<float> c0 = columns[..row.Length];
            ReadOnlySpan<float> c1 = columns.Slice(stride, row.Length);
            ReadOnlySpan<float> c2 = columns.Slice(2 * stride, row.Length);
            ReadOnlySpan<float> c3 = columns.Slice(3 * stride, row.Length);
            Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
            int wide = row.Length - row.Length % Vector<float>.Count;
            for (int k = 0; k < wide; k += Vector<float>.Count)
            {
                Vector<float> x = new(row[k..]);
                s0 = Vector.FusedMultiplyAdd(x, new Vector<float>(c0[k..]), s0);
                s1 = Vector.FusedMultiplyAdd(x, new Vector<float>(c1[k..]), s1);
                s2 = Vector.FusedMultiplyAdd(x, new Vector<float>(c2[k..]), s2);
                s3 = Vector.FusedMultiplyAdd(x, new Vector<float>(c3[k..]), s3);
            }
            Vector4 sums = new(Vector.Sum(s0), Vector.Sum(s1), Vector.Sum(s2), Vector.Sum(s3));
            for (int k = wide; k < row.Length; k++) sums += row[k] * new Vector4(c0[k], c1[k], c2[k], c3[k]);
            (sums + new Vector4(target)).CopyTo(target);
        }
    }

    private static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        unchecked
        {
            Vector<float> sum = default;
            int wide = x.Length - x.Length % Vector<float>.Count;
            for (int k = 0; k < wide; k += Vector<float>.Count)
                sum = Vector.FusedMultiplyAdd(new Vector<float>(x[k..]), new Vector<float>(y[k..]), sum);
            float total = Vector.Sum(sum);
            for (int k = wide; k < x.Length; k++) total += x[k] * y[k];
            return total;
        }
    }

    private static void AddElements(MatrixView a, MatrixView b, MatrixTarget c)
    {
        unchecked
        {
            for (int i = 0; i < c.Rows; i++)
            {
                for (int j = 0; j < c.Columns; j++)
                {
                    float sum = 0;
                    for (int k = 0; k < a.Columns; k++)
                        sum += a.Values[i * a.RowStride + k * a.ColumnStride] * b.Values[k * b.RowStride + j * b.ColumnStride];
                    c.Values[i * c.RowStride + j] += sum;
                }
            }
        }
    }
}
