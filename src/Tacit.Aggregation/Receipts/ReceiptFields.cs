using System.Collections.Immutable;
using System.Globalization;

namespace Tacit.Aggregation.Receipts;

/// <summary>The fields of a receipt in the order of the file, each with its one text.</summary>
internal static class ReceiptFields
{
    public const string File = "json";
    public const string Leaves = "leaves";
    public const string Signature = "signature";

    private static readonly (string Name, Func<RoundReceipt, string> Text)[] table =
    [
        ("version", r => Whole(r.Version)),
        ("setting", r => Quoted(r.Setting)),
        ("job", r => Quoted(r.Job)),
        ("participant", r => Quoted(r.Participant)),
        ("round", r => Whole(r.Round)),
        ("round_id", r => Quoted(r.RoundId)),
        ("terms_hash", r => Quoted(r.TermsHash)),
        ("protocol", r => Quoted(r.Protocol)),
        ("mode", r => Quoted(r.Mode)),
        ("plan_hash", r => Quoted(r.PlanHash)),
        ("model_hash", r => Quoted(r.ModelHash)),
        ("cohort_size", r => Whole(r.CohortSize)),
        ("roster_hash", r => Quoted(r.RosterHash)),
        ("seat", r => Whole(r.Seat)),
        ("included", r => r.Included ? "true" : "false"),
        ("included_count", r => Whole(r.IncludedCount)),
        ("included_hash", r => Quoted(r.IncludedHash)),
        ("result_hash", r => Quoted(r.ResultHash)),
        ("transcript_root", r => Quoted(r.TranscriptRoot)),
        ("mechanism", r => Quoted(r.Mechanism)),
        ("unit", r => Quoted(r.Unit)),
        ("delta", r => Real(r.Delta)),
        ("readers_events", r => List(r.Readers.Events)),
        ("readers_epsilon", r => Real(r.Readers.Epsilon)),
        ("readers_accountant", r => Quoted(r.Readers.Accountant)),
        ("coordinator_events", r => List(r.Coordinator.Events)),
        ("coordinator_epsilon", r => Real(r.Coordinator.Epsilon)),
        ("coordinator_accountant", r => Quoted(r.Coordinator.Accountant)),
        ("index", r => Whole(r.Index)),
        ("previous", r => Quoted(r.Previous)),
        ("key", r => Quoted(r.Key)),
    ];

    /// <summary>Everything that is signed.</summary>
    public static ImmutableArray<string> Names { get; } = [.. table.Select(field => field.Name)];

    /// <summary>Everything in a file.</summary>
    public static ImmutableArray<string> All { get; } = [.. Names, Leaves, Signature];

    /// <summary>The texts of the signed fields.</summary>
    public static string[] Texts(RoundReceipt receipt) => [.. table.Select(field => field.Text(receipt))];

    /// <summary>The texts of all fields.</summary>
    public static string[] AllTexts(RoundReceipt receipt) => [.. Texts(receipt), List(receipt.Leaves), Quoted(receipt.Signature)];

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Real(double? value) => value is { } number ? number.ToString("R", CultureInfo.InvariantCulture) : "null";

    // Every text of a receipt is a name, a code or an event: nothing in it ever needs an escape.
    private static string Quoted(string text) => $"\"{text}\"";

    private static string List(ImmutableArray<string> items) => $"[{string.Join(", ", items.Select(Quoted))}]";
}
