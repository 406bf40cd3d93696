using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Rings;

namespace Tacit.Simulation.Files;

/// <summary>Rows of integers, one participant each, as vectors of residues.</summary>
public static class IntegerTable
{
    private static readonly string[] missing = ["nan", "inf", "-inf", "infinity", "-infinity", "null", "none", "na", "n/a", "-", "?", "."];

    /// <summary>Reads a CSV file; a first row of words, without a digit, is a header and is skipped.</summary>
    /// <param name="path">May end in <c>.gz</c>.</param>
    /// <param name="ring">ℤ/2ᵇ: every integer must be in [0, 2ᵇ).</param>
    /// <returns>One vector for each row, all of one length.</returns>
    /// <exception cref="FailureException">FILE_NOT_FOUND, CSV_FIELD_COUNT, NOT_A_NUMBER, ELEMENT_OUT_OF_RANGE or EMPTY_DATA, with line and column.</exception>
    public static ModularVector[] Read(string path, ResidueRing ring)
    {
        string file = System.IO.Path.GetFileName(path);
        byte[] bytes = DataFiles.Read(path);
        ReadOnlySpan<byte> rest = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(3) : bytes;
        List<ModularVector> vectors = [];
        int columns = 0;
        for (int line = 1; !rest.IsEmpty; line++)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> text = (end < 0 ? rest : rest[..end]).Trim(" \t\r"u8);
            rest = end < 0 ? default : rest[(end + 1)..];
            if (text.IsEmpty || (line == 1 && IsHeader(text))) continue;

            int fields = text.Count((byte)',') + 1;
            if (columns == 0) columns = fields;
            if (fields != columns) throw new FailureException(FailureCodes.CsvFieldCount, $"{file}, line {line}: {fields} fields; the rows before have {columns}: every participant needs as many integers");
            vectors.Add(ReadRow(file, line, text, ring, columns));
        }

        return vectors.Count > 0 ? [.. vectors] : throw new FailureException(FailureCodes.EmptyData, $"{file}: there is no row of integers in it; each row is one participant");
    }

    // An empty field, or what stands for a missing number, is a participant's row gone wrong: left out, everybody behind it would get another number.
    private static bool IsHeader(ReadOnlySpan<byte> text) =>
        !text.ContainsAnyInRange((byte)'0', (byte)'9')
        && Encoding.UTF8.GetString(text).Split(',').All(field => field.Trim(' ', '\t', '"') is { Length: > 0 } word && !missing.Contains(word, StringComparer.OrdinalIgnoreCase));

    private static ModularVector ReadRow(string file, int line, ReadOnlySpan<byte> text, ResidueRing ring, int columns)
    {
        ModularVector vector = new(ring, columns);
        for (int column = 0; column < columns; column++)
        {
            int comma = text.IndexOf((byte)',');
            ReadOnlySpan<byte> field = (comma < 0 ? text : text[..comma]).Trim(" \t"u8);
            text = comma < 0 ? default : text[(comma + 1)..];
            if (Utf8Parser.TryParse(field, out ulong value, out int used) && used == field.Length && value <= ring.Mask)
            {
                vector[column] = value;
                continue;
            }

            string shown = Encoding.UTF8.GetString(field[..Math.Min(field.Length, 40)]);
            throw !shown.StartsWith('+') && BigInteger.TryParse(shown, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                ? new FailureException(FailureCodes.ElementOutOfRange, $"{file}, line {line}, column {column + 1}: {shown} is not in [0, {ring.Mask}], the residues modulo 2^{ring.Bits}: use more bits or smaller values")
                : new FailureException(FailureCodes.NotANumber, $"{file}, line {line}, column {column + 1}: \"{shown}\" is not an integer; integers are written in digits, without separators");
        }

        return vector;
    }
}
