using System.Globalization;
using System.Text;
using Tacit.Aggregation.Rounds;
using Tacit.Cli.Output;
using Tacit.Simulation.Clustering;
using static Tacit.Cli.Reports.HtmlReport;

namespace Tacit.Cli.Reports;

/// <summary>A clustering job as one self-contained page.</summary>
internal static class ClusterReport
{
    public static string Of(ClusterOutcome outcome)
    {
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Tacit clusters</title><style>{Style}</style></head><body><main>");
        page.Append("<h1>Clustered together, told nobody</h1>").Append(Lead(outcome)).Append(Cards(outcome));
        page.Append("<h2>Clusters</h2>").Append(ClusterPlot.Of(outcome));
        page.Append("<h2>Centroids</h2>").Append(Centroids(outcome));
        page.Append("<h2>What was promised</h2>").Append(Promise(outcome));
        page.Append("<h2>Every round</h2>").Append(Rounds(outcome.Result));
        return page.Append("</main></body></html>").ToString();
    }

    private static string Lead(ClusterOutcome outcome) => Text(
        $"<p class=\"lead\">{outcome.Table.Count} records of {outcome.Table.Dimension} features at {outcome.Simulation.Participants} participants, {Encode(outcome.Job.Protection.Protocol)}, seed {outcome.Job.Seed}. {Encode(outcome.Nature)}</p>");

    private static string Cards(ClusterOutcome outcome)
    {
        ClusteringResult result = outcome.Result;
        int dropped = result.Rounds.Sum(round => round.Report.Dropped.Length), recovered = result.Rounds.Sum(round => round.Report.Dropped.Count(drop => drop.Recovered));
        string privacy = result.Spent is { } spent
            ? Text($"<b class=\"a\">ε {spent.Epsilon:g4}</b><span>for one record at δ {outcome.Simulation.Delta:g3}</span>")
            : "<b class=\"w\">no noise</b><span>sums are exact: no differential privacy</span>";
        string index = result.AdjustedRandIndex is { } agreement ? Text($"<div class=\"card\"><b>{agreement:F3}</b><span>adjusted Rand index against the true classes</span></div>") : "";
        return Text($"""
            <div class="cards">
            <div class="card"><b class="a">{result.Nicv:g4}</b><span>mean squared distance to the nearest centre, features scaled to [−1, 1]</span></div>
            <div class="card">{privacy}</div>
            <div class="card"><b>{recovered} / {dropped}</b><span>drop-outs recovered in {outcome.RoundsText}</span></div>
            <div class="card"><b>{JobSummary.Size(result.Rounds.Sum(round => round.Report.Cost.MeanUp + round.Report.Cost.MeanDown))}</b><span>traffic of a participant over all rounds</span></div>
            {index}
            </div>
            """);
    }

    private static string Centroids(ClusterOutcome outcome)
    {
        StringBuilder rows = new("<div class=\"scroll\"><table><tr><th class=\"n\">cluster</th>");
        foreach (string name in outcome.Table.Features) rows.Append(Text($"<th class=\"n\">{Encode(name)}</th>"));
        rows.Append("<th class=\"n\">records nearest</th></tr>");
        int[] sizes = new int[outcome.Job.Clusters];
        foreach (int label in outcome.Result.Labels) sizes[label]++;
        for (int j = 0; j < outcome.Job.Clusters; j++)
        {
            rows.Append(Text($"<tr><td class=\"n\"><span class=\"dot\" style=\"background:{ClusterPlot.Colour(j)}\"></span>{j + 1}</td>"));
            foreach (double x in outcome.Centre(j)) rows.Append(Text($"<td class=\"n\">{Figures.Of(x)}</td>"));
            rows.Append(Text($"<td class=\"n\">{sizes[j]}</td></tr>"));
        }

        return rows.Append("</table></div>").ToString();
    }

    private static string Promise(ClusterOutcome outcome)
    {
        string promise = outcome.Promise;
        int shares = outcome.Simulation.LeastShares;
        string noise = outcome.Result.Spent is null ? "" : outcome.Job.Protection.Protocol == "shared-mask" ? " The coordinator adds the noise to sums that it cannot read." : Text($" {shares} share{(shares == 1 ? "" : "s")} of noise {(shares == 1 ? "is" : "are")} certain in every sum that no reader knows.");
        return Text($"<p>{Encode(char.ToUpperInvariant(promise[0]) + promise[1..])}{noise} {outcome.Result.Clipped} coordinates were outside the range and moved to its border. {Encode(outcome.Nature)}</p>");
    }

    private static string Rounds(ClusteringResult result)
    {
        StringBuilder rows = new("<div class=\"scroll\"><table><tr><th class=\"n\">round</th><th>question</th><th class=\"n\">numbers</th><th class=\"n\">bits</th><th class=\"n\">included</th><th>dropped</th><th class=\"n\">ε so far</th><th class=\"n\">sent</th><th class=\"n\">received</th></tr>");
        for (int i = 0; i < result.Rounds.Length; i++)
        {
            ClusteringRound round = result.Rounds[i];
            string dropped = string.Join(", ", round.Report.Dropped.Select(drop => $"{Encode(drop.Participant)} ({drop.Phase.Name()})"));
            rows.Append(Text($"<tr><td class=\"n\">{i + 1}</td><td>{Encode(round.Stage)}</td><td class=\"n\">{round.Length}</td><td class=\"n\">{round.Bits}</td><td class=\"n\">{round.Report.Included.Length}</td><td>{dropped}</td><td class=\"n\">{round.Spent?.Epsilon:g4}</td><td class=\"n\">{JobSummary.Size(round.Report.Cost.MeanUp)}</td><td class=\"n\">{JobSummary.Size(round.Report.Cost.MeanDown)}</td></tr>"));
        }

        return rows.Append("</table></div>").ToString();
    }
}
