using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using Tacit.Benchmarks.Harness;

namespace Tacit.Benchmarks.Federations;

/// <summary>What this process uses, looked at fifty times a second: processor time and resident memory, with the time of each look.</summary>
internal sealed class ProcessWatch
{
    private const int PauseMilliseconds = 20;

    private readonly List<(long At, double Cpu, long Resident)> looks = [];
    private readonly Lock gate = new();
    private readonly Thread sampler;
    private volatile bool stopped;

    public ProcessWatch()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        IdleBytes = Environment.WorkingSet;
        sampler = new Thread(Sample) { IsBackground = true };
        sampler.Start();
    }

    public long IdleBytes { get; }

    /// <summary>The most resident memory of the process' life: VmHWM where there is one, otherwise what the platform counts.</summary>
    public static long PeakBytes
    {
        get
        {
            if (OperatingSystem.IsLinux() && File.Exists("/proc/self/status") && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line)
            {
                return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
            }

            using var self = Process.GetCurrentProcess();
            return self.PeakWorkingSet64;
        }
    }

    /// <summary>Processor seconds between two times.</summary>
    public double CpuBetween(long from, long to) => At(to).Cpu - At(from).Cpu;

    /// <summary>The most resident memory above idle between two times, as far as it was looked at.</summary>
    public long MostBetween(long from, long to)
    {
        lock (gate) return looks.Where(look => look.At >= from && look.At <= to).Select(look => look.Resident).DefaultIfEmpty(IdleBytes).Max() - IdleBytes;
    }

    public void Stop()
    {
        stopped = true;
        sampler.Join();
    }

    private (double Cpu, long Resident) At(long time)
    {
        lock (gate)
        {
            var look = looks.LastOrDefault(look => look.At <= time);
            return (look.Cpu, look.Resident);
        }
    }

    // What looking costs is taken off: it is not the coordinator's work.
    private void Sample()
    {
        using FileStream? pages = File.Exists("/proc/self/statm") ? new FileStream("/proc/self/statm", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0) : null;
        while (!stopped)
        {
            double own = CpuClock.IsThreadTime ? CpuClock.Seconds : 0;
            (long, double, long) look = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime.TotalSeconds - own, Resident(pages));
            lock (gate) looks.Add(look);
            Thread.Sleep(PauseMilliseconds);
        }
    }

    private static long Resident(FileStream? pages)
    {
        if (pages is null) return Environment.WorkingSet;
        Span<byte> text = stackalloc byte[128];
        int read = RandomAccess.Read(pages.SafeFileHandle, text, 0);
        Span<byte> rest = text[..read];
        rest = rest[(rest.IndexOf((byte)' ') + 1)..];
        return Environment.SystemPageSize * long.Parse(rest[..rest.IndexOf((byte)' ')], CultureInfo.InvariantCulture);
    }
}
