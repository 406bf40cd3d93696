using System.Globalization;
using System.Runtime.CompilerServices;
using Spectre.Console;
using Tacit.Aggregation.Planning;
using Tacit.Aggregation.Rounds;
using Tacit.Federation.Jobs;
using Tacit.Learning.Jobs;
using Tacit.Protocols.PlainSum;
using Tacit.Simulation.Jobs;

namespace Tacit.Cli.Output;

/// <summary>Progress on standard error: a live line in a terminal, one line a round elsewhere.</summary>
internal sealed class RunDisplay : IDisposable
{
    private readonly IAnsiConsole console;
    private readonly System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();
    private readonly List<double> accuracies = [];
    private readonly int total;
    private string title;
    private string phase = "";
    private int done, moments;
    private int drawn;

    private RunDisplay(int total, string title, IAnsiConsole console) => (this.total, this.title, this.console) = (total, title, console);

    private static bool IsLive => !Console.IsErrorRedirected;

    public static RunDisplay Create(int rounds, string title, IAnsiConsole? console = null) => new(rounds, title, console ?? Consoles.Error());

    public void Rename(string newTitle)
    {
        EndLine();
        (title, phase) = (newTitle, "");
        moments = 0;
        accuracies.Clear();
    }

    /// <summary>What is about to happen, before it does.</summary>
    public void Plan(TrainingSimulation simulation)
    {
        Describe(simulation);
        foreach (string warning in Reports.PrivacyReport.Warnings(simulation)) console.MarkupLineInterpolated($"[yellow]⚠[/]     {warning}");
    }

    private void Describe(TrainingSimulation simulation)
    {
        ProtectionTerms protection = simulation.Protection;
        int cohort = simulation.Contribution.Participants;
        if (simulation.Plan.Mode == TrainingMode.Central)
        {
            console.MarkupLine($"[bold]PLAN[/]  central baseline: the examples of {simulation.Participants.Rows.Length} participants in one place, {simulation.Plan.Rounds} rounds, {simulation.Dimension} parameters");
            if (simulation.Steps is { } central) Promise(central);
            return;
        }

        console.MarkupLine($"[bold]PLAN[/]  {simulation.Participants.Rows.Length} participants, {cohort} in a round, {simulation.Plan.Rounds} rounds, {simulation.Dimension} parameters");
        if (simulation.Plan.Mode == TrainingMode.Plain)
        {
            console.MarkupLine(FormattableString.Invariant($"      averaged in the clear, nothing is protected; each participant drops out with probability {simulation.Plan.Dropout} a round"));
            return;
        }

        if (simulation.Plan.Protection.Protocol == PlainSumProtocol.ProtocolName) console.MarkupLine("      plain-sum: nothing is masked, the coordinator reads every update");
        else console.MarkupLine(FormattableString.Invariant(
            $"      {simulation.Plan.Protection.Protocol}, {(protection.Mode == ProtectionMode.Malicious ? "malicious" : "semi-honest")} coordinator: {Math.Min(protection.Neighbours, cohort - 1)} neighbours, threshold {protection.Threshold}, withstands {protection.MaximumCorrupt} colluding and {protection.MaximumDropouts} dropping out"));
        if (simulation.Plan.Privacy.Mechanism == PrivacyMechanism.None) console.MarkupLine("      sums are exact: no differential privacy");
        console.MarkupLine(FormattableString.Invariant($"      {Encoding(simulation, cohort)}; each participant drops out with probability {simulation.Plan.Dropout} a round"));
        if (simulation.Sums is { } sums) Promise(sums);
        if (simulation.Steps is { } steps) Promise(steps);
    }

    /// <summary>Where the run is.</summary>
    public void Entered(int round, string where)
    {
        phase = round > 0 ? $"round {round} {where}" : where;
        Draw();
    }

    public void Finished(RoundReport report)
    {
        if (report.Round > 0) done++;
        if (report.Metrics is { } metrics) accuracies.Add(metrics.Accuracy);
        if (IsLive)
        {
            Draw();
            return;
        }

        string outcome = report.Aborted is { } aborted ? $"aborted {aborted.Reason}: {aborted.Detail}" : $"included {report.Included.Length}, dropped {report.Dropped.Length}, saturated {report.Saturated}";
        string accuracy = report.Metrics is { } m ? string.Create(CultureInfo.InvariantCulture, $", accuracy {m.Accuracy:P1}") : "";
        Console.Error.WriteLine(report.Round > 0 ? $"{title}: round {report.Round}: {outcome}{accuracy}" : $"{title}: {(moments++ == 0 ? "means" : "variances")} of the features: {outcome}");
    }

    public void Dispose() => EndLine();

    private static string Encoding(TrainingSimulation simulation, int cohort) => simulation.Sums is { } sums
        ? FormattableString.Invariant($"residues in Z/2^{sums.Forecast.Plan.Bits}: a coordinate of a sum wraps with probability below {sums.Forecast.WrapProbability:g2}")
        : $"{simulation.Contribution.Quantization.Bits}-bit values in Z/2^{simulation.Contribution.Bits}: the sum of {cohort} cannot wrap";

    private void Promise(SumPrivacy sums)
    {
        PrivacySpending spending = sums.Forecast.Spending;
        string coordinator = spending.Coordinator is { } epsilon ? FormattableString.Invariant($"{epsilon:g4} against the coordinator") : "the coordinator is trusted";
        string second = spending.Second is { } other ? FormattableString.Invariant($" ({spending.SecondAccountant} {other:g4})") : "";
        console.MarkupLineInterpolated(FormattableStringFactory.Create("      {0}", FormattableString.Invariant(
            $"privacy {sums.Plan.Name}, delta {sums.Plan.Delta:g3}: epsilon {spending.Readers:g4} against readers{second}, {coordinator}; {sums.Forecast.LeastShares} honest shares of noise are certain, clip {sums.Plan.Clip}")));
    }

    private void Promise(StepPrivacy steps) => console.MarkupLineInterpolated(FormattableStringFactory.Create("      {0}", FormattableString.Invariant(
        $"privacy dp-sgd, delta {steps.Plan.Delta:g3}: epsilon {steps.Forecast.Readers:g4} by privacy loss, {steps.Forecast.Second:g4} by Rényi, for each example; {steps.Rounds} rounds of {steps.StepsPerRound} steps, noise multiplier {steps.Settings.NoiseMultiplier:g4}, norm {steps.Settings.MaxGradNorm}")));

    private void Draw()
    {
        if (!IsLive) return;
        const int Width = 30;
        int filled = done * Width / total;
        TimeSpan left = done == 0 ? TimeSpan.Zero : clock.Elapsed * ((double)(total - done) / done);
        string accuracy = accuracies.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {Sparkline.Of(accuracies)} {accuracies[^1]:P1}");
        string line = $" {title,-8} {new string('━', filled)}{new string('─', Width - filled)} {done}/{total} {clock.Elapsed.TotalSeconds:F0} s ETA {left.TotalSeconds:F0} s {phase}{accuracy}";
        int width = Math.Max(20, console.Profile.Width - 1);
        line = line.Length > width ? line[..width] : line;
        Console.Error.Write("\r" + line.PadRight(drawn));
        drawn = line.Length;
    }

    private void EndLine()
    {
        if (IsLive && drawn > 0) Console.Error.WriteLine();
        drawn = 0;
    }
}

/// <summary>A row of fractions as a row of bars, from the least to the largest, which are at least five points apart: less would show noise.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const int Width = 20;
    private const double LeastSpan = 0.05;

    public static string Of(IReadOnlyList<double> values)
    {
        int step = Math.Max(1, (values.Count + Width - 1) / Width);
        double[] shown = [.. values.Where((_, i) => (values.Count - 1 - i) % step == 0)];
        double high = shown.Max(), low = Math.Min(shown.Min(), high - LeastSpan);
        return string.Concat(shown.Select(v => Bars[(int)Math.Min(Bars.Length - 1, (v - low) / (high - low) * Bars.Length)]));
    }
}
