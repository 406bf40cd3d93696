using System.Collections.Immutable;

namespace Tacit.Learning.Jobs;

/// <summary>A plan as it was written, whatever the format: scalars, mappings and sequences, each with its line.</summary>
public abstract record PlanNode
{
    private protected PlanNode(int line) => Line = line;

    /// <summary>From 1; 0 for values that come from the command line.</summary>
    public int Line { get; init; }

    /// <summary>Where it is, for messages.</summary>
    public string Place => Line > 0 ? $"line {Line}" : "--set";
}

/// <summary>A single value.</summary>
/// <param name="Text">As written.</param>
/// <param name="Line">From 1.</param>
public sealed record PlanScalar(string Text, int Line) : PlanNode(Line);

/// <summary>Keys with values; no key twice.</summary>
/// <param name="Entries">By key.</param>
/// <param name="Line">From 1.</param>
public sealed record PlanMapping(ImmutableDictionary<string, PlanNode> Entries, int Line) : PlanNode(Line)
{
    /// <summary>A copy in which one value, named by its path such as <c>training.epochs</c>, is replaced or added.</summary>
    /// <param name="path">Keys from the top.</param>
    /// <param name="value">The new value.</param>
    public PlanMapping With(ReadOnlySpan<string> path, PlanNode value)
    {
        if (path.Length == 1) return this with { Entries = Entries.SetItem(path[0], value) };
        PlanMapping inner = Entries.TryGetValue(path[0], out PlanNode? node) && node is PlanMapping mapping ? mapping : new PlanMapping(ImmutableDictionary<string, PlanNode>.Empty, 0);
        return this with { Entries = Entries.SetItem(path[0], inner.With(path[1..], value)) };
    }
}

/// <summary>A list of values.</summary>
/// <param name="Items">In order.</param>
/// <param name="Line">From 1.</param>
public sealed record PlanSequence(ImmutableArray<PlanNode> Items, int Line) : PlanNode(Line);
