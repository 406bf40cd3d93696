using System.Globalization;
using System.Net;
using System.Text;
using Tacit.Aggregation.Rounds;
using Tacit.Simulation.Jobs;

namespace Tacit.Cli.Reports;

/// <summary>One self-contained page: no script, no font, no request to anywhere.</summary>
internal static class HtmlReport
{
    internal const string Style = """
        :root{--ink:#1b2733;--soft:#5b6b7a;--line:#d8dfe6;--paper:#fbfcfd;--card:#fff;--accent:#0b6e6e;--other:#b4552d;--warn:#a3321f}
        @media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9fb0bf;--line:#30404f;--paper:#10161c;--card:#18212a;--accent:#4fc3b8;--other:#f0a071;--warn:#ff8f7a}}
        *{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
        main{max-width:1040px;margin:0 auto;padding:32px 20px 64px}h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:36px 0 10px}p.lead{color:var(--soft);margin:0 0 20px}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:12px}.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px}
        .card b{display:block;font-size:24px;font-weight:650}.card span{color:var(--soft);font-size:13px}figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px}
        figcaption{color:var(--soft);font-size:13px;margin-top:6px}svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font:11px system-ui,sans-serif}
        .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;background:var(--card);border:1px solid var(--line);border-radius:10px;font-variant-numeric:tabular-nums}
        th,td{text-align:left;padding:7px 12px;border-bottom:1px solid var(--line);white-space:nowrap}th{color:var(--soft);font-weight:600;font-size:13px}td.n,th.n{text-align:right}tr:last-child td{border-bottom:0}
        .a{color:var(--accent)}.o{color:var(--other)}.w{color:var(--warn)}.legend{display:flex;gap:18px;font-size:13px;margin-bottom:6px;flex-wrap:wrap}.dot{display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:6px}
        """;

    public static string Of(JobResult result)
    {
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Tacit report</title><style>{Style}</style></head><body><main>");
        page.Append("<h1>Learned together, told nobody</h1>");
        page.Append(Lead(result)).Append(Cards(result));
        page.Append("<h2>Accuracy by round</h2>").Append(Accuracy(result));
        page.Append("<h2>Who answered</h2>").Append(ReportCharts.Attendance(result.Secure));
        page.Append("<h2>Side by side</h2>").Append(Comparison(result));
        page.Append("<h2>What it cost</h2>").Append(ReportCharts.Phases(result.Secure));
        page.Append("<h2>By class</h2>").Append(PerClass(result));
        page.Append("<h2>What was promised</h2>").Append(Promise(result));
        page.Append("<h2>Every round</h2>").Append(Rounds(result.Secure));
        return page.Append("</main></body></html>").ToString();
    }

    private static string Lead(JobResult result) => Text(
        $"<p class=\"lead\">{result.Simulation.Participants.Rows.Length} participants, {result.Simulation.Contribution.Participants} in a round, {result.Plan.Rounds} rounds, {result.Simulation.Dimension} parameters, seed {result.Plan.Seed}. {Encode(result.Nature)}</p>");

    private static string Cards(JobResult result)
    {
        JobRun run = result.Secure;
        int dropped = run.Training.Sum(round => round.Dropped.Length), recovered = run.Training.Sum(round => round.Dropped.Count(d => d.Recovered));
        int least = run.Training.Where(round => round.Aborted is null).Select(round => round.Included.Length).DefaultIfEmpty(0).Min();
        return Text($"""
            <div class="cards">
            <div class="card"><b class="a">{run.Last.Metrics!.Accuracy * 100:F1} %</b><span>accuracy on {run.Last.Metrics.Examples} examples of people who did not take part</span></div>
            <div class="card"><b>{recovered} / {dropped}</b><span>drop-outs recovered</span></div>
            <div class="card"><b>≥ {least}</b><span>updates in every sum the coordinator saw</span></div>
            <div class="card"><b>{JobSummary.Size(run.Rounds.Sum(r => r.Cost.MeanUp + r.Cost.MeanDown))}</b><span>traffic of a participant over all rounds</span></div>
            {PrivacyCard(result)}
            </div>
            """);
    }

    private static string PrivacyCard(JobResult result)
    {
        if (result.Spent is not { } spent) return Text($"<div class=\"card\"><b>{result.Secure.Rounds.Sum(r => r.Saturated)}</b><span>values beyond the range (clipped, and counted inside the sum)</span></div>");
        string coordinator = spent.Coordinator is { } epsilon ? Text($"{epsilon:g4} against the coordinator") : "the coordinator is trusted";
        return Text($"<div class=\"card\"><b class=\"a\">ε {spent.Epsilon:g4}</b><span>spent against readers of the model, {coordinator}, at δ {result.Plan.Privacy.Delta:g3}; the unit is {Encode(PrivacyReport.Unit(result.Plan.Privacy))}</span></div>");
    }

    private static string Accuracy(JobResult result)
    {
        List<(string Name, string Class, double[] Values)> series = [(result.Name, "var(--accent)", Values(result.Secure))];
        if (result.Plain is { } plain) series.Add(("plain FedAvg, same seed", "var(--other)", Values(plain)));
        return ReportCharts.Lines(series);
    }

    private static double[] Values(JobRun run) => [.. run.Training.Select(round => round.Metrics!.Accuracy)];

    private static string Comparison(JobResult result)
    {
        StringBuilder rows = new("<div class=\"scroll\"><table><tr><th></th><th class=\"n\">accuracy</th><th class=\"n\">sent</th><th class=\"n\">received</th><th class=\"n\">seconds here</th><th>the coordinator can read</th></tr>");
        if (result.Plain is { } plain) rows.Append(Row("plain FedAvg", plain, "every update"));
        rows.Append(Row(result.Name, result.Secure, result.Readable));
        return rows.Append("</table></div>").ToString();
    }

    private static string Row(string name, JobRun run, string readable) => Text(
        $"<tr><td>{Encode(name)}</td><td class=\"n\">{run.Last.Metrics!.Accuracy * 100:F1} %</td><td class=\"n\">{JobSummary.Size(run.Rounds.Sum(r => r.Cost.MeanUp))}</td><td class=\"n\">{JobSummary.Size(run.Rounds.Sum(r => r.Cost.MeanDown))}</td><td class=\"n\">{run.Elapsed.TotalSeconds:F1}</td><td>{readable}</td></tr>");

    private static string PerClass(JobResult result)
    {
        StringBuilder rows = new("<div class=\"scroll\"><table><tr><th>class</th><th class=\"n\">precision</th><th class=\"n\">recall</th><th class=\"n\">examples</th></tr>");
        foreach (Learning.Models.ClassEvaluation c in result.Secure.Last.Metrics!.Classes)
        {
            rows.Append(Text($"<tr><td>{Encode(c.Name)}</td><td class=\"n\">{c.Precision:F3}</td><td class=\"n\">{c.Recall:F3}</td><td class=\"n\">{c.Support}</td></tr>"));
        }

        return rows.Append("</table></div>").ToString();
    }

    private static string Promise(JobResult result)
    {
        ProtectionTerms terms = result.Simulation.Protection;
        if (!result.IsProtected)
        {
            return result.Simulation.Steps is null
                ? Text($"<p class=\"w\">Nothing: {Encode(result.Name)} protects no input.</p>")
                : Text($"<p>No input is hidden from whoever trains. {Encode(Capital(PrivacyReport.Statement(result.Simulation)))}.</p>");
        }

        string mode = terms.Mode == ProtectionMode.Malicious ? "may do anything" : "follows the protocol but remembers everything";
        return Text($"<p>A coordinator that {mode} learns only the sum over one set of survivors, as long as at most {terms.MaximumCorrupt} of the participants collude with it. Each participant masks with {terms.Neighbours} others; {terms.Threshold} shares open a mask; {terms.MaximumDropouts} may drop out. {Sums(result)}</p>");
    }

    private static string Sums(JobResult result)
    {
        if (result.Simulation.Steps is not null) return Text($"{Encode(Capital(PrivacyReport.Statement(result.Simulation)))}. Values have {result.Simulation.Contribution.Quantization.Bits} bits, sums {result.Simulation.Contribution.Bits}: they cannot wrap. This is a simulation: its noise follows from the seed.");
        if (result.Simulation.Sums is not { } sums) return Text($"Values have {result.Simulation.Contribution.Quantization.Bits} bits, sums {result.Simulation.Contribution.Bits}: they cannot wrap. Sums are exact, so they carry <b>no differential privacy</b>: what a sum itself reveals is not hidden.");
        RoundPrivacy? last = result.Secure.Training.LastOrDefault(round => round.Privacy is not null)?.Privacy;
        string spent = last is null ? "No sum was released." : Text($"Spent: <b>epsilon {last.Spent.Epsilon:g4}</b> against readers of the model{(last.Spent.Coordinator is { } epsilon ? Text($", {epsilon:g4} against the coordinator") : "")}, at delta {sums.Plan.Delta:g3}.");
        return Text($"{Encode(Capital(PrivacyReport.Statement(result.Simulation)))}. {spent} Sums have {sums.Forecast.Plan.Bits} bits; one coordinate wraps with probability below {sums.Forecast.WrapProbability:g2}. This is a simulation: its noise follows from the seed.");
    }

    private static string Capital(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];

    private static string Rounds(JobRun run)
    {
        StringBuilder rows = new("<div class=\"scroll\"><table><tr><th class=\"n\">round</th><th class=\"n\">included</th><th>dropped</th><th class=\"n\">accuracy</th><th class=\"n\">loss</th><th class=\"n\">ε readers</th><th class=\"n\">ε coordinator</th><th class=\"n\">sent</th><th class=\"n\">received</th></tr>");
        foreach (RoundReport round in run.Rounds)
        {
            string dropped = string.Join(", ", round.Dropped.Select(d => $"{Encode(d.Participant)} ({d.Phase.Name()})"));
            if (round.Aborted is { } aborted) dropped = $"<span class=\"w\">aborted: {Encode(aborted.Detail)}</span> {dropped}";
            rows.Append(Text($"<tr><td class=\"n\">{(round.Round > 0 ? round.Round.ToString(CultureInfo.InvariantCulture) : "moments")}</td><td class=\"n\">{round.Included.Length}</td><td>{dropped}</td>"));
            rows.Append(round.Metrics is { } m ? Text($"<td class=\"n\">{m.Accuracy * 100:F1} %</td><td class=\"n\">{m.MeanLoss:F3}</td>") : "<td></td><td></td>");
            rows.Append(Text($"<td class=\"n\">{round.Privacy?.Spent.Readers:F3}</td><td class=\"n\">{round.Privacy?.Spent.Coordinator:F3}</td>"));
            rows.Append(Text($"<td class=\"n\">{JobSummary.Size(round.Cost.MeanUp)}</td><td class=\"n\">{JobSummary.Size(round.Cost.MeanDown)}</td></tr>"));
        }

        return rows.Append("</table></div>").ToString();
    }

    internal static string Encode(string text) => WebUtility.HtmlEncode(text);

    internal static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
