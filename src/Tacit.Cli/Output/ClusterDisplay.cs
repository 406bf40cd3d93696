using System.Diagnostics;
using Spectre.Console;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Clustering;

namespace Tacit.Cli.Output;

/// <summary>Progress of a clustering job on standard error: a live line in a terminal, one line a round elsewhere.</summary>
internal sealed class ClusterDisplay : IDisposable
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private int round;
    private int drawn;

    /// <summary>What is about to happen, before it does.</summary>
    public static void Plan(ClusteringJob job, FeatureTable table, ClusteringSimulation simulation, IAnsiConsole? on = null)
    {
        IAnsiConsole console = on ?? Consoles.Error();
        console.MarkupLineInterpolated($"[bold]PLAN[/]  {table.Count} records of {table.Dimension} features at {simulation.Participants} participants, {job.Clusters} clusters, {job.Protection.Protocol}");
        if (job.Epsilon is not { } epsilon)
        {
            console.MarkupLineInterpolated($"      sums are exact: no differential privacy");
            return;
        }

        string promise = FormattableString.Invariant($"epsilon {epsilon} at delta {simulation.Delta:g3} for one record; {(job.Protection.Protocol == "shared-mask" ? "the coordinator adds the noise" : $"{simulation.LeastShares} shares of noise are certain that no reader knows")}");
        console.MarkupLineInterpolated($"      {promise}");
        if (simulation.Delta >= 1.0 / table.Count) console.MarkupLineInterpolated($"[yellow]⚠[/]     delta is not below 1/n: a mechanism that publishes one record whole would keep it");
        if (job.Bounds.Source == BoundsSource.File) console.MarkupLineInterpolated($"[yellow]⚠[/]     the range of each feature is read from the file as if it were public: epsilon does not cover it; give --bounds, or --bounds private to have it paid for");
    }

    public void Entered(int number, string what)
    {
        if (Console.IsErrorRedirected)
        {
            if (number != round) Console.Error.WriteLine($"cluster: round {number}: {what}");
            round = number;
            return;
        }

        string line = FormattableString.Invariant($" cluster  round {number}  {what}  {clock.Elapsed.TotalSeconds:F0} s");
        Console.Error.Write("\r" + line.PadRight(drawn));
        drawn = line.Length;
    }

    public void Dispose()
    {
        if (!Console.IsErrorRedirected && drawn > 0) Console.Error.WriteLine();
        drawn = 0;
    }
}
