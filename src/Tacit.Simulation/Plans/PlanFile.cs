using System.Collections.Immutable;
using System.IO;
using System.Text;
using System.Text.Json;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Files;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tacit.Simulation.Plans;

/// <summary>Reads YAML into plan nodes with line numbers. Aliases, anchors and tags are refused, so a small file stays small.</summary>
public static class PlanFile
{
    /// <summary>The largest plan, in bytes.</summary>
    public const int LimitBytes = 1 << 20;

    private const int DepthLimit = 32;

    /// <summary>Reads a plan's file.</summary>
    /// <param name="path">A YAML file of at most 1 MiB.</param>
    /// <exception cref="FailureException">CONFIG_NOT_FOUND, NOT_A_FILE, CONFIG_TOO_LARGE, CONFIG_SYNTAX, CONFIG_TOO_COMPLEX or MISSING_FIELD.</exception>
    public static PlanMapping Read(string path) =>
        Parse(Path.GetFileName(path), Encoding.UTF8.GetString(DataFiles.ReadPlain(path, LimitBytes, FailureCodes.ConfigNotFound, FailureCodes.ConfigTooLarge)));

    /// <summary>Reads a plan's text.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="text">YAML.</param>
    /// <exception cref="FailureException">CONFIG_SYNTAX, CONFIG_TOO_COMPLEX or MISSING_FIELD.</exception>
    public static PlanMapping Parse(string name, string text)
    {
        try
        {
            Parser parser = new(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _)) return Empty;
            PlanNode root = Read(name, parser, 0);
            parser.Consume<DocumentEnd>();
            if (!parser.TryConsume<StreamEnd>(out _)) throw new FailureException(FailureCodes.ConfigSyntax, $"{name}: a plan is one document; remove what follows the first");
            return root switch
            {
                PlanMapping mapping => mapping,
                PlanScalar { Text: "" } => Empty,
                _ => throw new FailureException(FailureCodes.ConfigSyntax, $"{name}, {root.Place}: a plan is a mapping of keys, such as task: training"),
            };
        }
        catch (YamlException problem)
        {
            throw new FailureException(FailureCodes.ConfigSyntax, $"{name}, line {problem.Start.Line}, column {problem.Start.Column}: {OneLine(problem.Message)}; the file must be YAML", problem);
        }
    }

    /// <summary>Replaces values as <c>--set path.to.key=value</c> says.</summary>
    /// <param name="root">The plan.</param>
    /// <param name="settings">Such as <c>training.epochs=2</c>; the value is YAML.</param>
    /// <exception cref="FailureException">A setting has no equals sign or no key.</exception>
    public static PlanMapping Apply(PlanMapping root, IEnumerable<string> settings)
    {
        foreach (string setting in settings)
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            string[] path = equals > 0 ? setting[..equals].Split('.') : [];
            if (path.Length == 0 || path.Any(string.IsNullOrWhiteSpace)) throw new FailureException(FailureCodes.MissingValue, $"--set is \"{setting}\"; write key=value, such as training.epochs=2");
            PlanMapping value = Parse("--set", $"value: {setting[(equals + 1)..]}");
            root = root.With(path, AtCommandLine(value.Entries["value"]));
        }

        return root;
    }

    /// <summary>Writes a plan as YAML that <see cref="Parse"/> reads back; comments are not kept, keys are sorted.</summary>
    /// <param name="root">The plan.</param>
    public static string Write(PlanMapping root)
    {
        ArgumentNullException.ThrowIfNull(root);
        StringBuilder text = new();
        Write(text, root);
        return text.Append('\n').ToString();
    }

    // One line of flow style: quoted texts are the same in YAML and in JSON.
    private static void Write(StringBuilder text, PlanNode node)
    {
        switch (node)
        {
            case PlanScalar scalar:
                text.Append(JsonSerializer.Serialize(scalar.Text));
                break;
            case PlanSequence sequence:
                text.Append('[');
                for (int i = 0; i < sequence.Items.Length; i++)
                {
                    if (i > 0) text.Append(", ");
                    Write(text, sequence.Items[i]);
                }

                text.Append(']');
                break;
            case PlanMapping mapping:
                text.Append('{');
                foreach ((string key, PlanNode value) in mapping.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    if (text[^1] != '{') text.Append(", ");
                    text.Append(JsonSerializer.Serialize(key)).Append(": ");
                    Write(text, value);
                }

                text.Append('}');
                break;
        }
    }

    private static PlanMapping Empty => new(ImmutableDictionary<string, PlanNode>.Empty, 1);

    private static PlanNode AtCommandLine(PlanNode node) => node switch
    {
        PlanSequence sequence => sequence with { Items = [.. sequence.Items.Select(AtCommandLine)], Line = 0 },
        PlanMapping mapping => mapping with { Entries = mapping.Entries.ToImmutableDictionary(e => e.Key, e => AtCommandLine(e.Value)), Line = 0 },
        _ => node with { Line = 0 },
    };

    private static PlanNode Read(string name, Parser parser, int depth)
    {
        if (depth > DepthLimit) throw new FailureException(FailureCodes.ConfigTooComplex, $"{name}, line {parser.Current?.Start.Line}: nested more than {DepthLimit} deep");
        switch (parser.Consume<ParsingEvent>())
        {
            case AnchorAlias alias:
                throw new FailureException(FailureCodes.ConfigTooComplex, $"{name}, line {alias.Start.Line}: aliases (*{alias.Value}) are not read, limit 0; write the value out");
            case NodeEvent { Anchor.IsEmpty: false } anchored:
                throw new FailureException(FailureCodes.ConfigTooComplex, $"{name}, line {anchored.Start.Line}: anchors (&{anchored.Anchor}) are not read, limit 0; write the value out");
            case NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } } tagged:
                throw new FailureException(FailureCodes.ConfigTooComplex, $"{name}, line {tagged.Start.Line}: tags ({tagged.Tag}) are not read, limit 0; remove it");
            case Scalar scalar:
                return new PlanScalar(scalar.Style == ScalarStyle.Plain && scalar.Value is "~" or "null" ? "" : scalar.Value, (int)scalar.Start.Line);
            case SequenceStart start:
                return new PlanSequence(ReadItems(name, parser, depth), (int)start.Start.Line);
            case MappingStart start:
                return new PlanMapping(ReadEntries(name, parser, depth), (int)start.Start.Line);
            case var other:
                throw new FailureException(FailureCodes.ConfigSyntax, $"{name}, line {other.Start.Line}: a value was expected");
        }
    }

    private static ImmutableArray<PlanNode> ReadItems(string name, Parser parser, int depth)
    {
        var items = ImmutableArray.CreateBuilder<PlanNode>();
        while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Read(name, parser, depth + 1));
        return items.DrainToImmutable();
    }

    private static ImmutableDictionary<string, PlanNode> ReadEntries(string name, Parser parser, int depth)
    {
        var entries = ImmutableDictionary.CreateBuilder<string, PlanNode>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            PlanNode key = Read(name, parser, depth + 1);
            if (key is not PlanScalar { Text: var text }) throw new FailureException(FailureCodes.ConfigSyntax, $"{name}, {key.Place}: a key must be a single word");
            if (!entries.TryAdd(text, Read(name, parser, depth + 1))) throw new FailureException(FailureCodes.ConfigSyntax, $"{name}, {key.Place}: the key {text} appears twice");
        }

        return entries.ToImmutable();
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
