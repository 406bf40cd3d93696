using System.Threading;

namespace Tacit.Benchmarks.Harness;

/// <summary>The most memory above idle in each stage: the working set every two milliseconds, or what is alive at chosen moments.</summary>
internal sealed class MemoryWatch
{
    private readonly bool collect;
    private readonly long idle;
    private readonly Thread? sampler;
    private readonly Lock gate = new();
    private readonly Dictionary<string, double> most = [];
    private string stage = "start";
    private volatile bool stopped;
    private int calls;

    /// <summary>Starts watching: the present state is idle.</summary>
    /// <param name="collect">True to collect garbage and count what is alive, false to watch the working set undisturbed.</param>
    public MemoryWatch(bool collect)
    {
        this.collect = collect;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        idle = collect ? GC.GetTotalMemory(forceFullCollection: true) : Environment.WorkingSet;
        most["idle"] = idle;
        most["peak"] = 0;
        if (collect) return;
        sampler = new Thread(Sample) { IsBackground = true };
        sampler.Start();
    }

    /// <summary>In bytes: idle, peak above it, and the most above it in each stage.</summary>
    public IReadOnlyDictionary<string, double> Figures => most;

    /// <summary>Collects garbage when a stage ends, as the host of a coordinator may.</summary>
    public bool CollectsBetweenStages { get; init; }

    /// <summary>Told by the run what it is doing.</summary>
    public void Between(string now)
    {
        bool changed = now != stage;
        if (changed && CollectsBetweenStages) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        stage = now;
        if (collect && (changed || ++calls % 500 == 0)) Note(GC.GetTotalMemory(forceFullCollection: true), now);
    }

    public void Stop()
    {
        stopped = true;
        sampler?.Join();
        if (collect) Note(GC.GetTotalMemory(forceFullCollection: true), stage);
    }

    private void Sample()
    {
        while (!stopped)
        {
            Note(Environment.WorkingSet, stage);
            Thread.Sleep(2);
        }
    }

    private void Note(long bytes, string during)
    {
        lock (gate)
        {
            double above = bytes - idle;
            most[during] = Math.Max(above, most.GetValueOrDefault(during));
            most["peak"] = Math.Max(above, most["peak"]);
        }
    }
}
