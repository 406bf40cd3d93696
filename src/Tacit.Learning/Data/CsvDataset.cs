using System.Collections.Immutable;
using System.Globalization;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Models;

namespace Tacit.Learning.Data;

/// <summary>Turns a table into labelled examples: every column that is not named is a feature.</summary>
public static class CsvDataset
{
    /// <summary>Builds the data set.</summary>
    /// <param name="table">At least one row.</param>
    /// <param name="participantColumn">Whom a row comes from: integers are kept, other texts are numbered from 1 in ordinal order. Null:
    /// nobody says.</param>
    /// <param name="labelColumn">The class, as text or integer.</param>
    /// <param name="ignoreColumns">Columns that are neither.</param>
    /// <param name="classes">The classes in order; null: those that occur, sorted as integers if they all are, otherwise by their
    /// characters.</param>
    /// <returns>Shape 1 × features.</returns>
    /// <exception cref="FailureException">
    /// MISSING_FIELD: no such column, or a row that is nobody's. INVALID_LABEL: empty or outside <paramref name="classes"/>. NOT_A_NUMBER, VALUE_NOT_FINITE: a
    /// feature. EMPTY_DATA.
    /// </exception>
    public static Dataset From(
        CsvTable table,
        string? participantColumn,
        string labelColumn,
        IReadOnlyCollection<string> ignoreColumns,
        ImmutableArray<string>? classes = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(ignoreColumns);
        if (table.Rows == 0)
        {
            throw new FailureException(FailureCodes.EmptyData,
                $"{table.FileName}: has a header and no rows; give at least one.");
        }

        int labelIndex = table.IndexOf(labelColumn);
        HashSet<int> taken = [labelIndex, .. ignoreColumns.Select(table.IndexOf)];
        if (participantColumn is not null) taken.Add(table.IndexOf(participantColumn));
        int[] featureIndices = [.. Enumerable.Range(0, table.Columns.Length).Where(column => !taken.Contains(column))];
        if (featureIndices.Length == 0)
        {
            throw new FailureException(FailureCodes.MissingField,
                $"{table.FileName}: no column is left as a feature; ignore fewer columns.");
        }

        (int[] labels, ImmutableArray<string> classNames) = Labels(table, labelIndex, classes);
        (int[]? ids, ImmutableSortedDictionary<int, string> names) = Participants(table, participantColumn);
        return new Dataset(InputShape.Vector(featureIndices.Length), Features(table, featureIndices), labels, classNames)
        {
            ParticipantIds = ids,
            ParticipantNames = names,
            FeatureNames = [.. featureIndices.Select(column => table.Columns[column])],
        };
    }

    private static float[] Features(CsvTable table, int[] columns)
    {
        float[] features = new float[table.Rows * columns.Length];
        for (int row = 0, to = 0; row < table.Rows; row++)
            foreach (int column in columns) features[to++] = table.Number(row, column);
        return features;
    }

    private static (int[] Labels, ImmutableArray<string> Names) Labels(CsvTable table, int column, ImmutableArray<string>? classes)
    {
        string[] texts = [.. Enumerable.Range(0, table.Rows).Select(row => table.Text(row, column).Trim())];
        ImmutableArray<string> names = classes ?? [.. Sorted(texts.Distinct())];
        Dictionary<string, int> indices = names.Select((name, index) => (name, index))
            .ToDictionary(pair => pair.name, pair => pair.index, StringComparer.Ordinal);
        int[] labels = new int[texts.Length];
        for (int row = 0; row < labels.Length; row++)
        {
            if (texts[row].Length > 0 && indices.TryGetValue(texts[row], out labels[row])) continue;
            string allowed = classes is null ? "any text but none" : string.Join(", ", names);
            throw new FailureException(FailureCodes.InvalidLabel,
                $"{table.Place(row, column)} is '{CsvTable.Shown(texts[row])}'; allowed: {allowed}; correct the row or the plan's classes.");
        }
        return (labels, names);
    }

    private static (int[]? Ids, ImmutableSortedDictionary<int, string> Names) Participants(CsvTable table, string? columnName)
    {
        ImmutableSortedDictionary<int, string> none = ImmutableSortedDictionary<int, string>.Empty;
        if (columnName is null) return (null, none);

        int column = table.IndexOf(columnName);
        string[] texts = [.. Enumerable.Range(0, table.Rows).Select(row => table.Owner(row, column))];
        if (texts.All(text => TryInteger(text, out _)))
            return ([.. texts.Select(text => int.Parse(text, CultureInfo.InvariantCulture))], none);

        ImmutableSortedDictionary<int, string> names = Sorted(texts.Distinct()).Select((name, index) => (index, name))
            .ToImmutableSortedDictionary(pair => pair.index + 1, pair => pair.name);
        Dictionary<string, int> ids = names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
        return ([.. texts.Select(text => ids[text])], names);
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> texts)
    {
        string[] all = [.. texts];
        return all.All(text => TryInteger(text, out _))
            ? all.OrderBy(text => int.Parse(text, CultureInfo.InvariantCulture))
            : all.Order(StringComparer.Ordinal);
    }

    private static bool TryInteger(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
