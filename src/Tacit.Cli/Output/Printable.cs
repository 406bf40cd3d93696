using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tacit.Cli.Output;

/// <summary>Answers of a coordinator on a terminal: what they hold cannot move the cursor.</summary>
internal static class Printable
{
    public static string Text(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out JsonElement value)) return "";
        string text = value.ValueKind switch { JsonValueKind.String => value.GetString()!, JsonValueKind.Null => "", _ => value.GetRawText() };
        return Line(text);
    }

    public static string Line(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    public static void PrintAsIs(JsonElement answer) => Json.Print(JsonNode.Parse(answer.GetRawText())!.AsObject());
}
