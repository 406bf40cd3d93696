using System.Globalization;
using System.Text.Json.Nodes;

namespace Tacit.Cli.Accounts;

/// <summary>Numbers in answers: all digits, and those beyond a double as text.</summary>
internal static class Answers
{
    /// <summary>All digits of a finite number; null otherwise, because JSON has no infinity.</summary>
    public static JsonNode? Exact(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    /// <summary>A number as text.</summary>
    public static JsonNode? Text(double value) => JsonValue.Create(value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>e^log as text, also far below what a double holds: <c>2.97925732317e-1714</c>.</summary>
    public static JsonNode? TextOfLog(double log)
    {
        if (double.IsNegativeInfinity(log)) return JsonValue.Create("0");
        double value = Math.Exp(log);
        if (value is > 1e-290 and < 1e290) return Text(value);
        double exponent = Math.Floor(log / Math.Log(10)), mantissa = Math.Exp(log - (exponent * Math.Log(10)));
        if (mantissa >= 10) (mantissa, exponent) = (mantissa / 10, exponent + 1);
        if (mantissa < 1) (mantissa, exponent) = (mantissa * 10, exponent - 1);
        return JsonValue.Create(string.Create(CultureInfo.InvariantCulture, $"{mantissa:R}e{exponent:F0}"));
    }
}
