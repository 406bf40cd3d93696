using System.Text;
using Tacit.Privacy.Budgets;

namespace Tacit.Aggregation.Receipts;

/// <summary>A receipt as a file: JSON with one field a line, in one order, so that one receipt has one text.</summary>
/// <remarks>The reader takes that text alone and says which field is not as it should be. It never throws for what bytes contain.</remarks>
public static class ReceiptJson
{
    /// <summary>No receipt is larger.</summary>
    public const int MostBytes = 1 << 17;

    /// <summary>Writes a receipt.</summary>
    /// <param name="receipt">With leaves and signature.</param>
    /// <returns>ASCII.</returns>
    public static byte[] Write(RoundReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        string[] texts = ReceiptFields.AllTexts(receipt);
        StringBuilder text = new("{\n");
        for (int i = 0; i < texts.Length; i++) text.Append(Before(i)).Append(texts[i]).Append(After(i)).Append('\n');
        return Encoding.ASCII.GetBytes(text.Append("}\n").ToString());
    }

    /// <summary>Reads bytes of any origin.</summary>
    /// <param name="bytes">A file.</param>
    /// <param name="receipt">The receipt; its signature is not checked.</param>
    /// <param name="problem">The first field that is wrong, or null.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out RoundReceipt? receipt, out ReceiptFinding? problem)
    {
        (receipt, problem) = (null, null);
        if (bytes.Length > MostBytes) problem = Wrong(ReceiptFields.File, $"the file has {bytes.Length} bytes; at most {MostBytes} are read");
        else problem = Split(Encoding.Latin1.GetString(bytes), out string[] texts) ?? Parse(texts, out receipt);
        if (problem is not null) receipt = null;
        return receipt is not null;
    }

    private static string Before(int field) => $"  \"{ReceiptFields.All[field]}\": ";

    private static string After(int field) => field + 1 < ReceiptFields.All.Length ? "," : "";

    private static ReceiptFinding Wrong(string field, string detail) => new(0, field, ReceiptVerdict.Wrong, detail);

    private static ReceiptFinding? Split(string text, out string[] texts)
    {
        texts = new string[ReceiptFields.All.Length];
        string[] lines = text.Split('\n');
        if (lines[0] != "{") return Wrong(ReceiptFields.File, "the first line is not { alone; a receipt is read in the one form it is written in");
        for (int i = 0; i < texts.Length; i++)
        {
            string name = ReceiptFields.All[i], before = Before(i), after = After(i);
            if (i + 1 >= lines.Length) return Wrong(name, "the file ends before it");
            string line = lines[i + 1];
            if (!line.StartsWith(before, StringComparison.Ordinal)) return i + 2 == lines.Length && before.StartsWith(line, StringComparison.Ordinal) ? Wrong(name, "the file ends before it") : Misplaced(name, line, i);
            if (line.Length < before.Length + after.Length + 1 || !line.EndsWith(after, StringComparison.Ordinal)) return Wrong(name, i + 2 >= lines.Length ? "the file ends inside it" : "its line does not end as a field does");
            texts[i] = line[before.Length..^after.Length];
            if (texts[i].Contains("\": ", StringComparison.Ordinal) || (after.Length == 0 && texts[i][^1] != '"')) return Wrong(name, "its line holds more than this field");
        }

        string[] rest = lines[(texts.Length + 1)..];
        return rest is ["}", ""] ? null : Rest(rest);
    }

    private static ReceiptFinding Misplaced(string expected, string line, int place)
    {
        string[] parts = line.Split('"');
        string found = parts.Length > 2 ? parts[1] : "";
        int known = ReceiptFields.All.IndexOf(found);
        if (known >= 0 && known < place) return Wrong(found, "appears twice");
        if (known > place) return Wrong(expected, $"is missing; {found} stands in its place");
        return Wrong(expected, LedgerEntry.IsName(found) ? $"is missing; {found}, which no receipt has, stands in its place" : "its line does not begin with its name");
    }

    private static ReceiptFinding Rest(string[] rest)
    {
        string found = rest.Length > 0 && rest[0].Split('"') is { Length: > 2 } parts ? parts[1] : "";
        if (ReceiptFields.All.Contains(found)) return Wrong(found, "appears twice");
        return Wrong(ReceiptFields.File, "a receipt ends with } alone on its line, right after the signature");
    }

    private static ReceiptFinding? Parse(string[] texts, out RoundReceipt? receipt)
    {
        receipt = null;
        ReceiptFieldReader read = new(texts);
        if (read.Whole("version", RoundReceipt.CurrentVersion, RoundReceipt.CurrentVersion) is var version && read.Problem is not null) return read.Problem;
        RoundReceipt parsed = new()
        {
            Version = (int)version,
            Setting = read.OneOf("setting", "simulation", "deployment"),
            Job = read.Name("job"),
            Participant = read.Name("participant"),
            Round = read.Whole("round", 1, long.MaxValue),
            RoundId = read.Hex("round_id", Rounds.RoundId.Bytes),
            TermsHash = read.Hash("terms_hash"),
            Protocol = read.Name("protocol"),
            Mode = read.OneOf("mode", "semi-honest", "malicious"),
            PlanHash = read.Hash("plan_hash"),
            ModelHash = read.Hash("model_hash"),
            CohortSize = (int)read.Whole("cohort_size", 0, int.MaxValue),
            RosterHash = read.Hash("roster_hash"),
            Seat = (int)read.Whole("seat", 0, int.MaxValue),
            Included = read.OneOf("included", quoted: false, "true", "false") == "true",
            IncludedCount = (int)read.Whole("included_count", 0, int.MaxValue),
            IncludedHash = read.Hash("included_hash"),
            ResultHash = read.Hash("result_hash"),
            TranscriptRoot = read.Hash("transcript_root"),
            Mechanism = read.Name("mechanism"),
            Unit = read.Name("unit"),
            Delta = read.Real("delta") ?? double.NaN,
            Readers = read.Cost("readers"),
            Coordinator = read.Cost("coordinator"),
            Index = read.Whole("index", 1, long.MaxValue),
            Previous = read.Hash("previous"),
            Key = read.Hex("key", 65),
            Leaves = read.Hashes(ReceiptFields.Leaves),
            Signature = read.Hex(ReceiptFields.Signature, 64),
        };
        if (read.Problem is not null) return read.Problem;
        if (parsed.Delta is not (> 0 and < 1)) return Wrong("delta", "it must be in (0, 1)");

        // What is read is written again: a second text of the same value, such as 1.50, is not accepted.
        string[] again = ReceiptFields.AllTexts(parsed);
        int other = Enumerable.Range(0, again.Length).FirstOrDefault(i => again[i] != texts[i], -1);
        if (other >= 0) return Wrong(ReceiptFields.All[other], "is not written as receipts write it");
        receipt = parsed;
        return null;
    }
}
