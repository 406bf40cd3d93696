using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Tacit.Aggregation.Failures;
using Tacit.Orchestration.Plans;

namespace Tacit.Orchestration.Training;

/// <summary>What <c>POST /api/training/start</c> takes. Each value is named in its refusal, with what is allowed.</summary>
/// <param name="Privacy">none, differential or combined; homomorphic and mpc are known and not there yet.</param>
/// <param name="Participants">Participants that have to be there, 2 to 1,000,000; null takes the catalogue's number.</param>
/// <param name="Rounds">Rounds of training, 1 to 1,000,000; null takes the plan's.</param>
/// <param name="MinimumCohort">The fewest inputs that may be opened as a sum, 2 to 1,000,000; null takes the plan's.</param>
/// <param name="Epsilon">The ceiling, above 0 and at most 100; null takes the plan's.</param>
/// <param name="Delta">Above 0 and below 1; null takes the plan's.</param>
/// <param name="Clip">The norm that an update is clipped to, above 0; null takes the plan's.</param>
public sealed record StartRequest(string Privacy, int? Participants, int? Rounds, int? MinimumCohort, double? Epsilon, double? Delta, double? Clip)
{
    private static readonly ImmutableArray<string> fields = ["privacy", "participants", "rounds", "minimumCohort", "epsilon", "delta", "clip"];

    /// <summary>Values of the plan that the request replaces.</summary>
    internal ImmutableArray<string> Settings =>
    [
        .. from setting in new (string Key, double? Value)[] { ("rounds", Rounds), ("cohort.minimum", MinimumCohort), ("privacy.epsilon", Epsilon), ("privacy.delta", Delta), ("privacy.clip", Clip) }
           where setting.Value is not null
           select string.Create(CultureInfo.InvariantCulture, $"{setting.Key}={setting.Value:R}"),
    ];

    /// <summary>Reads a request.</summary>
    /// <param name="body">An object without a key twice.</param>
    /// <exception cref="FailureException">UNKNOWN_KEY, MISSING_FIELD, INVALID_VALUE or NOT_IMPLEMENTED.</exception>
    public static StartRequest Read(JsonElement body)
    {
        foreach (JsonProperty property in body.EnumerateObject())
        {
            if (!fields.Contains(property.Name)) throw new FailureException(FailureCodes.UnknownKey, $"{Shown(property.Name)} is not a field of this request; allowed: {string.Join(", ", fields)}");
        }

        string privacy = PrivacyOf(body);
        StartRequest request = new(
            privacy,
            Whole(body, "participants", 2, 1_000_000), Whole(body, "rounds", 1, 1_000_000), Whole(body, "minimumCohort", 2, 1_000_000),
            Number(body, "epsilon", value => value is > 0 and <= 100, "a number above 0 and at most 100"),
            Number(body, "delta", value => value is > 0 and < 1, "a number between 0 and 1"),
            Number(body, "clip", value => value is > 0 and < 1e9, "a number above 0"));
        string? noise = request.Epsilon is not null ? "epsilon" : request.Delta is not null ? "delta" : request.Clip is not null ? "clip" : null;
        if (privacy == "none" && noise is not null) throw new FailureException(FailureCodes.InvalidValue, $"{noise} is given and privacy is none, which adds no noise: leave {noise} out, or use differential or combined");
        return request;
    }

    private static string PrivacyOf(JsonElement body)
    {
        string allowed = string.Join(", ", PlanCatalogue.Runnable);
        if (!body.TryGetProperty("privacy", out JsonElement value)) throw new FailureException(FailureCodes.MissingField, $"privacy is missing; allowed: {allowed}");
        string privacy = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Refused("privacy", value, $"one of {allowed}");
        if (PlanCatalogue.Later.TryGetValue(privacy, out string? why)) throw new FailureException(FailureCodes.NotImplemented, $"privacy is {privacy}: {why}. Allowed today: {allowed}");
        return PlanCatalogue.Runnable.Contains(privacy) ? privacy : throw Refused("privacy", value, $"one of {allowed}");
    }

    private static int? Whole(JsonElement body, string name, int least, int most)
    {
        if (!body.TryGetProperty(name, out JsonElement value)) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int whole) && whole >= least && whole <= most
            ? whole
            : throw Refused(name, value, FormattableString.Invariant($"a whole number from {least} to {most}"));
    }

    // 1e999 is read as infinity: it is no number here.
    private static double? Number(JsonElement body, string name, Func<double, bool> holds, string allowed)
    {
        if (!body.TryGetProperty(name, out JsonElement value)) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) && holds(number) ? number : throw Refused(name, value, allowed);
    }

    private static FailureException Refused(string name, JsonElement value, string allowed) => new(FailureCodes.InvalidValue, $"{name} is {Shown(value.GetRawText())}; it must be {allowed}");

    private static string Shown(string text) => string.Concat((text.Length <= 60 ? text : text[..60] + "...").Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter));
}
