using System.Diagnostics;
using System.Globalization;

namespace Tacit.Benchmarks.Peers;

/// <summary>The published parties' steps, restated with numpy, in a Python process that times one call at a time on request.</summary>
/// <remarks>
/// As published: distances through an n × k × d temporary, boolean arrays counted by Python's own sum, one cluster after the other; a server that solves for σ
/// twice a round and draws each number by itself. Beside it what numpy can do at best: one matrix product, then the sums by sorting. One thread.
/// </remarks>
internal sealed class NumpyLloyd : IDisposable
{
    private const string Program = """
        import sys, time
        import numpy as np
        from math import sqrt, exp, erfc, log

        def phi(x): return 0.5 * erfc(-x / sqrt(2))

        def delta_of(sigma, eps):
            return phi(0.5 / sigma - eps * sigma) - exp(eps) * phi(-0.5 / sigma - eps * sigma)

        def analytic_sigma(eps, delta):
            low, high = 1e-3, 1.0
            while delta_of(high, eps) > delta: high *= 2
            while high - low > 1e-12 * high:
                middle = (low + high) / 2
                if delta_of(middle, eps) > delta: low = middle
                else: high = middle
            return high

        def client_step(values, centres, radius):
            k = len(centres)
            squares = ((values[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
            labels = np.argmin(squares, axis=1)
            nearest = np.min(squares, axis=1)
            labels[nearest > radius ** 2] = k
            unassigned = sum(labels == k)
            counts = np.zeros(k)
            sums = np.zeros(centres.shape)
            for j in range(k):
                members = labels == j
                counts[j] = sum(members)
                sums[j] = values[members].sum(axis=0)
                if counts[j] == 0:
                    counts[j], sums[j] = 1, centres[j]
            sums = sums - counts[:, None] * centres
            return (sums * 2 ** 16).astype(np.int32), counts.astype(np.int32), unassigned

        def product_step(values, centres, radius):
            k = len(centres)
            scores = (centres ** 2).sum(axis=1) - 2 * (values @ centres.T)
            labels = np.argmin(scores, axis=1)
            nearest = scores[np.arange(len(values)), labels] + (values ** 2).sum(axis=1)
            labels[nearest > radius ** 2] = k
            counts = np.bincount(labels, minlength=k + 1)
            order = np.argsort(labels, kind='stable')
            starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
            ordered = values[order]
            sums = np.stack([ordered[s:s + c].sum(axis=0) for s, c in zip(starts[:k], counts[:k])])
            return sums - counts[:k, None] * centres, counts[:k], counts[k]

        def server_step(sums, counts, rng):
            total, number = np.sum(sums, axis=0), np.sum(counts, axis=0)
            for array, scale, one in ((total, 3.0, 2 ** 16), (number, 18.0, 1)):
                sigma = analytic_sigma(1.0, 2.3e-5) * scale
                flat = array.reshape(-1)
                for i in range(len(flat)):
                    z = (rng.gauss(0, 1) + rng.gauss(0, 1)) / sqrt(2) * sigma
                    flat[i] += int(z * one)
            return total, number

        import random
        rng = random.Random(1)
        cases = {}
        for line in sys.stdin:
            what, n, d, k = line.split()
            n, d, k = int(n), int(d), int(k)
            if (n, d, k) not in cases:
                g = np.random.RandomState(7)
                cases[(n, d, k)] = (g.uniform(-1, 1, (n, d)), g.uniform(-1, 1, (k, d)))
            values, centres = cases[(n, d, k)]
            radius = 0.8 * sqrt(d) / k ** (1.0 / d)
            if what == 'server':
                sums = [np.ones((k, d), dtype=np.int64)] * 10
                counts = [np.ones(k, dtype=np.int64)] * 10
                start = time.perf_counter()
                server_step(sums, counts, rng)
            else:
                single = values.astype(np.float32) if what == 'product' else values
                start = time.perf_counter()
                (product_step if what == 'product' else client_step)(single, centres.astype(single.dtype), radius)
            print(repr(time.perf_counter() - start), flush=True)
        """;

    private readonly Process process;

    private NumpyLloyd(Process process) => this.process = process;

    /// <summary>Starts Python, or says why not.</summary>
    public static NumpyLloyd? TryStart(out string reason)
    {
        reason = "Python 3 with numpy is not here: no peer to compare with";
        string[] names = OperatingSystem.IsWindows() ? ["python", "py"] : ["python3", "/usr/bin/python3"];   // the first may be another, without numpy
        return names.Select(TryStart).FirstOrDefault(peer => peer is not null);
    }

    private static NumpyLloyd? TryStart(string python)
    {
        ProcessStartInfo start = new(python) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in new[] { "-c", Program }) start.ArgumentList.Add(argument);
        foreach (string variable in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS" }) start.Environment[variable] = "1";
        try
        {
            NumpyLloyd peer = new(Process.Start(start)!);
            if (peer.TrySeconds("published", 10, 2, 2, out _)) return peer;
            peer.Dispose();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Not installed: the caller says so.
        }

        return null;
    }

    /// <summary>Seconds of one call.</summary>
    /// <param name="what">published, product or server.</param>
    /// <param name="n">Points.</param>
    /// <param name="d">Dimensions.</param>
    /// <param name="k">Centres.</param>
    public double Seconds(string what, int n, int d, int k) => TrySeconds(what, n, d, k, out double seconds) ? seconds : throw new InvalidOperationException("The Python process ended.");

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(5000)) process.Kill();
        process.Dispose();
    }

    private bool TrySeconds(string what, int n, int d, int k, out double seconds)
    {
        seconds = 0;
        try
        {
            process.StandardInput.WriteLine(FormattableString.Invariant($"{what} {n} {d} {k}"));
            process.StandardInput.Flush();
        }
        catch (System.IO.IOException)
        {
            return false;
        }

        return double.TryParse(process.StandardOutput.ReadLine(), CultureInfo.InvariantCulture, out seconds);
    }
}
