using System.Text;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Data;

/// <summary>Reads the plain tables of numbers of the original UCI files: white space between, one row per line, no header.</summary>
internal static class NumberText
{
    /// <summary>All rows one after the other.</summary>
    /// <exception cref="FailureException">CSV_FIELD_COUNT, NOT_A_NUMBER or VALUE_NOT_FINITE, naming the line.</exception>
    public static float[] Read(ReadOnlySpan<byte> content, int columns, string fileName)
    {
        List<float> values = new(Math.Max(16, content.Length / 16));
        for (int line = 1; !content.IsEmpty; line++)
        {
            int end = content.IndexOf((byte)'\n');
            int before = values.Count;
            ReadLine(end < 0 ? content : content[..end], line, values, fileName);
            int count = values.Count - before;
            content = end < 0 ? default : content[(end + 1)..];
            if (count != columns && !(count == 0 && content.IsEmpty))
            {
                throw new FailureException(FailureCodes.CsvFieldCount,
                    $"{fileName}: line {line} has {count} numbers; {columns} are expected; fetch the file again.");
            }
        }
        return [.. values];
    }

    /// <summary>One integer per line.</summary>
    public static int[] ReadIntegers(ReadOnlySpan<byte> content, string fileName)
    {
        float[] values = Read(content, columns: 1, fileName);
        int bad = Array.FindIndex(values, value => value != MathF.Truncate(value) || MathF.Abs(value) > 1e6f);
        return bad < 0 ? [.. values.Select(value => (int)value)] : throw new FailureException(FailureCodes.NotANumber,
            FormattableString.Invariant($"{fileName}: line {bad + 1} is {values[bad]}; an integer up to 1000000 is expected; fetch the file again."));
    }

    private static void ReadLine(ReadOnlySpan<byte> line, int number, List<float> values, string fileName)
    {
        while (true)
        {
            line = line.TrimStart(" \t\r"u8);
            if (line.IsEmpty) return;
            int length = line.IndexOfAny(" \t\r"u8);
            ReadOnlySpan<byte> field = length < 0 ? line : line[..length];
            if (!CsvTable.TryNumber(field, out float value) || !float.IsFinite(value))
            {
                throw new FailureException(float.IsFinite(value) ? FailureCodes.NotANumber : FailureCodes.ValueNotFinite,
                    $"{fileName}: line {number} has '{CsvTable.Shown(Encoding.UTF8.GetString(field))}'; "
                    + "a finite number is expected; fetch the file again.");
            }
            values.Add(value);
            line = line[field.Length..];
        }
    }
}
