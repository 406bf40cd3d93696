using System.Text.Json;
using Tacit.Aggregation.Failures;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Privacy.Accounting.Events;

namespace Tacit.Cli.Accounts;

/// <summary>Events from JSON: <c>{"event": "poisson-sampled", "rate": 0.01, "count": 1000, "mechanism": {"event": "gaussian", "noise_multiplier": 1.1}}</c>.</summary>
internal static class EventReader
{
    private const int DeepestNesting = 8;

    private static readonly string[] names =
    [
        "gaussian", "laplace", "discrete-gaussian", "discrete-laplace", "skellam", "randomized-response", "distributed-discrete-gaussian", "distributed-skellam",
        "zero-concentrated", "epsilon-delta", "poisson-sampled", "sampled-without-replacement", "deterministic-batches", "composed",
    ];

    /// <summary>A list of events, or an object with the list under <c>events</c> and perhaps a <c>relation</c>.</summary>
    public static (PrivacyEvent Events, NeighboringRelation? Relation) Read(JsonElement root)
    {
        NeighboringRelation? relation = null;
        if (root.ValueKind == JsonValueKind.Object)
        {
            CaseParameters file = CaseParameters.Of(root, "events");
            if (file.Has("relation")) relation = Relation(file.Text("relation")) ?? throw file.Wrong("relation", "it must be add-or-remove-one, replace-one or zero-out");
            ComposedEvent events = new([.. file.List("events").Select(item => Event(item, 0))]);
            file.Finish();
            return (events, relation);
        }

        if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() == 0) throw new FailureException(FailureCodes.InvalidValue, "events: the file must hold a list of events that is not empty, or an object with one under events");
        return (new ComposedEvent([.. root.EnumerateArray().Select((item, i) => Event(CaseParameters.Of(item, $"events[{i}]"), 0))]), relation);
    }

    public static NeighboringRelation? Relation(string name) => name switch
    {
        "add-or-remove-one" => NeighboringRelation.AddOrRemoveOne,
        "replace-one" => NeighboringRelation.ReplaceOne,
        "zero-out" => NeighboringRelation.ZeroOut,
        _ => null,
    };

    public static string Name(NeighboringRelation relation) => relation switch
    {
        NeighboringRelation.AddOrRemoveOne => "add-or-remove-one",
        NeighboringRelation.ReplaceOne => "replace-one",
        _ => "zero-out",
    };

    private static PrivacyEvent Event(CaseParameters fields, int depth)
    {
        if (depth > DeepestNesting) throw new FailureException(FailureCodes.ConfigTooComplex, $"events are nested more than {DeepestNesting} deep");
        PrivacyEvent once = Once(fields, depth);
        PrivacyEvent read = fields.Has("count") ? new SelfComposedEvent(once, fields.Count("count")) : once;
        fields.Finish();
        return read;
    }

    private static PrivacyEvent Once(CaseParameters f, int depth) => f.Text("event") switch
    {
        "gaussian" => new GaussianEvent(f.Noise("noise_multiplier")),
        "laplace" => new LaplaceEvent(f.Noise("noise_multiplier")),
        "discrete-gaussian" => new DiscreteGaussianEvent(f.Noise("scale"), f.Count("sensitivity")),
        "discrete-laplace" => new DiscreteLaplaceEvent(f.Positive("decay"), f.Count("sensitivity")),
        "skellam" => new SkellamEvent(f.Noise("variance"), f.Count("sensitivity")),
        "randomized-response" => new RandomizedResponseEvent(f.Epsilon(), f.Has("answers") ? f.Count("answers", least: 2) : 2),
        "distributed-discrete-gaussian" => new DistributedDiscreteGaussianEvent(new DistributedDiscreteGaussianParameters(
            f.Positive("clip"), f.Positive("granularity"), f.Count("dimension"), f.Beta("beta"), f.Noise("noise"), f.Count("participants"))),
        "distributed-skellam" => new DistributedSkellamEvent(new DistributedSkellamParameters(
            f.Positive("clip"), f.Positive("granularity"), f.Count("dimension"), f.Beta("beta"), f.Noise("noise"), f.Count("participants"))),
        "zero-concentrated" => new ZeroConcentratedEvent(f.Positive("rho")),
        "epsilon-delta" => new EpsilonDeltaEvent(f.NotNegative("epsilon"), f.Has("delta") ? f.NotNegative("delta") : 0),
        "poisson-sampled" => new PoissonSampledEvent(f.Rate("rate"), Event(f.Object("mechanism"), depth + 1)),
        "sampled-without-replacement" => new SampledWithoutReplacementEvent(f.Count("population"), f.Count("batch"), Event(f.Object("mechanism"), depth + 1)),
        "deterministic-batches" => new DeterministicBatchesEvent(Event(f.Object("mechanism"), depth + 1)),
        "composed" => new ComposedEvent([.. f.List("events").Select(item => Event(item, depth + 1))]),
        _ => throw f.Wrong("event", $"it must be one of {string.Join(", ", names)}"),
    };
}
