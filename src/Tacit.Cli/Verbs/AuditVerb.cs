using System.Collections.Immutable;
using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Output;
using Tacit.Cli.Reports;
using Tacit.Simulation.Audits;
using Tacit.Simulation.Jobs;
using Tacit.Simulation.Parallelism;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit audit PLAN.yaml</c>: an empirical lower bound on ε beside the claimed one.</summary>
internal static class AuditVerb
{
    private const string Scope = "encoding, sampling and noise are the product's; masks cancel exactly and are left out, and nothing is trained";

    private static readonly Argument<string> file = new("PLAN") { Description = "A plan in YAML with a privacy.mechanism; docs/plans.md describes every key." };
    private static readonly Option<string?> data = Arguments.Text("--data", "File or folder (or .zip) with the examples: model size and cohort follow from it.", "PATH");
    private static readonly Option<string[]> settings = Arguments.Texts("--set", "Replaces a value of the plan. Repeatable.", "KEY=VALUE");
    private static readonly Option<string?> trials = Arguments.Text("--trials", "Jobs simulated with, and as many without the canary. More find smaller faults.", "N");
    private static readonly Option<string?> seed = Arguments.Text("--seed", "Everything random follows from it; the plan's seed if not given.", "N");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("audit", "Tries to recognise canaries in a plan's noise: an empirical lower bound beside the claimed epsilon.") { file, data, settings, trials, seed, json };
        command.SetAction(Run);
        return command.WithExamples(
            "tacit audit plans/har-ddg.yaml --data ../shared/data/har",
            "tacit audit plans/har-ddg.yaml --data ../shared/data/har --set privacy.mechanism=skellam --json",
            "tacit audit plans/har-ddg.yaml --data ../shared/data/har --set privacy.epsilon=2 --trials 2000 --seed 7");
    }

    private static Task<int> Run(ParseResult parsed, CancellationToken stopping)
    {
        TrainingSimulation simulation = PlanLoading.Load(parsed.GetValue(file)!, Arguments.Settings(parsed, settings), parsed.GetValue(data));
        JobAudit audit = JobAudit.Of(simulation);
        int count = Arguments.Integer(parsed, trials, CanaryAudit.FewestTrials, 10_000_000) ?? audit.DefaultTrials;
        ulong from = Arguments.Seed(parsed, seed) ?? simulation.Plan.Seed;
        ImmutableArray<AuditFinding> findings = audit.Run(count, from, new ThreadPoolLoop(), (observer, done) =>
        {
            stopping.ThrowIfCancellationRequested();
            if (done % Math.Max(1, count / 10) == 0) Console.Error.WriteLine($"audit: {observer}: {done} of {count} trials");
        });
        if (parsed.GetValue(json)) Json.Print(Report(simulation, audit, findings, count, from));
        else Print(simulation, audit, findings);
        return Task.FromResult(findings.FirstOrDefault(finding => finding.IsRefuted) is { } refuted ? Failures.Report(Failure(refuted), json: false) : 0);
    }

    private static FailureException Failure(AuditFinding finding) => new(FailureCodes.AuditFailed, FormattableString.Invariant(
        $"against {finding.Observer}, at delta {finding.Sharpest.Delta:g3}, epsilon {finding.Sharpest.Claimed:g4} is claimed and {finding.Sharpest.LowerBound:g4} is the least that explains the canaries, with confidence {finding.Confidence:g4}"));

    private static JsonObject Report(TrainingSimulation simulation, JobAudit audit, ImmutableArray<AuditFinding> findings, int count, ulong from) => new()
    {
        ["plan"] = simulation.Plan.Name,
        ["mechanism"] = simulation.Plan.Privacy.Name,
        ["unit"] = PrivacyReport.Unit(simulation.Plan.Privacy),
        ["verdict"] = findings.Any(finding => finding.IsRefuted) ? "refuted" : "not refuted",
        ["code"] = findings.Any(finding => finding.IsRefuted) ? FailureCodes.AuditFailed.Name : null,
        ["confidence"] = JobAudit.Confidence,
        ["trials"] = count,
        ["seed"] = from,
        ["noised_outputs"] = audit.Rounds,
        ["scope"] = Scope,
        ["claims"] = Json.Array(findings, Claim),
    };

    private static JsonObject Claim(AuditFinding finding) => new()
    {
        ["observer"] = finding.Observer,
        ["delta"] = finding.Headline.Delta,
        ["epsilon_claimed"] = Json.Number(finding.Headline.Claimed),
        ["epsilon_lower_bound"] = Json.Number(finding.Headline.LowerBound),
        ["largest_lower_bound_possible"] = Json.Number(finding.Ceiling),
        ["refuted"] = finding.IsRefuted,
        ["separation"] = Json.Number(finding.Separation),
        ["false_positives"] = finding.Guesses.FalsePositives,
        ["false_negatives"] = finding.Guesses.FalseNegatives,
        ["counted_trials"] = finding.Guesses.Absent,
        ["false_positive_rate_at_most"] = Json.Number(finding.Errors.FalsePositive),
        ["false_negative_rate_at_most"] = Json.Number(finding.Errors.FalseNegative),
        ["confidence"] = Json.Number(finding.Confidence),
        ["curve"] = Json.Array(finding.Points, point => new JsonObject
        {
            ["delta"] = point.Delta,
            ["epsilon_claimed"] = Json.Number(point.Claimed),
            ["epsilon_lower_bound"] = Json.Number(point.LowerBound),
        }),
    };

    private static void Print(TrainingSimulation simulation, JobAudit audit, ImmutableArray<AuditFinding> findings)
    {
        IAnsiConsole console = Consoles.Output();
        Line(console, $"AUDIT {simulation.Plan.Privacy.Name}, {audit.Rounds} noised outputs a job; the unit is {PrivacyReport.Unit(simulation.Plan.Privacy)}");
        foreach (AuditFinding finding in findings)
        {
            AuditedPoint headline = finding.Headline, sharpest = finding.Sharpest;
            Line(console, $"  {finding.Observer}{(audit.Claims == 1 && simulation.Sums?.Forecast.Spending.Coordinator is not null ? " and coordinator" : "")}, delta {headline.Delta:g3}");
            Line(console, $"    claimed epsilon        {headline.Claimed:g4}");
            Line(console, $"    empirical lower bound  {headline.LowerBound:g4}  (confidence {finding.Confidence:g4}; {finding.Guesses.Absent} trials a side can show {finding.Ceiling:g4} at most)");
            if (sharpest.Delta != headline.Delta) Line(console, $"    closest on the curve   {sharpest.LowerBound:g4} of {sharpest.Claimed:g4} claimed at delta {sharpest.Delta:g3}");
            Line(console, $"    canaries               {finding.Separation:f2} standard deviations apart; {finding.Guesses.FalsePositives} of {finding.Guesses.Absent} seen that were absent, {finding.Guesses.FalseNegatives} of {finding.Guesses.Present} missed");
            Line(console, $"    verdict                {(finding.IsRefuted ? "REFUTED: the noise is less than is accounted" : "not refuted: a lower bound below the claim, which proves no claim")}");
        }

        Line(console, $"  {Scope}");
    }

    private static void Line(IAnsiConsole console, FormattableString text) =>
        console.MarkupLineInterpolated(FormattableStringFactory.Create("{0}", FormattableString.Invariant(text)));
}
