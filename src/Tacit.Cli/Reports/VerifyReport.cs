using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Receipts;
using Tacit.Cli.Output;

namespace Tacit.Cli.Reports;

/// <summary>What <c>tacit verify</c> found.</summary>
/// <param name="Place">As given.</param>
/// <param name="IsChain">Whether a folder was verified.</param>
/// <param name="Receipts">Those that could be read.</param>
/// <param name="Found">The checks.</param>
/// <param name="IsPinned">Whether a key was given.</param>
internal sealed record VerifyOutcome(string Place, bool IsChain, ImmutableArray<RoundReceipt> Receipts, ReceiptFindings Found, bool IsPinned)
{
    /// <summary>The first thing that is wrong, and how many there are.</summary>
    public string Message
    {
        get
        {
            ReceiptFinding first = Found.Wrong.First();
            int more = Found.Wrong.Count() - 1;
            return $"{(IsChain ? $"receipt {first.Index}: " : "")}{first.Field}: {first.Detail}{(more > 0 ? $"; {more} more findings" : "")}";
        }
    }
}

/// <summary>A table for people and an object for programs.</summary>
internal static class VerifyReport
{
    public static JsonObject ToJson(VerifyOutcome outcome) => new()
    {
        ["path"] = outcome.Place,
        ["accepted"] = outcome.Found.IsAccepted,
        ["code"] = outcome.Found.IsAccepted ? null : FailureCodes.ReceiptInvalid.Name,
        ["message"] = outcome.Found.IsAccepted ? null : outcome.Message,
        ["key_pinned"] = outcome.IsPinned,
        ["receipts"] = Json.Array(outcome.Receipts, receipt => new JsonObject
        {
            ["index"] = receipt.Index,
            ["participant"] = receipt.Participant,
            ["job"] = receipt.Job,
            ["round"] = receipt.Round,
            ["setting"] = receipt.Setting,
            ["protocol"] = receipt.Protocol,
            ["included"] = receipt.Included,
            ["included_count"] = receipt.IncludedCount,
            ["unit"] = receipt.Unit,
            ["delta"] = receipt.Delta,
            ["readers_epsilon"] = receipt.Readers.Epsilon,
            ["coordinator_epsilon"] = receipt.Coordinator.Epsilon,
            ["hash"] = ReceiptHashes.Root(receipt),
        }),
        ["findings"] = Json.Array(outcome.Found.Findings.Where(finding => finding.Detail.Length > 0), finding => new JsonObject
        {
            ["receipt"] = finding.Index,
            ["field"] = finding.Field,
            ["verdict"] = finding.Verdict.ToString().ToLowerInvariant(),
            ["detail"] = finding.Detail,
        }),
    };

    public static void Print(VerifyOutcome outcome)
    {
        IAnsiConsole console = Consoles.Output();
        if (outcome.IsChain) console.Write(Rounds(outcome));
        console.Write(Findings(outcome));
        if (!outcome.IsPinned) console.MarkupLine("[yellow]⚠[/] no key is pinned: anybody could have signed; give --key with the coordinator's key from another channel");
        if (outcome.Receipts.Any(receipt => receipt.Setting == "simulation")) console.MarkupLine("[yellow]⚠[/] simulated: the key and the noise follow from a seed and protect nobody");
        if (!outcome.Found.IsAccepted) return;
        RoundReceipt last = outcome.Receipts[^1];
        string which = outcome.Receipts.Length == 1 ? "the receipt holds" : $"all {outcome.Receipts.Length} receipts hold";
        string text = $"{last.Participant}, round {last.Round}: {which}; epsilon so far {Epsilon(last.Readers)} against readers, {Epsilon(last.Coordinator)} against the coordinator, for one {last.Unit} at delta {last.Delta.ToString("g3", CultureInfo.InvariantCulture)}";
        console.MarkupLineInterpolated($"[green]✓[/] {text}");
    }

    private static Table Rounds(VerifyOutcome outcome)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("receipt", "round", "included", "of", "epsilon, readers", "epsilon, coordinator", "");
        HashSet<long> wrong = [.. outcome.Found.Wrong.Select(finding => finding.Index)];
        foreach ((int i, RoundReceipt receipt) in outcome.Receipts.Index())
        {
            table.AddRow(Text(receipt.Index), Text(receipt.Round), receipt.Included ? "yes" : receipt.Seat == 0 ? "not drawn" : "no", $"{receipt.IncludedCount}/{receipt.CohortSize}", Epsilon(receipt.Readers), Epsilon(receipt.Coordinator), wrong.Contains(i + 1) ? "[red]✗[/]" : "[green]✓[/]");
        }

        return table;
    }

    // Of a chain only what is wrong or could not be checked, each once.
    private static Table Findings(VerifyOutcome outcome)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("", "field", "finding");
        IEnumerable<ReceiptFinding> shown = outcome.Found.Findings.Where(finding => finding.Detail.Length > 0);
        if (outcome.IsChain) shown = shown.DistinctBy(finding => (finding.Field, finding.Verdict, finding.Detail));
        foreach (ReceiptFinding finding in shown)
        {
            string mark = finding.Verdict switch { ReceiptVerdict.Holds => "[green]✓[/]", ReceiptVerdict.Wrong => "[red]✗[/]", _ => "[yellow]–[/]" };
            table.AddRow(mark, Markup.Escape(finding.Field), Markup.Escape($"{(outcome.IsChain && finding.Verdict == ReceiptVerdict.Wrong ? $"receipt {finding.Index}: " : "")}{finding.Detail}"));
        }

        return table;
    }

    private static string Epsilon(ReceiptCost cost) => cost.Epsilon is { } epsilon ? Figures.Of(epsilon) : "no bound";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
