using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;
using Xunit;

namespace Tacit.Tests.Learning.Kernels;

public sealed class MatrixProductTests
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 1, 7, 13 }, { 13, 1, 5 }, { 5, 3, 1 }, { 2, 561, 6 }, { 32, 6, 561 }, { 8, 126, 27 }, { 12, 32, 64 }, { 13, 33, 65 },
        { 64, 64, 64 }, { 97, 101, 103 }, { 193, 47, 257 }, { 7, 331, 300 }, { 211, 2111, 17 }, { 200, 100, 530 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Multiply_equals_the_triple_loop_for_every_transposition(int m, int n, int k)
    {
        SeededRandomSource random = new(7);
        foreach ((bool transposeA, bool transposeB, bool accumulate) in Cases)
        {
            float[] a = Given.Normals(m * k, random), b = Given.Normals(k * n, random), c = Given.Normals(m * n, random);
            double[] expected = Naive((a, transposeA), (b, transposeB), accumulate ? c : new float[m * n], (m, n, k));

            MatrixProduct.Multiply(View(a, transposeA, m, k), View(b, transposeB, k, n), new MatrixTarget(c, m, n), accumulate);

            for (int i = 0; i < c.Length; i++) Assert.Equal(expected[i], c[i], 2e-6 * (10 + k));
        }
    }

    [Fact]
    public void Multiply_of_a_part_of_larger_matrices_leaves_the_rest_alone()
    {
        float[] a = [1, 2, -9, 3, 4, -9], b = [5, 6, -9, 7, 8, -9], c = [0, 0, 42, 0, 0, 42];

        MatrixProduct.Multiply(new MatrixView(a, 2, 2, 3), new MatrixView(b, 2, 2, 3), new MatrixTarget(c, 2, 2, 3));

        Assert.Equal([19, 22, 42, 43, 50, 42], c);
    }

    [Fact]
    public void Multiply_of_strided_blocks_large_enough_to_pack_leaves_the_rest_alone()
    {
        SeededRandomSource random = new(3);
        const int size = 90, stride = 101;
        float[] a = Given.Normals(size * stride, random), b = Given.Normals(size * stride, random), c = new float[size * stride];
        c.AsSpan().Fill(42);

        MatrixProduct.Multiply(new MatrixView(a, size, size, stride), new MatrixView(b, size, size, stride), new MatrixTarget(c, size, size, stride));

        for (int i = 0; i < size; i++)
            Assert.All(c[(i * stride + size)..((i + 1) * stride)], rest => Assert.Equal(42, rest));
        Assert.Equal(Enumerable.Range(0, size).Sum(k => a[stride + k] * b[k * stride + 2]), c[stride + 2], 1e-3);
    }

    [Fact]
    public void Multiply_of_shapes_that_do_not_fit_throws() => Assert.Throws<ArgumentException>(() =>
        MatrixProduct.Multiply(new MatrixView(new float[6], 2, 3), new MatrixView(new float[6], 2, 3), new MatrixTarget(new float[4], 2, 2)));

    [Fact]
    public void A_view_of_too_few_values_throws() => Assert.Throws<ArgumentOutOfRangeException>(() =>
        new MatrixView(new float[5], 2, 3).Rows);

    private static IEnumerable<(bool, bool, bool)> Cases =>
        from a in (bool[])[false, true] from b in (bool[])[false, true] from accumulate in (bool[])[false, true] select (a, b, accumulate);

    private static MatrixView View(float[] values, bool transposed, int rows, int columns) =>
        transposed ? new MatrixView(values, columns, rows).Transposed : new MatrixView(values, rows, columns);

    private static double[] Naive((float[] Values, bool Transposed) a, (float[] Values, bool Transposed) b, float[] c, (int M, int N, int K) size)
    {
        double[] result = [.. c.Select(x => (double)x)];
        for (int i = 0; i < size.M; i++)
            for (int j = 0; j < size.N; j++)
                for (int k = 0; k < size.K; k++)
                {
                    double x = a.Transposed ? a.Values[k * size.M + i] : a.Values[i * size.K + k];
                    result[i * size.N + j] += x * (b.Transposed ? b.Values[j * size.K + k] : b.Values[k * size.N + j]);
                }
        return result;
    }
}
