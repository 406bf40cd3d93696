using System.Globalization;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Jobs;

namespace Tacit.Learning.Clustering;

/// <summary>Reads parameters from names and values as text, strictly: an unknown name or value is refused, with the nearest that exists.</summary>
public static class ClusteringParamsReader
{
    private const string Unclipped = "_unclipped";

    private static readonly Dictionary<string, ClusteringPrivacy> kinds = new()
    {
        ["none"] = ClusteringPrivacy.None,
        ["laplace"] = ClusteringPrivacy.Laplace,
        ["gaussiananalytic"] = ClusteringPrivacy.GaussianAnalytic,
        ["discrete-gaussian"] = ClusteringPrivacy.DiscreteGaussian,
    };

    private static readonly Dictionary<string, RadiusMethod> methods = new()
    {
        ["none"] = RadiusMethod.None,
        ["diagonal_then_frac"] = RadiusMethod.DiagonalThenFrac,
        ["frac_stay"] = RadiusMethod.FracStay,
        ["stay_frac"] = RadiusMethod.FracStay,
    };

    private static readonly Dictionary<string, SparseCentres> sparse = new() { ["shrink"] = SparseCentres.Shrink, ["stay"] = SparseCentres.Stay };

    private static readonly Dictionary<string, (CentrePost Post, bool)> posts = new()
    {
        ["none"] = (CentrePost.None, false),
        ["truncate"] = (CentrePost.Truncate, false),
        ["fold"] = (CentrePost.Fold, false),
        ["none" + Unclipped] = (CentrePost.None, true),
        ["truncate" + Unclipped] = (CentrePost.Truncate, true),
        ["fold" + Unclipped] = (CentrePost.Fold, true),
    };

    private static readonly Dictionary<string, Func<ClusteringParams, string, ClusteringParams>> fields = new()
    {
        ["dp"] = (p, text) => p with { Privacy = Choice("dp", text, kinds) },
        ["eps"] = (p, text) => p with { Epsilon = Number("eps", text) },
        ["delta"] = (p, text) => p with { GivenDelta = text == "auto" ? null : Number("delta", text) },
        ["num_clients"] = (p, text) => p with { Clients = Integer("num_clients", text) },
        ["k"] = (p, text) => p with { Clusters = Integer("k", text) },
        ["dim"] = (p, text) => p with { Dimension = Integer("dim", text) },
        ["iters"] = (p, text) => p with { GivenIterations = text == "auto" ? null : Integer("iters", text) },
        ["seed"] = (p, text) => p with { Seed = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? seed : throw NotANumber("seed", text, "a whole number from 0") },
        ["data_size"] = (p, text) => p with { DataSize = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long n) ? n : throw NotANumber("data_size", text, "a whole number") },
        ["alpha"] = (p, text) => p with { Alpha = Number("alpha", text) },
        ["max_dist"] = (p, text) => p with { LargestRadius = Number("max_dist", text) },
        ["method"] = (p, text) => p with { Method = Choice("method", text, methods) },
        ["delay"] = (p, text) => p with { Delay = Number("delay", text) is >= 0 and <= 1e9 and var delay ? TimeSpan.FromMilliseconds(delay) : throw Wrong("delay", text, "milliseconds in [0, 1e9]") },
        ["rho"] = (p, text) => p with { Rho = Number("rho", text) },
        ["post"] = (p, text) => p with { Post = Choice("post", text, posts).Post, IsUnclipped = text.EndsWith(Unclipped, StringComparison.Ordinal) },
        ["sparse"] = (p, text) => p with { Sparse = Choice("sparse", text, sparse) },
        ["fixed"] = (p, text) => p with { GivenBits = Fixed(text) },
        ["min_count"] = (p, text) => p with { MinimumExactCount = Integer("min_count", text) },
        ["min_count_sigmas"] = (p, text) => p with { MinimumCountDeviations = Number("min_count_sigmas", text) },
    };

    /// <summary>The names, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. fields.Keys];

    /// <summary>Reads parameters; what is left out has its default.</summary>
    /// <param name="values">Names with their values; each name once.</param>
    /// <exception cref="FailureException">
    /// <see cref="FailureCodes.UnknownKey"/>, <see cref="FailureCodes.InvalidNumber"/> or <see cref="FailureCodes.InvalidValue"/>: the field, its value, what is allowed.
    /// </exception>
    public static ClusteringParams Read(IEnumerable<KeyValuePair<string, string>> values)
    {
        ClusteringParams read = new();
        HashSet<string> seen = [];
        foreach ((string name, string text) in values)
        {
            if (!fields.TryGetValue(name, out Func<ClusteringParams, string, ClusteringParams>? field))
            {
                throw new FailureException(FailureCodes.UnknownKey, $"{name} is not a parameter; allowed are {string.Join(", ", Names)}{Hint(name, Names)}");
            }

            if (!seen.Add(name)) throw new FailureException(FailureCodes.InvalidValue, $"{name} is given twice; give it once");
            read = field(read, text);
        }

        return read.Validated();
    }

    private static T Choice<T>(string name, string text, Dictionary<string, T> among) => among.TryGetValue(text, out T? value)
        ? value
        : throw Wrong(name, text, $"one of {string.Join(", ", among.Keys)}{Hint(text, among.Keys)}");

    private static string Hint(string text, IEnumerable<string> among) => EditDistance.Nearest(text, among) is { } near ? $": did you mean {near}?" : "";

    private static double Number(string name, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : throw NotANumber(name, text, "a finite number such as 0.5");

    private static int Integer(string name, string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value : throw NotANumber(name, text, "a whole number");

    private static int? Fixed(string text) => text switch
    {
        "true" or "True" => null,
        "false" or "False" => throw Wrong("fixed", text, "true, or a number of bits: masks and exact noise need integers"),
        _ => Integer("fixed", text),
    };

    private static FailureException NotANumber(string name, string text, string allowed) => new(FailureCodes.InvalidNumber, $"{name} is \"{text}\"; it must be {allowed}");

    private static FailureException Wrong(string name, string text, string allowed) => new(FailureCodes.InvalidValue, $"{name} is \"{text}\"; it must be {allowed}");
}
