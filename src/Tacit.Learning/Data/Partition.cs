using System.Collections.Immutable;

namespace Tacit.Learning.Data;

/// <summary>Which rows of a data set each participant holds. Every row belongs to exactly one participant, and nobody is empty.</summary>
/// <param name="Rows">Per participant, row indices. Do not change.</param>
/// <param name="Names">Per participant: the natural id or name, otherwise its number from 1.</param>
public sealed record Partition(ImmutableArray<int[]> Rows, ImmutableArray<string> Names)
{
    /// <summary>Copies each participant's rows.</summary>
    /// <param name="data">The data set the partition was made for.</param>
    public ImmutableArray<Dataset> Split(Dataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return [.. Rows.Select(rows => data.Subset(rows))];
    }
}
