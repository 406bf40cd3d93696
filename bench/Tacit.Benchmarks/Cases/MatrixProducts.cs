using Tacit.Benchmarks.Harness;
using Tacit.Benchmarks.Peers;
using Tacit.Learning.Kernels;

namespace Tacit.Benchmarks.Cases;

/// <summary>Single-precision products on one thread, against OpenBLAS on one thread.</summary>
internal sealed class MatrixProducts : IBenchmark
{
    public string Name => "matmul";

    public string Summary => "products of float matrices, against OpenBLAS on one thread";

    public void Run(Section section, Options options)
    {
        if (!OpenBlas.IsPresent) section.Note("OpenBLAS was not found: no ratios");
        else if (Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE") is { } core) section.Note($"OPENBLAS_CORETYPE={core} chooses OpenBLAS's kernels: unset it for its own choice");
        foreach ((int m, int k, int n) in ((int, int, int)[])[(512, 512, 512), (1024, 1024, 1024), (256, 784, 288)]) One(section, options, m, k, n);
    }

    private static void One(Section section, Options options, int m, int k, int n)
    {
        Random random = new(m + k + n);
        float[] a = Uniform(random, m * k), b = Uniform(random, k * n), ours = new float[m * n], theirs = new float[m * n];
        List<Timed> bodies = [new("product", () => MatrixProduct.Multiply(new MatrixView(a, m, k), new MatrixView(b, k, n), new MatrixTarget(ours, m, n)))];
        if (OpenBlas.IsPresent) bodies.Add(new Timed("OpenBLAS", () => OpenBlas.Multiply(m, n, k, a, b, theirs)));
        Samples[] times = Timing.InTurns(options.ManyRepeats, [.. bodies]);
        Verify(a, b, ours, k, n);

        double operations = 2.0 * m * n * k;
        string name = $"{m} x {k} x {n}";
        section.Add($"{name}: product", operations / times[0].Median / 1e9, "GFLOP/s");
        if (times.Length < 2) return;
        Verify(a, b, theirs, k, n);
        section.Add($"{name}: OpenBLAS, one thread", operations / times[1].Median / 1e9, "GFLOP/s");
        section.Add($"{name}: product / OpenBLAS", times[1].Median / times[0].Median, "x");
    }

    private static float[] Uniform(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

    // A thousand elements in double precision; k products of numbers below 1/2 round by far less than the bound.
    private static void Verify(float[] a, float[] b, float[] c, int k, int n)
    {
        Random random = new(1);
        for (int sample = 0; sample < 1_000; sample++)
        {
            int at = random.Next(c.Length), row = at / n, column = at % n;
            double sum = 0;
            for (int i = 0; i < k; i++) sum += (double)a[(row * k) + i] * b[(i * n) + column];
            Section.Verify(Math.Abs(sum - c[at]) < 1e-6 * k, $"element {row}, {column}");
        }
    }
}
