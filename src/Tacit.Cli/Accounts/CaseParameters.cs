using System.Globalization;
using System.Text.Json;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Jobs;

namespace Tacit.Cli.Accounts;

/// <summary>The parameters of one case or event: every read names the field that is missing or wrong.</summary>
internal sealed class CaseParameters(JsonElement values, string where)
{
    private readonly HashSet<string> asked = [];

    public bool Has(string field)
    {
        asked.Add(field);
        return values.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>Refuses fields that were never asked for.</summary>
    public void Finish()
    {
        foreach (JsonProperty property in values.EnumerateObject().Where(property => !asked.Contains(property.Name)))
        {
            string hint = EditDistance.Nearest(property.Name, asked) is { } near ? $": did you mean {near}?" : "";
            throw new FailureException(FailureCodes.UnknownKey, $"{where}: {Shown(property.Name)} is not a field here; allowed are {string.Join(", ", asked.Order())}{hint}");
        }
    }

    public double Number(string field)
    {
        JsonElement value = Value(field);
        double number = double.NaN;
        bool read = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out number),
            JsonValueKind.String => double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
        if (!read) throw new FailureException(FailureCodes.InvalidNumber, $"{where}: {field} is {Shown(value)}; it must be a number");
        return double.IsFinite(number) ? number : throw new FailureException(FailureCodes.NumberNotFinite, $"{where}: {field} is {Shown(value)}; it must be finite");
    }

    public double Number(string field, double otherwise) => Has(field) ? Number(field) : otherwise;

    public double Positive(string field) => Within(field, Number(field), x => x > 0, "greater than 0");

    public double NotNegative(string field) => Within(field, Number(field), x => x >= 0, "at least 0");

    public double Epsilon(string field = "epsilon") => Within(field, Number(field), x => x > 0, "greater than 0");

    public double Delta(string field = "delta") => Within(field, Number(field), x => x is > 0 and < 1, "in (0, 1)");

    public double Noise(string field) => Within(field, Number(field), x => x > 0, "greater than 0");

    public double Rate(string field) => Within(field, Number(field), x => x is > 0 and <= 1, "in (0, 1]");

    public double Beta(string field) => Within(field, Number(field), x => x is >= 0 and < 1, "in [0, 1)");

    public int Count(string field, int least = 1)
    {
        double number = Number(field);
        bool whole = number == Math.Floor(number) && number >= least && number <= int.MaxValue;
        return whole ? (int)number : throw new FailureException(FailureCodes.InvalidValue, $"{where}: {field} is {Shown(Value(field))}; it must be a whole number, at least {least}");
    }

    public string Text(string field)
    {
        JsonElement value = Value(field);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new FailureException(FailureCodes.InvalidValue, $"{where}: {field} is {Shown(value)}; it must be a text");
    }

    public IReadOnlyList<CaseParameters> List(string field)
    {
        JsonElement value = Value(field);
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0) throw new FailureException(FailureCodes.InvalidValue, $"{where}: {field} must be a list that is not empty");
        return [.. value.EnumerateArray().Select((item, i) => Of(item, $"{where}: {field}[{i}]"))];
    }

    public CaseParameters Object(string field) => Of(Value(field), $"{where}: {field}");

    public static CaseParameters Of(JsonElement value, string where) =>
        value.ValueKind == JsonValueKind.Object ? new CaseParameters(value, where) : throw new FailureException(FailureCodes.InvalidValue, $"{where} is {Shown(value)}; it must be an object");

    /// <summary>A failure that names a field of this object.</summary>
    public FailureException Wrong(string field, string must) => new(CodeOf(field), $"{where}: {field} is {Shown(Value(field))}; {must}");

    private double Within(string field, double value, Func<double, bool> holds, string allowed) => holds(value) ? value : throw Wrong(field, $"it must be {allowed}");

    private JsonElement Value(string field) => Has(field) ? values.GetProperty(field) : throw new FailureException(FailureCodes.MissingField, $"{where}: {field} is missing");

    private static FailureCode CodeOf(string field) => field switch
    {
        _ when field.Contains("epsilon", StringComparison.Ordinal) => FailureCodes.InvalidEpsilon,
        _ when field.Contains("delta", StringComparison.Ordinal) => FailureCodes.DeltaTooLarge,
        _ when field.Contains("sampling", StringComparison.Ordinal) || field == "rate" => FailureCodes.InvalidSamplingRate,
        "adjacency" or "relation" => FailureCodes.AccountantMismatch,
        "noise_multiplier" or "sigma" or "scale" or "local_stddev" or "local_sigma" or "central_stddev" or "noise" or "variance" => FailureCodes.InvalidNoise,
        _ => FailureCodes.InvalidValue,
    };

    private static string Shown(string name) => name.Length > 40 ? name[..40] + "…" : name;

    private static string Shown(JsonElement value)
    {
        string text = value.ValueKind is JsonValueKind.Undefined ? "absent" : value.GetRawText();
        return text.Length > 60 ? text[..60] + "…" : text;
    }
}
