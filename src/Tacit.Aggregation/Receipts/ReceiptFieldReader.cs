using System.Collections.Immutable;
using System.Globalization;
using Tacit.Privacy.Budgets;

namespace Tacit.Aggregation.Receipts;

/// <summary>Reads the texts of a receipt's fields. Keeps the first problem; everything read after it is a placeholder.</summary>
internal sealed class ReceiptFieldReader(string[] texts)
{
    private const int MostEvents = 64;

    public ReceiptFinding? Problem { get; private set; }

    public long Whole(string field, long least, long most)
    {
        string text = Text(field);
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most) return value;
        Refuse(field, least == most ? $"it must be {least}" : $"it must be a whole number from {least} to {most}");
        return least;
    }

    public double? Real(string field)
    {
        string text = Text(field);
        if (text == "null") return null;
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value)) Refuse(field, "it must be a number, not negative");
        else if (!double.IsFinite(value)) Refuse(field, "it must be a finite number");
        return value;
    }

    public string OneOf(string field, params string[] allowed) => OneOf(field, quoted: true, allowed);

    public string OneOf(string field, bool quoted, params string[] allowed)
    {
        string text = quoted ? Unquoted(field, Text(field)) : Text(field);
        if (allowed.Contains(text)) return text;
        Refuse(field, $"it must be {string.Join(" or ", allowed)}");
        return allowed[0];
    }

    public string Name(string field)
    {
        string text = Unquoted(field, Text(field));
        if (!LedgerEntry.IsName(text)) Refuse(field, "it must be 1 to 100 letters, digits, dots, dashes or underscores");
        return text;
    }

    public string Hash(string field) => Hex(field, 32);

    public string Hex(string field, int bytes)
    {
        string text = Unquoted(field, Text(field));
        if (!IsHex(text, bytes)) Refuse(field, $"it must be {2 * bytes} hexadecimal digits in lower case");
        return text;
    }

    public ImmutableArray<string> Hashes(string field)
    {
        ImmutableArray<string> items = List(field, ReceiptFields.Names.Length);
        if (items.Length != ReceiptFields.Names.Length) Refuse(field, $"it must have {ReceiptFields.Names.Length} digests");
        else if (items.FirstOrDefault(item => !IsHex(item, 32)) is { } bad) Refuse(ReceiptFields.Names[items.IndexOf(bad)], "its digest is not 64 hexadecimal digits in lower case");
        return items;
    }

    public ReceiptCost Cost(string observer)
    {
        ImmutableArray<string> events = List($"{observer}_events", MostEvents);
        if (events.FirstOrDefault(text => !ReceiptAccount.TryReadEvent(text, out _)) is not null) Refuse($"{observer}_events", "it holds what is no event, or one beyond what receipts are recomputed for");
        double? epsilon = Real($"{observer}_epsilon");
        return new ReceiptCost(events, epsilon, OneOf($"{observer}_accountant", ReceiptAccount.Accountants));
    }

    private ImmutableArray<string> List(string field, int most)
    {
        string text = Text(field);
        if (text == "[]") return [];
        if (text.Length < 4 || !text.StartsWith("[\"", StringComparison.Ordinal) || !text.EndsWith("\"]", StringComparison.Ordinal))
        {
            Refuse(field, "it must be a list of texts");
            return [];
        }

        string[] items = text[2..^2].Split("\", \"");
        if (items.Length > most) Refuse(field, $"it has {items.Length} items; at most {most} are read");
        return [.. items];
    }

    private string Unquoted(string field, string text)
    {
        if (text.Length >= 2 && text[0] == '"' && text[^1] == '"') return text[1..^1];
        Refuse(field, "it must be a text in quotation marks");
        return "";
    }

    private string Text(string field) => texts[ReceiptFields.All.IndexOf(field)];

    private void Refuse(string field, string detail) => Problem ??= new ReceiptFinding(0, field, ReceiptVerdict.Wrong, detail);

    private static bool IsHex(string text, int bytes) => text.Length == 2 * bytes && text.All(char.IsAsciiHexDigitLower);
}
