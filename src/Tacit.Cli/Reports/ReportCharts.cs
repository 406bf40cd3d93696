using System.Text;
using Tacit.Aggregation.Rounds;
using Tacit.Simulation.Jobs;
using static Tacit.Cli.Reports.HtmlReport;

namespace Tacit.Cli.Reports;

/// <summary>Charts as inline SVG, drawn from the figures of the run and nothing else.</summary>
internal static class ReportCharts
{
    private const double Width = 960, Left = 44, Right = 16, Top = 12;

    public static string Lines(IReadOnlyList<(string Name, string Colour, double[] Values)> series)
    {
        const double Height = 300, Bottom = 28;
        int rounds = series.Max(s => s.Values.Length);
        StringBuilder svg = new("<figure><div class=\"legend\">");
        foreach ((string name, string colour, double[] values) in series) svg.Append(Text($"<span><span class=\"dot\" style=\"background:{colour}\"></span>{Encode(name)}: {values[^1] * 100:F1} %</span>"));
        svg.Append(Text($"</div><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"accuracy by round\">"));
        for (int tick = 0; tick <= 5; tick++)
        {
            double y = Top + ((Height - Top - Bottom) * (1 - (tick / 5.0)));
            svg.Append(Text($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:F1}\" y2=\"{y:F1}\" stroke=\"var(--line)\"/><text x=\"{Left - 8}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{tick * 20} %</text>"));
        }

        for (int round = 1; round <= rounds; round += Math.Max(1, rounds / 10))
        {
            svg.Append(Text($"<text x=\"{X(round, rounds):F1}\" y=\"{Height - 8}\" text-anchor=\"middle\">{round}</text>"));
        }

        foreach ((string name, string colour, double[] values) in series.Reverse())
        {
            string points = string.Join(' ', values.Select((v, i) => Text($"{X(i + 1, rounds):F1},{Top + ((Height - Top - Bottom) * (1 - v)):F1}")));
            string dash = name.StartsWith("plain", StringComparison.Ordinal) ? " stroke-dasharray=\"6 4\"" : "";
            svg.Append(Text($"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.5\" stroke-linejoin=\"round\"{dash}/>"));
        }

        return svg.Append("</svg><figcaption>Share of right answers on the test examples after each round.</figcaption></figure>").ToString();
    }

    /// <summary>One column a round: included below, dropped above by phase.</summary>
    public static string Attendance(JobRun run)
    {
        const double Height = 190, Bottom = 28;
        RoundReport[] rounds = [.. run.Training];
        int most = Math.Max(1, rounds.Max(r => r.Included.Length + r.Dropped.Count(d => d.Phase <= Phase.MaskedInput)));
        double unit = (Height - Top - Bottom) / most, column = (Width - Left - Right) / rounds.Length;
        StringBuilder svg = new("<figure><div class=\"legend\"><span><span class=\"dot\" style=\"background:var(--accent)\"></span>included in the sum</span><span><span class=\"dot\" style=\"background:var(--other)\"></span>dropped out before their input was taken, masks removed</span><span><span class=\"dot\" style=\"background:var(--warn)\"></span>round aborted</span></div>");
        svg.Append(Text($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"participants by round\"><text x=\"{Left - 8}\" y=\"{Top + 8}\" text-anchor=\"end\">{most}</text><text x=\"{Left - 8}\" y=\"{Height - Bottom}\" text-anchor=\"end\">0</text>"));
        for (int i = 0; i < rounds.Length; i++)
        {
            RoundReport round = rounds[i];
            double x = Left + (i * column), included = round.Included.Length * unit, dropped = round.Dropped.Count(d => d.Phase <= Phase.MaskedInput) * unit;
            string colour = round.Aborted is null ? "var(--accent)" : "var(--warn)";
            if (round.Aborted is not null) included = Math.Max(2, (Height - Top - Bottom) - dropped);
            svg.Append(Text($"<rect x=\"{x + 1:F1}\" y=\"{Height - Bottom - included:F1}\" width=\"{Math.Max(1, column - 2):F1}\" height=\"{included:F1}\" fill=\"{colour}\" opacity=\".85\"><title>round {round.Round}: {round.Included.Length} included</title></rect>"));
            svg.Append(Text($"<rect x=\"{x + 1:F1}\" y=\"{Height - Bottom - included - dropped:F1}\" width=\"{Math.Max(1, column - 2):F1}\" height=\"{dropped:F1}\" fill=\"var(--other)\"><title>round {round.Round}: {string.Join(", ", round.Dropped.Select(d => $"{Encode(d.Participant)} at {d.Phase.Name()}"))}</title></rect>"));
            if (i % Math.Max(1, rounds.Length / 10) == 0) svg.Append(Text($"<text x=\"{x + (column / 2):F1}\" y=\"{Height - 8}\" text-anchor=\"middle\">{round.Round}</text>"));
        }

        return svg.Append("</svg><figcaption>Participants of each round. Who drops out after its input was taken is still in the sum.</figcaption></figure>").ToString();
    }

    /// <summary>Where the computing time went, all parties together.</summary>
    public static string Phases(JobRun run)
    {
        const double Row = 26;
        List<(string Name, double Milliseconds)> bars = [("training", run.Rounds.Sum(r => r.TrainingTime.TotalMilliseconds))];
        bars.AddRange(Enum.GetValues<Phase>().Select(phase => (phase.Name(), run.Rounds.Sum(r => r.ComputeTime.GetValueOrDefault(phase).TotalMilliseconds))));
        double most = Math.Max(1e-9, bars.Max(bar => bar.Milliseconds)), height = bars.Count * Row;
        StringBuilder svg = new(Text($"<figure><svg viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"computing time by phase\">"));
        for (int i = 0; i < bars.Count; i++)
        {
            double width = (Width - 270) * bars[i].Milliseconds / most;
            svg.Append(Text($"<text x=\"130\" y=\"{(i * Row) + 17:F1}\" text-anchor=\"end\">{bars[i].Name}</text><rect x=\"140\" y=\"{(i * Row) + 4:F1}\" width=\"{Math.Max(1, width):F1}\" height=\"{Row - 8}\" rx=\"3\" fill=\"{(i == 0 ? "var(--other)" : "var(--accent)")}\"/><text x=\"{150 + width:F1}\" y=\"{(i * Row) + 17:F1}\">{bars[i].Milliseconds / 1000:F2} s</text>"));
        }

        return svg.Append("</svg><figcaption>Seconds of computing, all participants and the coordinator together, over all rounds.</figcaption></figure>").ToString();
    }

    private static double X(int round, int rounds) => Left + ((Width - Left - Right) * (rounds == 1 ? 0.5 : (round - 1.0) / (rounds - 1)));
}
