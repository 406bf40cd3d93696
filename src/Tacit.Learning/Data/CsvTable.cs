using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Data;

/// <summary>A comma-separated table with a header row, in UTF-8; fields are decoded when they are asked for.</summary>
/// <remarks>
/// RFC 4180: fields in double quotes may hold commas, line ends and doubled quotes. Numbers have a point and no thousands separators
/// whatever the machine's language, so "1,5" is refused and never 15. Instances are immutable and thread-safe.
/// </remarks>
public sealed class CsvTable
{
    private readonly ReadOnlyMemory<byte> content;
    private readonly CsvFields fields;

    private CsvTable(ReadOnlyMemory<byte> content, CsvFields fields, string fileName)
    {
        (this.content, this.fields, FileName) = (content, fields, fileName);
        Columns = [.. Enumerable.Range(0, fields.Columns).Select(column => Decode(fields.Span(content.Span, -1, column)).Trim())];
    }

    /// <summary>The name for messages.</summary>
    public string FileName { get; }

    /// <summary>Column names of the header, unique, white space trimmed.</summary>
    public ImmutableArray<string> Columns { get; }

    /// <summary>Number of rows below the header.</summary>
    public int Rows => fields.Rows;

    /// <summary>Reads a table.</summary>
    /// <param name="content">The whole file; kept, so it must not change.</param>
    /// <param name="fileName">For messages.</param>
    /// <exception cref="FailureException">
    /// EMPTY_DATA: no header. CSV_FIELD_COUNT: a row is longer or shorter than the header. MALFORMED_FILE: bad quotes, not UTF-8, or a
    /// column twice.
    /// </exception>
    public static CsvTable Parse(ReadOnlyMemory<byte> content, string fileName)
    {
        if (content.Span.StartsWith(Encoding.UTF8.Preamble)) content = content[Encoding.UTF8.Preamble.Length..];
        if (!Utf8.IsValid(content.Span))
        {
            throw new FailureException(FailureCodes.MalformedFile,
                $"{fileName}: is not UTF-8; save the table as UTF-8.");
        }

        CsvTable table = new(content, CsvFields.Find(content.Span, fileName), fileName);
        IGrouping<string, string>? twice = table.Columns.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new FailureException(FailureCodes.MalformedFile,
                $"{fileName}: column '{twice.Key}' occurs {twice.Count()} times; names must be unique; rename one.");
        }
        return table;
    }

    /// <summary>The position of a column.</summary>
    /// <param name="column">Case matters.</param>
    /// <exception cref="FailureException">MISSING_FIELD: there is no such column.</exception>
    public int IndexOf(string column)
    {
        int index = Columns.IndexOf(column);
        return index >= 0 ? index : throw new FailureException(FailureCodes.MissingField,
            $"{FileName}: column '{column}' is not there; the columns are {string.Join(", ", Columns.Take(20))}"
            + $"{(Columns.Length > 20 ? ", …" : "")}; name one of them.");
    }

    /// <summary>The line of the file a row starts at, counted from 1.</summary>
    /// <param name="row">In [0, <see cref="Rows"/>).</param>
    public int LineOf(int row) => fields.Line(row);

    /// <summary>One field as text, quotes removed.</summary>
    /// <param name="row">In [0, <see cref="Rows"/>).</param>
    /// <param name="column">In [0, Columns.Length).</param>
    public string Text(int row, int column) => Decode(fields.Span(content.Span, row, column));

    /// <summary>One field as a finite number; white space around it is ignored.</summary>
    /// <param name="row">In [0, <see cref="Rows"/>).</param>
    /// <param name="column">In [0, Columns.Length).</param>
    /// <exception cref="FailureException">NOT_A_NUMBER or VALUE_NOT_FINITE, naming line and column.</exception>
    public float Number(int row, int column)
    {
        ReadOnlySpan<byte> field = fields.Span(content.Span, row, column);
        if (field is [(byte)'"', .. ReadOnlySpan<byte> inner, (byte)'"']) field = inner;
        bool isNumber = TryNumber(field, out float number);
        if (isNumber && float.IsFinite(number)) return number;

        string text = Encoding.UTF8.GetString(field).Trim();
        bool named = text.TrimStart('+', '-').ToUpperInvariant() is "NAN" or "INF" or "INFINITY";
        throw isNumber || named
            ? new FailureException(FailureCodes.ValueNotFinite, named
                ? $"{Place(row, column)} is '{text}'; numbers must be finite; remove or fill the row."
                : $"{Place(row, column)} is '{text}'; numbers are read in single precision, up to 3.4e38; scale the column or remove the row.")
            : new FailureException(FailureCodes.NotANumber,
                $"{Place(row, column)} is '{Shown(text)}'; a number such as 1.5 is expected; correct it or ignore the column.");
    }

    /// <summary>Whose a row is, as text: never empty.</summary>
    /// <param name="row">In [0, <see cref="Rows"/>).</param>
    /// <param name="column">In [0, Columns.Length).</param>
    /// <exception cref="FailureException">MISSING_FIELD, naming line and column: nobody's rows are no participant.</exception>
    internal string Owner(int row, int column) => Text(row, column).Trim() is { Length: > 0 } owner
        ? owner
        : throw new FailureException(FailureCodes.MissingField, $"{Place(row, column)} is empty; it must say whose the row is; fill it or remove the row.");

    /// <summary>Reads a number; what follows a NUL is not ignored.</summary>
    internal static bool TryNumber(ReadOnlySpan<byte> field, out float number)
    {
        number = 0;
        return !field.Contains((byte)0) && float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Where a field is, for messages.</summary>
    internal string Place(int row, int column) => $"{FileName}: line {LineOf(row)}, column '{Columns[column]}'";

    /// <summary>Text of a file, fit for a one-line message.</summary>
    internal static string Shown(string text) => Models.Safetensors.Shown(text);

    private static string Decode(ReadOnlySpan<byte> field) => field is [(byte)'"', .. ReadOnlySpan<byte> inner, (byte)'"']
        ? Encoding.UTF8.GetString(inner).Replace("\"\"", "\"", StringComparison.Ordinal)
        : Encoding.UTF8.GetString(field);
}
