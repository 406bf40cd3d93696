using System.Diagnostics;
using Tacit.Benchmarks.Harness;
using Tacit.Benchmarks.Peers;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Clustering;
using Tacit.Protocols.SharedMask;
using Tacit.Simulation.Clustering;
using Tacit.Simulation.Parallelism;

namespace Tacit.Benchmarks.Cases;

/// <summary>The steps of a private k-means job beside the published parties' restated with numpy, in turns, by the clock on the wall; and a whole job.</summary>
internal sealed class ClusterSteps : IBenchmark
{
    private const double PublishedRatio = 80;
    private const double ProductRatio = 1.5;

    public string Name => "clusterstep";

    public string Summary => "client and server steps of private k-means against the published parties' with numpy; a whole job of 10 × 100 000 points";

    public void Run(Section section, Options options)
    {
        using NumpyLloyd? peer = NumpyLloyd.TryStart(out string reason);
        if (peer is null) section.Note(reason);
        Client(section, options, peer, 50_000, 16, 16);
        Client(section, options, peer, 100_000, 64, 32);
        ServerStep(section, options, peer);
        WholeJob(section, options);
    }

    private static void Client(Section section, Options options, NumpyLloyd? peer, int n, int d, int k)
    {
        float[] values = Values(n, d);
        var packed = PackedPoints.From(values, d, FixedPoint.Default);
        int[] centres = LloydStep.ToSteps([.. Values(k, d, seed: 9).Select(x => (double)x)], FixedPoint.Default);
        double radius = 0.8 * Math.Sqrt(d) / Math.Pow(k, 1.0 / d);
        LloydStep one = new(packed, SequentialLoop.Instance), two = new(packed, new ThreadPoolLoop(2));
        Section.Verify(one.Run(centres, radius).Sums.SequenceEqual(two.Run(centres, radius).Sums), "two threads gave other sums than one");

        // In turns with the peer, whose process sleeps meanwhile; the first runs are thrown away with the runtime's first code.
        for (int warm = 0; warm < 300; warm++) one.Run(centres, radius);
        List<double> ours = [], ours2 = [], published = [], product = [];
        for (int repeat = 0; repeat < options.Repeats; repeat++)
        {
            if (peer is not null)
            {
                published.Add(peer.Seconds("published", n, d, k));
                product.Add(peer.Seconds("product", n, d, k));
            }

            ours.Add(Median(options.ManyRepeats, () => one.Run(centres, radius)));
            ours2.Add(Median(options.ManyRepeats, () => two.Run(centres, radius)));
        }

        string size = $"n {n} d {d} k {k}";
        section.Add($"client step, {size}, one thread", new Samples(ours), "ms");
        section.Add($"client step, {size}, two threads", new Samples(ours2), "ms");
        if (peer is null) return;
        section.Add($"published step with numpy, {size}", new Samples(published), "ms");
        section.Add($"one matrix product with numpy, single precision, {size}", new Samples(product), "ms");
        // Best against best: both sides read so much memory that medians say how busy the machine is.
        double best = new Samples(ours).Least;
        section.AtLeast($"best client step against the published step's best, {size}", PublishedRatio, new Samples(published).Least / best, "times");
        section.AtLeast($"best client step against the best of one matrix product, {size}", ProductRatio, new Samples(product).Least / best, "times");
    }

    private static void ServerStep(Section section, Options options, NumpyLloyd? peer)
    {
        ClusteringParams job = ClusteringParams.FastLloyd with { Clusters = 15, Dimension = 2, DataSize = 5000, Clients = 10, GivenIterations = 10_000 };
        ModularVector[] sums = [.. Enumerable.Range(0, 10).Select(_ => new ModularVector(ClusteringSchedule.Ring, 30))], counts = [.. Enumerable.Range(0, 10).Select(_ => new ModularVector(ClusteringSchedule.Ring, 15))];
        List<double> ours = [], published = [];
        for (int repeat = 0; repeat < options.Repeats; repeat++)
        {
            Server server = new(job, SystemRandomSource.Instance);
            for (int warm = 0; warm < 2000; warm++) server.Step(sums, counts);
            if (peer is not null) published.Add(peer.Seconds("server", 10, 2, 15));
            ours.Add(Median(1001, () => server.Step(sums, counts)));
        }

        section.Add("server step, 10 clients, k 15 d 2", new Samples(ours), "us");
        section.AtMost("server step", 50, new Samples(ours).Median * 1e6, "us");
        if (peer is not null) section.Add("published server step with numpy", new Samples(published), "us");
    }

    private static void WholeJob(Section section, Options options)
    {
        const int clients = 10, each = 100_000, d = 16, k = 16;
        ClusteringParams job = ClusteringParams.FastLloyd with { Clusters = k, Dimension = d, DataSize = clients * each, Clients = clients, GivenIterations = 7 };
        float[][] values = [.. Enumerable.Range(0, clients).Select(i => Values(each, d, i))];
        List<double> prepare = [], rounds = [];
        for (int repeat = 0; repeat < Math.Min(5, options.Repeats); repeat++)
        {
            SharedMaskKeys[] keys = LocalMaskKeys.Agree(clients, SystemRandomSource.Instance);   // a mask hides one input: each job has its own
            long start = Stopwatch.GetTimestamp();
            Server server = new(job, SystemRandomSource.Instance);
            MaskedClient[] parties = [.. values.Select((mine, i) => new MaskedClient(i, mine, job, keys[i]))];
            prepare.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            start = Stopwatch.GetTimestamp();
            for (int t = 0; t < job.Iterations; t++)
            {
                ClusterUpload[] uploads = [.. parties.Select(party => party.Step())];
                (ModularVector sums, ModularVector counts) = server.Step([.. uploads.Select(u => u.Sums)], [.. uploads.Select(u => u.Counts)]);
                foreach (MaskedClient party in parties) party.Update(sums, counts);
            }

            rounds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            foreach (SharedMaskKeys key in keys) key.Dispose();
        }

        section.Add("laying out 10 × 100 000 points and agreeing on noise, d 16 k 16, once a job", new Samples(prepare), "ms");
        section.Add("7 rounds of 10 masked clients and a server, one thread", new Samples(rounds), "ms");
        section.AtMost("whole job, laying out included", 1, new Samples(prepare).Median + new Samples(rounds).Median, "s");
        section.AtMost("bytes of a client in a round, both directions", 16 * ((k * d) + k), 2 * 8 * ((k * d) + k), "bytes");
    }

    private static double Median(int runs, Action body)
    {
        double[] seconds = new double[runs];
        for (int i = 0; i < runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            body();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return new Samples(seconds).Median;
    }

    private static float[] Values(int n, int d, int seed = 1)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, n * d).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }
}
