using System.Collections.Immutable;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Data;

/// <summary>Records without a target: what is clustered.</summary>
/// <param name="Features">Names of the columns.</param>
/// <param name="Records">n × d, row-major, finite.</param>
public sealed record FeatureTable(ImmutableArray<string> Features, float[] Records)
{
    private static readonly string[] neverFeatures = ["label", "class"];

    /// <summary>d.</summary>
    public int Dimension => Features.Length;

    /// <summary>n.</summary>
    public int Count => Records.Length / Dimension;

    /// <summary>True classes, numbered from 0; empty where nobody asked for them.</summary>
    public ImmutableArray<int> Labels { get; init; } = [];

    /// <summary>Whose each record is, numbered from 0; empty where nobody says.</summary>
    public ImmutableArray<int> Owners { get; init; } = [];

    /// <summary>Takes every column that is not named; columns called label or class are never features.</summary>
    /// <param name="table">At least one row.</param>
    /// <param name="labels">The column of true classes, or null.</param>
    /// <param name="owners">The column that says whose a record is, or null.</param>
    /// <param name="ignore">Further columns that are no features.</param>
    /// <exception cref="FailureException">MISSING_FIELD: no such column, or a record that is nobody's. EMPTY_DATA: no row or no feature. NOT_A_NUMBER, VALUE_NOT_FINITE.</exception>
    public static FeatureTable From(CsvTable table, string? labels, string? owners, IReadOnlyCollection<string> ignore)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(ignore);
        HashSet<int> taken = [.. ignore.Select(table.IndexOf)];
        if (labels is not null) taken.Add(table.IndexOf(labels));
        if (owners is not null) taken.Add(table.IndexOf(owners));
        int[] columns = [.. Enumerable.Range(0, table.Columns.Length).Where(column => !taken.Contains(column) && !neverFeatures.Contains(table.Columns[column], StringComparer.OrdinalIgnoreCase))];
        if (columns.Length == 0) throw new FailureException(FailureCodes.EmptyData, $"{table.FileName}: no column is left as a feature; ignore fewer of {string.Join(", ", table.Columns)}");
        if (table.Rows == 0) throw new FailureException(FailureCodes.EmptyData, $"{table.FileName}: has a header and no rows; give at least one.");
        float[] records = new float[table.Rows * columns.Length];
        for (int row = 0; row < table.Rows; row++)
        {
            for (int a = 0; a < columns.Length; a++) records[(row * columns.Length) + a] = table.Number(row, columns[a]);
        }

        return new FeatureTable([.. columns.Select(column => table.Columns[column])], records)
        {
            Labels = labels is null ? [] : Numbered(table, table.IndexOf(labels), table.Text),
            Owners = owners is null ? [] : Numbered(table, table.IndexOf(owners), table.Owner),
        };
    }

    // In the order in which the texts first appear.
    private static ImmutableArray<int> Numbered(CsvTable table, int column, Func<int, int, string> textOf)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        var labels = ImmutableArray.CreateBuilder<int>(table.Rows);
        for (int row = 0; row < table.Rows; row++)
        {
            string text = textOf(row, column).Trim();
            if (!numbers.TryGetValue(text, out int number)) numbers.Add(text, number = numbers.Count);
            labels.Add(number);
        }

        return labels.DrainToImmutable();
    }
}
