using System.Diagnostics;
using System.IO;
using System.Text.Json;
using Tacit.Benchmarks.Cases;
using Tacit.Benchmarks.Federations;
using Tacit.Benchmarks.Harness;

namespace Tacit.Benchmarks;

/// <summary>Runs benchmarks by name: <c>-- [name…] [--json FILE] [--quick]</c>; all of them without a name.</summary>
internal static class Program
{
    private static readonly IBenchmark[] benchmarks =
    [
        new Masks(), new Noise(), new Rotations(), new Shamir(), new KeyAgreements(), new MatrixProducts(), new OneClient(), new CoordinatorClose(),
        new Traffic(), new Growth(), new Memory(), new WholeRound(), new PrivateSteps(), new ClusteringAccuracy(), new ClusterSteps(), new StorageWrites(), new RunningFederation(),
    ];

    private static readonly JsonSerializerOptions json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static int Main(string[] arguments)
    {
        if (arguments.Length > 0 && arguments[0] == Memory.Child) return Memory.RunChild(arguments[1..]);
        if (arguments.Length > 0 && arguments[0] == RunningFederation.CoordinatorChild) return CoordinatorProcess.Run(arguments[1..]);
        if (arguments.Length > 0 && arguments[0] == RunningFederation.LoadChild) return LoadProcess.Run(arguments[1..]);
        if (!TryRead(arguments, out List<IBenchmark> chosen, out Options options, out string? file)) return Usage();

        Machine machine = Machine.Describe();
        Console.WriteLine($"{machine.Processor}; {machine.Cores} cores; {machine.OperatingSystem}; {machine.Runtime}; {machine.Vectors}");
        Console.WriteLine($"{machine.OpenSsl}; OpenBLAS {machine.OpenBlas}; {machine.Clock}; {options.Repeats} or more repeats, medians [least … most]");
        List<Section> sections = [];
        foreach (IBenchmark benchmark in chosen)
        {
            Console.WriteLine($"{Environment.NewLine}{benchmark.Name}: {benchmark.Summary}");
            Section section = new(benchmark.Name);
            sections.Add(section);
            long start = Stopwatch.GetTimestamp();
            benchmark.Run(section, options);
            Console.WriteLine($"  ({Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s)");
            if (file is not null) Save(file, arguments, machine, sections);
        }

        Gate[] gates = [.. sections.SelectMany(section => section.Gates)];
        Console.WriteLine($"{Environment.NewLine}{gates.Count(gate => gate.Held)} bars held, {gates.Count(gate => !gate.Held)} missed");
        return 0;
    }

    private static bool TryRead(string[] arguments, out List<IBenchmark> chosen, out Options options, out string? file)
    {
        (chosen, options, file) = ([], new Options(Quick: false), null);
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--quick")
            {
                options = new Options(Quick: true);
            }
            else if (arguments[i] == "--json" && i + 1 < arguments.Length)
            {
                file = arguments[++i];
            }
            else if (benchmarks.FirstOrDefault(benchmark => benchmark.Name == arguments[i]) is { } named)
            {
                chosen.Add(named);
            }
            else
            {
                return false;
            }
        }

        if (chosen.Count == 0) chosen.AddRange(benchmarks);
        return true;
    }

    private static int Usage()
    {
        Console.Error.WriteLine("usage: [name…] [--json FILE] [--quick]");
        foreach (IBenchmark benchmark in benchmarks) Console.Error.WriteLine($"  {benchmark.Name,-12} {benchmark.Summary}");
        return 2;
    }

    private static void Save(string file, string[] arguments, Machine machine, List<Section> sections) => File.WriteAllText(file, JsonSerializer.Serialize(
        new { Command = $"dotnet run -c Release --project bench/Tacit.Benchmarks -- {string.Join(' ', arguments)}", Machine = machine, Benchmarks = sections }, json));
}
