using System.Collections.Immutable;
using System.Globalization;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Jobs;

/// <summary>Reads one mapping of a plan strictly: every value is checked, and keys that nobody asked for are refused.</summary>
/// <param name="file">For messages.</param>
/// <param name="path">Where the mapping is, such as <c>training</c>; empty at the top.</param>
/// <param name="mapping">The mapping, or null if it was left out.</param>
/// <param name="document">What the file is, for messages.</param>
internal sealed class PlanSection(string file, string path, PlanMapping? mapping, string document = "plan")
{
    private readonly HashSet<string> asked = [];

    public bool IsPresent => mapping is not null;

    /// <summary>Whether there is a value; an empty one is left out.</summary>
    public bool Has(string key) => mapping?.Entries.GetValueOrDefault(key) is { } node and not PlanScalar { Text: "" };

    public PlanSection Section(string key)
    {
        PlanNode? node = Find(key);
        if (node is null or PlanMapping) return new PlanSection(file, Name(key), (PlanMapping?)node, document);
        throw Wrong(FailureCodes.InvalidValue, node, $"{Name(key)} must be a mapping of keys");
    }

    public string Text(string key, string fallback) => Find(key) is { } node ? Scalar(key, node) : fallback;

    public string RequiredText(string key) => Scalar(key, Required(key));

    public string Choice(string key, string fallback, params IReadOnlyCollection<string> allowed)
    {
        string text = Text(key, fallback);
        if (allowed.Contains(text)) return text;
        string hint = EditDistance.Nearest(text, allowed) is { } near ? $": did you mean {near}?" : "";
        throw Wrong(FailureCodes.InvalidValue, Find(key)!, $"{Name(key)} is \"{text}\"; it must be one of {string.Join(", ", allowed)}{hint}");
    }

    public int Integer(string key, int fallback, int least, int most = int.MaxValue) =>
        Find(key) is { } node ? ReadInteger(key, node, least, most) : fallback;

    public int RequiredInteger(string key, int least, int most = int.MaxValue) => ReadInteger(key, Required(key), least, most);

    /// <summary>An integer, or null for <c>auto</c> or nothing.</summary>
    public int? IntegerOrAuto(string key, int least, int most = int.MaxValue) =>
        Find(key) is not { } node || Scalar(key, node) == "auto" ? null : ReadInteger(key, node, least, most);

    public double Number(string key, double fallback, Func<double, bool> holds, string allowed) => Number(key, fallback, holds, allowed, FailureCodes.InvalidValue);

    public double Number(string key, double fallback, Func<double, bool> holds, string allowed, FailureCode code)
    {
        if (Find(key) is not { } node) return fallback;
        string text = Scalar(key, node);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
        {
            string hint = text.Contains(',', StringComparison.Ordinal) ? $": write {text.Replace(',', '.')}" : "";
            throw Wrong(FailureCodes.InvalidNumber, node, $"{Name(key)} is \"{text}\"; it must be a number{hint}");
        }

        if (!double.IsFinite(value)) throw Wrong(FailureCodes.NumberNotFinite, node, $"{Name(key)} is {text}; it must be finite");
        return holds(value) ? value : throw Wrong(code, node, $"{Name(key)} is {text}; it must be {allowed}");
    }

    public bool Flag(string key, bool fallback)
    {
        if (Find(key) is not { } node) return fallback;
        string text = Scalar(key, node);
        return text switch
        {
            "true" => true,
            "false" => false,
            _ => throw Wrong(FailureCodes.InvalidValue, node, $"{Name(key)} is \"{text}\"; it must be true or false"),
        };
    }

    public ImmutableArray<string> Texts(string key)
    {
        if (Find(key) is not { } node) return [];
        if (node is PlanSequence sequence) return [.. sequence.Items.Select(item => Scalar(key, item))];
        throw Wrong(FailureCodes.InvalidValue, node, $"{Name(key)} must be a list, such as [a, b]");
    }

    public ImmutableArray<int> Integers(string key, int least) =>
        Find(key) is PlanSequence sequence ? [.. sequence.Items.Select(item => ReadInteger(key, item, least, int.MaxValue))] : [.. Texts(key).Select(_ => 0)];

    /// <summary>A list of mappings, such as <c>[{filters: 8}]</c>; empty if it was left out.</summary>
    public ImmutableArray<PlanSection> Sections(string key)
    {
        if (Find(key) is not { } node) return [];
        if (node is not PlanSequence sequence) throw Wrong(FailureCodes.InvalidValue, node, $"{Name(key)} must be a list of mappings, such as [{{filters: 8}}]");
        return
        [
            .. sequence.Items.Select((item, i) => item is PlanMapping one
                ? new PlanSection(file, $"{Name(key)}[{i}]", one, document)
                : throw Wrong(FailureCodes.InvalidValue, item, $"{Name(key)}[{i}] must be a mapping of keys")),
        ];
    }

    /// <summary>Refuses keys that were never asked for.</summary>
    public void Finish()
    {
        if (mapping is null) return;
        foreach ((string key, PlanNode node) in mapping.Entries.OrderBy(entry => entry.Value.Line))
        {
            if (asked.Contains(key)) continue;
            string hint = EditDistance.Nearest(key, asked) is { } near ? $": did you mean {near}?" : "";
            throw Wrong(FailureCodes.UnknownKey, node, $"{Name(key)} is not a key of a {document}; allowed here are {string.Join(", ", asked.Order())}{hint}");
        }
    }

    /// <summary>Refuses keys that would change nothing: whoever writes one believes that it does.</summary>
    /// <param name="why">What makes them idle, after "while".</param>
    /// <param name="idle">The keys.</param>
    public void Without(string why, params IEnumerable<string> idle)
    {
        if (idle.FirstOrDefault(Has) is { } key) throw Wrong(FailureCodes.InvalidValue, key, $"{Name(key)} is given while {why}, so it changes nothing: leave it out");
    }

    public FailureException Wrong(FailureCode code, string key, string message) => Wrong(code, mapping!.Entries[key], message);

    private FailureException Wrong(FailureCode code, PlanNode node, string message) => new(code, $"{file}, {node.Place}: {message}");

    private string Name(string key) => path.Length == 0 ? key : $"{path}.{key}";

    private PlanNode? Find(string key)
    {
        asked.Add(key);
        return Has(key) ? mapping!.Entries[key] : null;
    }

    private PlanNode Required(string key)
    {
        if (Find(key) is { } node) return node;
        if (mapping is not null && key.Length > 3 && EditDistance.Nearest(key, mapping.Entries.Keys.Where(written => !asked.Contains(written))) is { } near)
        {
            throw Wrong(FailureCodes.UnknownKey, near, $"{Name(near)} is not a key of a {document}: did you mean {Name(key)}, which is missing?");
        }

        throw new FailureException(FailureCodes.MissingField, $"{file}, line {mapping?.Line ?? 1}: {Name(key)} is missing; a {document} must say it");
    }

    private string Scalar(string key, PlanNode node) =>
        node is PlanScalar scalar ? scalar.Text : throw Wrong(FailureCodes.InvalidValue, node, $"{Name(key)} must be a single value");

    private int ReadInteger(string key, PlanNode node, int least, int most)
    {
        string text = Scalar(key, node), range = most == int.MaxValue ? $"at least {least}" : $"in [{least}, {most}]";
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value))
        {
            throw Wrong(FailureCodes.InvalidNumber, node, $"{Name(key)} is \"{text}\"; it must be a whole number {range}");
        }

        return value >= least && value <= most ? value : throw Wrong(FailureCodes.InvalidValue, node, $"{Name(key)} is {value}; it must be {range}");
    }
}
