using System.Diagnostics;
using System.Globalization;
using System.IO;
using Tacit.Benchmarks.Cohorts;
using Tacit.Benchmarks.Harness;

namespace Tacit.Benchmarks.Cases;

/// <summary>Memory of a coordinator that does nothing else, in a process of its own.</summary>
/// <remarks>
/// The child prepares keys, shares and one vector before the idle point and then runs the coordinator alone; uploads are made chunk by chunk
/// (see <see cref="Uploads"/>) and the sum is checked. Once it watches the working set, once it collects garbage and watches what is alive.
/// </remarks>
internal sealed class Memory : IBenchmark
{
    /// <summary>The argument that makes a process the child.</summary>
    public const string Child = "--memory-child";

    private const int Length = 1 << 20;
    private const int OpenUploads = 64;
    private const double MiB = 1 << 20;

    /// <summary>A youngest generation of 512 KiB: by default it grows with the cache of the processor, and garbage with it.</summary>
    private const string SmallNursery = "DOTNET_GCgen0size=0x80000";

    public string Name => "memory";

    public string Summary => "a coordinator alone in a process, d = 2^20, n = 100 and n = 1,000: peak above idle, and ingest";

    public void Run(Section section, Options options)
    {
        double limit = (3 * 4 * Length / MiB) + (OpenUploads * 64 / 1024.0) + 32;
        Dictionary<int, double> peaks = [], alive = [];
        foreach (int n in (int[])[100, 1_000])
        {
            int runs = options.Quick ? 1 : 3;
            Dictionary<string, double>[] watched = [.. Enumerable.Range(0, runs).Select(_ => Start(n, OpenUploads, "watch"))];
            Dictionary<string, double> collected = Start(n, OpenUploads, "collect");
            double Median(string key) => watched.Select(w => w.GetValueOrDefault(key)).Order().ElementAt(runs / 2);
            peaks[n] = Median("peak");
            alive[n] = collected["peak"];
            string name = $"n = {n}, {OpenUploads} open uploads";
            section.Add($"{name}: idle working set", Median("idle"), "MiB");
            foreach (string stage in Stages) section.Add($"{name}: working set above idle, {stage}", Median(stage), "MiB");
            section.Add($"{name}: peak working set above idle", peaks[n], "MiB");
            foreach (string stage in Stages) section.Add($"{name}: alive above idle, {stage}", collected.GetValueOrDefault(stage), "MiB");
            section.Add($"{name}: ingest, processor time of the machine", Median("ingest"), "GB/s");
            section.AtMost($"{name}: peak working set above idle", limit, peaks[n], "MiB");
        }

        section.AtMost("peak working set, n = 1,000 / n = 100, the platform's settings", 1.1, peaks[1_000] / peaks[100]);
        section.AtMost("alive, n = 1,000 / n = 100", 1.1, alive[1_000] / alive[100]);
        section.Add("n = 1,000, all uploads open at once: peak working set above idle", Start(1_000, 1_000, "watch")["peak"], "MiB");
        Tuned(section, options);
    }

    // What is left of the difference is garbage, which a host can keep small: at the price of more collections.
    private static void Tuned(Section section, Options options)
    {
        Dictionary<int, double> peaks = [];
        foreach (int n in (int[])[100, 1_000])
        {
            double[] runs = [.. Enumerable.Range(0, options.Quick ? 1 : 5).Select(_ => Start(n, OpenUploads, "host", SmallNursery)["peak"]).Order()];
            peaks[n] = runs[runs.Length / 2];
            section.Add($"n = {n}, {SmallNursery}, collected when a phase ends: peak working set above idle", peaks[n], "MiB");
        }

        section.AtMost($"peak working set, n = 1,000 / n = 100, {SmallNursery}, collected when a phase ends", 1.1, peaks[1_000] / peaks[100]);
    }

    /// <summary>What the child does.</summary>
    /// <param name="arguments">n, open uploads, watch, host or collect.</param>
    public static int RunChild(string[] arguments)
    {
        int n = int.Parse(arguments[0], CultureInfo.InvariantCulture), open = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        using PreparedCohort cohort = new(new CohortOptions(n, Length));
        Uploads uploads = new(cohort);
        MemoryWatch watch = new(collect: arguments[2] == "collect") { CollectsBetweenStages = arguments[2] == "host" };
        CoordinatorTimes times = new CoordinatorRun(cohort, uploads) { OpenUploads = open, Between = watch.Between }.Run();
        watch.Stop();
        foreach ((string key, double value) in watch.Figures) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key}={value / MiB}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ingest={uploads.PackedBytes * cohort.Survivors.Length / times.Ingest / 1e9}"));
        return 0;
    }

    private static IEnumerable<string> Stages => ["keys", "coins", "shares", "uploads", "requests", "answers", "close"];

    private static Dictionary<string, double> Start(int n, int open, string mode, string? setting = null)
    {
        string host = Environment.ProcessPath!, program = Path.Combine(AppContext.BaseDirectory, "Tacit.Benchmarks.dll");
        List<string> arguments = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [program] : [];
        arguments.AddRange([Child, n.ToString(CultureInfo.InvariantCulture), open.ToString(CultureInfo.InvariantCulture), mode]);
        ProcessStartInfo start = new(host, arguments) { RedirectStandardOutput = true };
        if (setting?.Split('=') is [string name, string value]) start.Environment[name] = value;
        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        if (child.ExitCode != 0) throw new InvalidOperationException($"The child for n = {n} failed.");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('='))
            .ToDictionary(pair => pair[0], pair => double.Parse(pair[1], CultureInfo.InvariantCulture));
    }
}
