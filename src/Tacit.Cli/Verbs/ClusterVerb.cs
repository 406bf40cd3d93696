using System.CommandLine;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Output;
using Tacit.Learning.Clustering.Stages;
using Tacit.Learning.Jobs;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit cluster</c>: k-means over records that stay with their owners, from one command.</summary>
internal static class ClusterVerb
{
    private static readonly string[] protocols = ["plain-sum", "secagg", "secagg-plus", "shared-mask"];

    private static readonly Option<string?> data = Arguments.Text("--data", "CSV (or .csv.gz) with a header; columns label and class are never features.", "FILE");
    private static readonly Option<string?> clusters = Arguments.Text("--k", "k: clusters.", "K");
    private static readonly Option<string?> epsilon = Arguments.Text("--epsilon", "Epsilon of the whole job for one record; none for exact sums.", "E");
    private static readonly Option<string?> delta = Arguments.Text("--delta", "Delta; 1/(n ln n) if not given.", "D");
    private static readonly Option<string?> participants = Arguments.Text("--participants", "Participants that records are dealt to (20).", "N");
    private static readonly Option<string?> owner = Arguments.Text("--owner", "Column that says whose a record is, instead of dealing them out.", "COLUMN");
    private static readonly Option<string?> protocol = Arguments.Text("--protocol", $"{string.Join(", ", protocols)} (secagg-plus).", "NAME");
    private static readonly Option<string?> method = Arguments.Text("--method", $"{string.Join(", ", ClusteringNames.Methods)} (auto: chosen from n, d, k and epsilon).", "NAME");
    private static readonly Option<string?> bounds = Arguments.Text("--bounds", "Range of the features: LOW:HIGH (one for all, or one for each separated by commas), private (epsilon pays for finding it), or file (taken as public, the default).", "RANGES");
    private static readonly Option<string?> labels = Arguments.Text("--labels", "Column of true classes: adds the adjusted Rand index.", "COLUMN");
    private static readonly Option<string[]> ignore = Arguments.Texts("--ignore", "Column that is no feature. Repeatable.", "COLUMN");
    private static readonly Option<string?> dropout = Arguments.Text("--dropout", "Probability that a participant stops answering in a round.", "F");
    private static readonly Option<string?> drop = Arguments.Text("--drop", "Fraction of participants that may drop out of a round and leave enough noise; one of twenty, and at least one, if not given.", "F");
    private static readonly Option<string?> seed = Arguments.Text("--seed", "Everything random follows from it.", "N");
    private static readonly Option<string?> output = Arguments.Text("--out", "Folder for centroids.csv, result.json and report.html.", "DIR");
    private static readonly Option<string?> receipts = Arguments.Text("--receipts", "New folder for a signed receipt of each participant and round; see tacit verify.", "DIR");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("cluster", "Clusters records that stay with their owners: private k-means under secure aggregation.")
        {
            data, clusters, epsilon, delta, participants, owner, protocol, method, bounds, labels, ignore, drop, dropout, seed, output, receipts, json,
        };
        command.SetAction(Run);
        return command.WithExamples(
            "tacit cluster --data ../shared/data/clustering/s1.csv --k 15 --epsilon 1 --out s1",
            "tacit cluster --data ../shared/data/clustering/iris.csv --k 3 --epsilon 2 --labels label --json",
            "tacit cluster --data ../shared/data/clustering/s1.csv --k 15 --epsilon 1 --bounds 0:1000000 --drop 0.2 --dropout 0.1 --receipts receipts",
            "tacit cluster --data ../shared/data/clustering/house.csv --k 3 --epsilon 1 --method fastlloyd --protocol shared-mask",
            "tacit cluster --data ../shared/data/clustering/wine.csv --k 3 --epsilon none --ignore x1");
    }

    private static Task<int> Run(ParseResult parsed, CancellationToken stopping)
    {
        string file = Arguments.Required(parsed, data);
        ClusteringJob defaults = new() { Clusters = Arguments.RequiredInteger(parsed, clusters, 1, ClusteringRequest.MostClusters) };
        ClusteringJob job = defaults with
        {
            Epsilon = Arguments.Required(parsed, epsilon) == "none" ? null : Arguments.Number(parsed, epsilon, x => x > 0, "greater than 0, or none"),
            Delta = Arguments.Number(parsed, delta, x => x is > 0 and < 1, "in (0, 1)"),
            Participants = parsed.GetValue(owner) is not null && parsed.GetValue(participants) is not null
                ? throw new UsageException(FailureCodes.InvalidValue, "--participants beside --owner: the column says who the participants are; leave one of the two out")
                : Arguments.Integer(parsed, participants, 2, 100_000) ?? defaults.Participants,
            Participant = parsed.GetValue(owner),
            Protection = defaults.Protection with { Protocol = Protocol(parsed.GetValue(protocol) ?? defaults.Protection.Protocol) },
            Method = ClusteringNames.Method(parsed.GetValue(method) ?? "auto", "--method"),
            Bounds = ClusteringNames.Bounds(parsed.GetValue(bounds) ?? "file", "--bounds"),
            Labels = parsed.GetValue(labels),
            Ignore = [.. parsed.GetValue(ignore) ?? []],
            Drop = Arguments.Number(parsed, drop, x => x is >= 0 and < 1, "in [0, 1)"),
            Dropout = Arguments.Number(parsed, dropout, x => x is >= 0 and <= 1, "in [0, 1]") ?? 0,
            Seed = Arguments.Seed(parsed, seed) ?? defaults.Seed,
        };
        return Task.FromResult(ClusterRun.Execute(job, PlanLoading.Records(job, file), parsed.GetValue(output), parsed.GetValue(receipts), parsed.GetValue(json), stopping));
    }

    private static string Protocol(string name) => protocols.Contains(name) ? name : throw new UsageException(
        FailureCodes.InvalidValue, $"--protocol is \"{name}\"; it must be one of {string.Join(", ", protocols)}{(EditDistance.Nearest(name, protocols) is { } near ? $": did you mean {near}?" : "")}");
}
