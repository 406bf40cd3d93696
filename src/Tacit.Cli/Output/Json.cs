using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tacit.Cli.Output;

/// <summary>One object on standard output, numbers in invariant form, names in snake_case.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions indented = new(compact) { WriteIndented = true };

    public static void Print(JsonObject value) => Console.Out.WriteLine(value.ToJsonString(compact));

    /// <summary>Indented, for files.</summary>
    public static string ToText(JsonObject value) => value.ToJsonString(indented);

    public static JsonArray Array<TItem>(IEnumerable<TItem> items, Func<TItem, JsonNode?> convert) => new([.. items.Select(convert)]);

    public static JsonArray Texts(IEnumerable<string> items) => Array(items, item => JsonValue.Create(item));

    /// <summary>A finite number, rounded for reading; null otherwise, because JSON has no infinity.</summary>
    public static JsonNode? Number(double value, int digits = 6) => double.IsFinite(value) ? JsonValue.Create(Math.Round(value, digits)) : null;
}
