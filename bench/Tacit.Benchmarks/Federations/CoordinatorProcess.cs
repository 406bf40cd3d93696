using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.IO;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;

namespace Tacit.Benchmarks.Federations;

/// <summary>A real coordinator, alone in its process: starts, says where it is, runs a job of one round, and says what that cost it.</summary>
internal static class CoordinatorProcess
{
    private const double MiB = 1 << 20;

    public static int Run(string[] arguments) => RunAsync(LoadOptions.Read(arguments)).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(LoadOptions load)
    {
        string folder = Directory.CreateTempSubdirectory("tacit-bench").FullName;   // a store in memory would count as the coordinator's
        try
        {
            return await RunAsync(load, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> RunAsync(LoadOptions load, string folder)
    {
        RoundWatch round = new();
        using X509Certificate2? certificate = load.Tls ? ServerCertificate.Create("localhost", DateTimeOffset.UtcNow) : null;
        await using CoordinatorServer server = await CoordinatorServer.StartAsync(
            options =>
            {
                options.Certificate = certificate;
                options.DataDirectory = folder;
                options.OpenEnrolment = true;   // the load joins with the common token
                options.PhaseTimeout = TimeSpan.FromSeconds(load.PhaseSeconds);
                options.PresenceTimeout = TimeSpan.FromMinutes(30);   // the load shows no presence while it computes
                options.MostFailures = 1;
            },
            round);
        List<double> settled = [];
        using MeterListener listener = Listen(settled);
        long fresh = Environment.WorkingSet;
        Console.WriteLine($"{server.Address} {server.Secrets.Join} {(certificate is null ? "" : ServerCertificate.HashOf(certificate))}");
        await RunAsync(server, load.WarmUp);
        await Task.Delay(2000);   // the compiler works in the background
        lock (settled) settled.Clear();
        ProcessWatch watch = new();
        Console.WriteLine("warm");

        long start = Stopwatch.GetTimestamp();
        FederatedResult result = await RunAsync(server, load);
        long end = Stopwatch.GetTimestamp();
        await Task.Delay(100);
        long peak = ProcessWatch.PeakBytes;
        watch.Stop();
        FederatedRound report = result.Rounds[0];
        GCMemoryInfo collected = GC.GetGCMemoryInfo();
        Say("heap", GC.GetTotalMemory(forceFullCollection: false) / MiB);
        Say("heap.committed", collected.TotalCommittedBytes / MiB);
        Say("heap.pinned", collected.GenerationInfo[4].SizeAfterBytes / MiB);
        Say("heap.large", collected.GenerationInfo[3].SizeAfterBytes / MiB);
        Say("collections", GC.CollectionCount(0));
        Say("dimension", result.Model.Length + 2);
        Say("bits", round.Terms!.Ring.Bits);
        Say("neighbours", round.Terms.Protection.Neighbours);
        Say("included", report.Included.Length);
        Say("dropped", report.Dropped.Length);
        Say("incidents", report.Incidents.Length);
        Say("seconds", Stopwatch.GetElapsedTime(start, end).TotalSeconds);
        Say("cpu", watch.CpuBetween(start, end));
        Say("fresh", fresh / MiB);
        Say("idle", watch.IdleBytes / MiB);
        Say("peak", peak / MiB);
        Uploads(round, watch, settled);
        Stages(round, watch, start, end);
        return 0;
    }

    private static Task<FederatedResult> RunAsync(CoordinatorServer server, LoadOptions load) =>
        server.Jobs.RunAsync(new FederatedJob { Plan = load.Plan(), Input = load.Shape, Classes = 2, Participants = load.Participants });

    private static void Uploads(RoundWatch round, ProcessWatch watch, List<double> settled)
    {
        long first = round.First(Phase.MaskedInput), last = round.Last(Phase.MaskedInput);
        Say("upload.bytes", round.Bytes(Phase.MaskedInput));
        Say("upload.cpu", watch.CpuBetween(first, last));
        Say("upload.seconds", Stopwatch.GetElapsedTime(first, last).TotalSeconds);
        Say("upload.allocated", round.Allocated(Phase.MaskedInput));
        lock (settled)
        {
            settled.Sort();
            Say("settled.count", settled.Count);
            Say("settled.median", settled.Count == 0 ? 0 : settled[settled.Count / 2]);
            Say("settled.p99", settled.Count == 0 ? 0 : settled[settled.Count * 99 / 100]);
            Say("settled.most", settled.Count == 0 ? 0 : settled[^1]);
        }
    }

    private static void Stages(RoundWatch round, ProcessWatch watch, long start, long end)
    {
        (string Name, long From, long To)[] stages =
        [
            ("offers", start, round.First(Phase.AdvertiseKeys)),
            ("keys", round.First(Phase.AdvertiseKeys), round.First(Phase.ShareKeys)),
            ("shares", round.First(Phase.ShareKeys), round.First(Phase.MaskedInput)),
            ("uploads", round.First(Phase.MaskedInput), round.Last(Phase.MaskedInput)),
            ("unmasking", round.Last(Phase.MaskedInput), round.Ended),
            ("model", round.Ended, end),
        ];
        foreach ((string name, long from, long to) in stages)
        {
            Say($"{name}.cpu", watch.CpuBetween(from, to));
            Say($"{name}.memory", watch.MostBetween(from, to) / MiB);
        }
    }

    private static MeterListener Listen(List<double> settled)
    {
        MeterListener listener = new()
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "tacit.upload.settled") self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) =>
        {
            lock (settled) settled.Add(value);
        });
        listener.Start();
        return listener;
    }

    private static void Say(string name, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}={value}"));
}
