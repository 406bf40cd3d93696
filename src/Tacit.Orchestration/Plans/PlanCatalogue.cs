using System.Collections.Immutable;
using System.IO;
using System.Text.Json;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Models;

namespace Tacit.Orchestration.Plans;

/// <summary>What the participants' data look like from outside, and how many of them there have to be.</summary>
/// <param name="Channels">Channels of one example, from 1.</param>
/// <param name="Steps">Steps of one example, from 1.</param>
/// <param name="Classes">Classes, from 2.</param>
/// <param name="Participants">Participants, from 2.</param>
public sealed record FederationShape(int Channels, int Steps, int Classes, int Participants)
{
    internal InputShape Input => new(Channels, Steps);
}

/// <summary>Which plan each value of <c>privacy</c> means.</summary>
internal sealed class PlanCatalogue(string? folder)
{
    private const int LimitBytes = 1 << 20;
    private const string ShapeFile = "federation.json";

    /// <summary>Values that there is a plan for.</summary>
    public static readonly ImmutableArray<string> Runnable = ["none", "differential", "combined"];

    /// <summary>Values that the interface names and nothing does yet, and what they will need.</summary>
    public static readonly ImmutableSortedDictionary<string, string> Later = new Dictionary<string, string>
    {
        ["homomorphic"] = "sums under homomorphic encryption need keys that participants hold together, so that the orchestrator alone cannot open one contribution; that protocol is not there yet",
        ["mpc"] = "training on secret shares needs the multiplication protocol between agents, which is not there yet; secure sums by masks and shares are what none, differential and combined use",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static readonly JsonSerializerOptions strict = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
    };

    /// <summary>The plan of a value of <see cref="Runnable"/>.</summary>
    /// <returns>The file's name, where it is from, and its text.</returns>
    public (string Name, string Source, string Text) PlanOf(string privacy) => Read($"{privacy}.yaml");

    /// <summary>What plans are run with.</summary>
    /// <exception cref="FailureException">The folder's file is not what it has to be.</exception>
    public FederationShape Shape()
    {
        (string name, _, string text) = Read(ShapeFile);
        FederationShape shape;
        try
        {
            shape = JsonSerializer.Deserialize<FederationShape>(text, strict) ?? throw new JsonException("null");
        }
        catch (JsonException problem)
        {
            throw new FailureException(FailureCodes.ConfigSyntax, $"{name}: write {{\"channels\": 6, \"steps\": 64, \"classes\": 6, \"participants\": 20}} and nothing else", problem);
        }

        bool fits = shape is { Channels: >= 1 and <= 100_000, Steps: >= 1 and <= 1_000_000, Classes: >= 2 and <= 100_000, Participants: >= 2 and <= 1_000_000 };
        return fits ? shape : throw new FailureException(FailureCodes.InvalidValue, $"{name}: channels, steps and classes must be positive, classes and participants at least 2");
    }

    private (string Name, string Source, string Text) Read(string name)
    {
        if (folder is not null && Path.Combine(folder, name) is { } path && File.Exists(path))
        {
            long length = new FileInfo(path).Length;
            return length <= LimitBytes ? (name, path, File.ReadAllText(path)) : throw new FailureException(FailureCodes.ConfigTooLarge, $"{name} has {length} bytes; at most {LimitBytes} are read");
        }

        using Stream resource = typeof(PlanCatalogue).Assembly.GetManifestResourceStream($"plans.{name}") ?? throw new InvalidOperationException(name);
        using StreamReader reader = new(resource);
        return (name, "embedded", reader.ReadToEnd());
    }
}
