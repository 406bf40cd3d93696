using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using Tacit.Benchmarks.Federations;
using Tacit.Benchmarks.Harness;

namespace Tacit.Benchmarks.Cases;

/// <summary>A coordinator in its own process and all participants in another, over loopback.</summary>
/// <remarks>
/// Real: HTTP, join with signatures, offers, terms, keys, shares, masks, uploads, unmasking, the opened sum (checked residue by residue), the model's move. Simulated: training
/// (inputs are numbers that anybody can compute), and that participants are on machines of their own.
/// </remarks>
internal sealed class RunningFederation : IBenchmark
{
    /// <summary>The argument that makes a process the coordinator.</summary>
    public const string CoordinatorChild = "--federation-coordinator";

    /// <summary>The argument that makes a process the participants.</summary>
    public const string LoadChild = "--federation-load";

    private const double MiB = 1 << 20;

    // As the command-line tool is built: loops are compiled well at once. A job of one round is over before counted loops are.
    private static readonly (string, string)[] settings = [("DOTNET_TC_QuickJitForLoops", "0"), ("DOTNET_TieredPGO", "0"), ("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "0")];

    public string Name => "federation";

    public string Summary => "a coordinator process and 1,000 participants over loopback, d = 10^6: memory, ingest and sum, and 10 % vanishing in each phase";

    public void Run(Section section, Options options)
    {
        (int n, int d) = options.Quick ? (100, 100_000) : (1_000, 1_000_000);
        section.Note("simulated: training and the participants' machines being elsewhere; all else is the product, and the opened sum is compared with the plain sum");
        string where = Cores.CanChoose ? "coordinator on one processor, participants on another" : "processors as the system gives them: it cannot be told here";
        section.Note($"{where}, except where said");
        Measure(section, new LoadOptions(n, d, Vanish: 0, Tls: false, PhaseSeconds: 180), bars: true);
        if (Cores.CanChoose) Measure(section, new LoadOptions(n, d, Vanish: 0, Tls: false, PhaseSeconds: 180), bars: false, apart: false);
        Measure(section, new LoadOptions(n, d, Vanish: 0, Tls: true, PhaseSeconds: 180), bars: false);
        Measure(section, new LoadOptions(n, 100_000, Vanish: 0.1, Tls: false, PhaseSeconds: options.Quick ? 5 : 40), bars: false);
    }

    private static void Measure(Section section, LoadOptions load, bool bars, bool apart = true)
    {
        Dictionary<string, double> found = Start(load, apart);
        string name = $"n = {load.Participants}, d = {load.Length}{(load.Tls ? ", TLS" : "")}{(apart ? "" : ", any processor")}{(load.Vanish > 0 ? $", {load.Vanish:P0} vanish in each of 4 phases" : "")}";
        Section.Verify((int)found["dimension"] == load.Length, "the model's size");
        int vanished = Enumerable.Range(0, load.Participants).Count(index => load.VanishesIn(index) is not null and not Tacit.Aggregation.Rounds.Phase.Unmasking);
        Section.Verify((int)found["included"] == load.Participants - vanished, $"{found["included"]} inputs are in the sum, {load.Participants - vanished} participants sent theirs");
        section.Note($"{name}: finished, the opened sum of {found["included"]} inputs is the plain sum; {found["bits"]} bits, {found["neighbours"]} neighbours, {found["incidents"]} incidents");
        section.Add($"{name}: whole job, wall clock", found["seconds"], "s");
        section.Add($"{name}: coordinator, processor time of the whole job", found["cpu"], "s");
        foreach (string stage in (string[])["offers", "keys", "shares", "uploads", "unmasking", "model"])
        {
            section.Add($"{name}: {stage}, processor time", found[$"{stage}.cpu"], "s");
            section.Add($"{name}: {stage}, most resident above idle", found[$"{stage}.memory"], "MiB");
        }

        double gigabytes = found["upload.bytes"] / 1e9, ingest = found["upload.cpu"] / gigabytes, above = found["peak"] - found["idle"];
        section.Add($"{name}: uploads", gigabytes, "GB");
        section.Add($"{name}: uploads, wall clock", found["upload.seconds"], "s");
        section.Add($"{name}: allocated while uploads came", found["upload.allocated"] / MiB, "MiB");
        section.Add($"{name}: resident at the start", found["fresh"], "MiB");
        section.Add($"{name}: resident when idle, after a job of {load.WarmUp.Participants} participants and d = {load.WarmUp.Length}", found["idle"], "MiB");
        section.Add($"{name}: resident at most", found["peak"], "MiB");
        section.Add($"{name}: last byte to added, median", found["settled.median"], "ms");
        section.Add($"{name}: last byte to added, most", found["settled.most"], "ms");
        if (!bars)
        {
            section.Add($"{name}: ingest and sum", ingest, "s/GB");
            section.Add($"{name}: peak resident memory above idle", above, "MiB");
            return;
        }

        double raw = Enumerable.Range(0, 3).Select(_ => RawIngest.Measure((int)found["bits"], load.Length, uploads: 100)).Order().ElementAt(1);
        section.Add($"{name}: raw socket, 64 KiB received and added", raw, "s/GB");
        section.AtMost($"{name}: ingest and sum, processor time of the process", 0.45, ingest, "s/GB");
        section.AtMost($"{name}: ingest and sum / raw socket and sum", 2.2, ingest / raw);
        section.AtMost($"{name}: peak resident memory above idle", ((6 * load.ModelBytes) + (64L * 1024 * load.Participants)) / MiB, above, "MiB");
        section.AtMost($"{name}: last byte to added, 99 of 100", 2, found["settled.p99"], "ms");
    }

    private static Dictionary<string, double> Start(LoadOptions options, bool apart)
    {
        using Process coordinator = Cores.On(apart ? 0 : null, () => Child(CoordinatorChild, options)), participants = Cores.On(apart ? 1 : null, () => Child(LoadChild, options));
        participants.StandardInput.WriteLine(coordinator.StandardOutput.ReadLine());
        participants.StandardInput.WriteLine(coordinator.StandardOutput.ReadLine());
        Task<string> ignored = participants.StandardOutput.ReadToEndAsync(), figures = coordinator.StandardOutput.ReadToEndAsync();
        Task load = participants.WaitForExitAsync();
        if (Task.WaitAny(figures, load) == 1 && !figures.Wait(TimeSpan.FromSeconds(60))) coordinator.Kill();   // it would wait for those who are gone
        string output = figures.GetAwaiter().GetResult();
        coordinator.WaitForExit();
        if (!participants.WaitForExit(TimeSpan.FromSeconds(20))) participants.Kill();
        if (participants.ExitCode != 0) throw new InvalidOperationException("The process of the participants failed.");
        if (coordinator.ExitCode != 0) throw new InvalidOperationException("The coordinator's process failed.");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim().Split('='))
            .ToDictionary(pair => pair[0], pair => double.Parse(pair[1], CultureInfo.InvariantCulture));
    }

    private static Process Child(string role, LoadOptions load)
    {
        string host = Environment.ProcessPath!, program = Path.Combine(AppContext.BaseDirectory, "Tacit.Benchmarks.dll");
        List<string> arguments = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [program] : [];
        arguments.AddRange([role, .. load.Arguments]);
        ProcessStartInfo start = new(host, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach ((string setting, string value) in settings) start.Environment[setting] = value;
        return Process.Start(start)!;
    }
}
