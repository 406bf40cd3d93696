using System.CommandLine;
using System.Text.Json.Nodes;
using Tacit.Cli.Output;
using Tacit.Protocols.SecAggPlus;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit parameters secagg-plus</c>: the smallest graph that keeps the promise.</summary>
internal static class ParametersVerb
{
    public static Command Create()
    {
        Option<string?> participants = Arguments.Text("--participants", "n: participants of a round.", "N");
        Option<string?> corrupt = Arguments.Text("--corrupt", "Fraction of participants that may collude with the coordinator.", "F");
        Option<string?> drop = Arguments.Text("--drop", "Fraction of participants that may drop out.", "F");
        Option<string?> sigma = Arguments.Text("--sigma", "Security fails with probability at most 2^-sigma (40).", "BITS");
        Option<string?> eta = Arguments.Text("--eta", "A round within the drop-outs fails with probability at most 2^-eta (30).", "BITS");
        Option<bool> split = Arguments.Flag("--split-view", "The coordinator may show neighbours different views (malicious mode).");
        Option<bool> json = Arguments.Json();
        Command plus = new("secagg-plus", "Neighbours k and threshold t of SecAgg+ (Bell et al. 2020), from exact hypergeometric tails.") { participants, corrupt, drop, sigma, eta, split, json };
        plus.SetAction(parsed => Run(
            new GraphRequirements(
                Arguments.RequiredInteger(parsed, participants, 2, 100_000_000),
                Arguments.Number(parsed, corrupt, x => x is >= 0 and < 1, "in [0, 1)") ?? throw Missing("--corrupt"),
                Arguments.Number(parsed, drop, x => x is >= 0 and < 1, "in [0, 1)") ?? throw Missing("--drop"))
            {
                Sigma = Arguments.Number(parsed, sigma, x => x is >= 1 and <= 256, "in [1, 256]") ?? 40,
                Eta = Arguments.Number(parsed, eta, x => x is >= 1 and <= 256, "in [1, 256]") ?? 30,
                SplitView = parsed.GetValue(split),
            },
            parsed.GetValue(json)));
        plus.WithExamples("tacit parameters secagg-plus --participants 1000 --corrupt 0.05 --drop 0.05", "tacit parameters secagg-plus --participants 10000 --corrupt 0.1 --drop 0.1 --split-view --json");
        return new Command("parameters", "Finds the parameters of a protocol.") { plus };
    }

    private static UsageException Missing(string option) => new(Aggregation.Failures.FailureCodes.MissingValue, $"{option} is missing; write {option} F, such as {option} 0.05");

    private static int Run(GraphRequirements requirements, bool json)
    {
        GraphParameters found = ParameterFinder.Find(requirements);
        if (json)
        {
            Json.Print(new JsonObject
            {
                ["protocol"] = "secagg-plus",
                ["participants"] = requirements.Participants,
                ["corrupt"] = requirements.Corrupt,
                ["drop"] = requirements.Drop,
                ["sigma"] = requirements.Sigma,
                ["eta"] = requirements.Eta,
                ["split_view"] = requirements.SplitView,
                ["k"] = found.Neighbours,
                ["t"] = found.Threshold,
                ["neighbours"] = found.Neighbours,
                ["threshold"] = found.Threshold,
                ["log2_captured"] = Json.Number(found.LogCaptured, 2),
                ["log2_isolated"] = Json.Number(found.LogIsolated, 2),
                ["log2_starved"] = Json.Number(found.LogStarved, 2),
            });
            return 0;
        }

        Console.Out.WriteLine(FormattableString.Invariant($"""
            SecAgg+ for {requirements.Participants} participants, {requirements.CorruptCount} corrupt, {requirements.DropCount} dropped, {(requirements.SplitView ? "coordinator that splits views" : "coordinator that follows the protocol")}

              neighbours k  {found.Neighbours}
              threshold  t  {found.Threshold}

              some participant has t corrupt neighbours   2^{Text(found.LogCaptured)}   (must be below 2^-{requirements.Sigma + 1})
              honest survivors fall apart                 2^{Text(found.LogIsolated)}   (must be below 2^-{requirements.Sigma + 1})
              some participant is left with fewer than t  2^{Text(found.LogStarved)}   (must be below 2^-{requirements.Eta})
            """));
        return 0;
    }

    private static string Text(double log2) => double.IsNegativeInfinity(log2) ? "-inf" : log2.ToString("F1", System.Globalization.CultureInfo.InvariantCulture);
}
