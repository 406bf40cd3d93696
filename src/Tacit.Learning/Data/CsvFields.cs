using System.Runtime.InteropServices;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Data;

/// <summary>Where each field of a CSV file begins and ends.</summary>
internal sealed class CsvFields
{
    /// <summary>Per row, header included: the start of each field, then one behind the separator of the last.</summary>
    private readonly List<int> bounds = [];
    private readonly List<int> lines = [];

    private CsvFields()
    {
    }

    /// <summary>Fields of the header.</summary>
    public int Columns { get; private set; }

    /// <summary>Rows without the header.</summary>
    public int Rows => lines.Count - 1;

    /// <summary>The line, from 1, at which a row starts.</summary>
    public int Line(int row) => lines[row + 1];

    /// <summary>The raw bytes of a field, with its quotes; row −1 is the header.</summary>
    public ReadOnlySpan<byte> Span(ReadOnlySpan<byte> content, int row, int column)
    {
        ReadOnlySpan<int> all = CollectionsMarshal.AsSpan(bounds);
        int at = (row + 1) * (Columns + 1) + column;
        ReadOnlySpan<byte> field = content[all[at]..(all[at + 1] - 1)];
        return column == Columns - 1 && field is [.. ReadOnlySpan<byte> before, (byte)'\r'] ? before : field;
    }

    /// <summary>Walks over the file once.</summary>
    public static CsvFields Find(ReadOnlySpan<byte> content, string fileName)
    {
        CsvFields found = new();
        int position = 0, line = 1;
        while (position < content.Length)
        {
            found.lines.Add(line);
            int count = found.ReadRow(content, ref position, ref line, fileName);
            if (found.lines.Count == 1) found.Columns = count;
            else if (count != found.Columns)
            {
                throw new FailureException(FailureCodes.CsvFieldCount,
                    $"{fileName}: line {found.lines[^1]} has {count} fields; the header has {found.Columns}; quote fields that contain commas.");
            }
        }
        return found.lines.Count > 0 ? found : throw new FailureException(FailureCodes.EmptyData,
            $"{fileName}: is empty; a header row is expected.");
    }

    private int ReadRow(ReadOnlySpan<byte> content, ref int position, ref int line, string fileName)
    {
        for (int count = 1; ; count++)
        {
            bounds.Add(position);
            if (position < content.Length && content[position] == '"') position = EndOfQuoted(content, position, ref line, fileName);
            int length = content[position..].IndexOfAny((byte)',', (byte)'\n', (byte)'"');
            int end = length < 0 ? content.Length : position + length;
            if (end < content.Length && content[end] == '"')
            {
                throw new FailureException(FailureCodes.MalformedFile,
                    $"{fileName}: line {line} has a quote inside a field; quote the whole field and double inner quotes.");
            }
            position = end + 1;
            if (end < content.Length && content[end] == ',') continue;

            bounds.Add(position);
            line++;
            return count;
        }
    }

    /// <summary>The position behind the closing quote, which only a separator may follow.</summary>
    private static int EndOfQuoted(ReadOnlySpan<byte> content, int start, ref int line, string fileName)
    {
        int opened = line;
        for (int i = start + 1; i < content.Length; i++)
        {
            if (content[i] == '\n') line++;
            if (content[i] != '"') continue;
            if (i + 1 < content.Length && content[i + 1] == '"')
            {
                i++;
                continue;
            }
            bool closed = i + 1 == content.Length || content[i + 1] is (byte)',' or (byte)'\n' || content[(i + 1)..].StartsWith("\r\n"u8);
            if (!closed)
            {
                throw new FailureException(FailureCodes.MalformedFile,
                    $"{fileName}: line {line} has text behind a closing quote; double inner quotes.");
            }
            return i + 1;
        }
        throw new FailureException(FailureCodes.MalformedFile, $"{fileName}: the quote opened in line {opened} is never closed; close it.");
    }
}
