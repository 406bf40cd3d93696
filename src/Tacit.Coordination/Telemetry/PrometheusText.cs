using System.Globalization;
using System.Text;

namespace Tacit.Coordination.Telemetry;

/// <summary>Writes measurements in Prometheus' text format, version 0.0.4.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder text = new();

    /// <summary>Begins a metric: its help and kind stand once above its series.</summary>
    /// <param name="name">As <see cref="NameOf"/> gives it.</param>
    /// <param name="kind">counter, gauge or histogram.</param>
    /// <param name="help">One sentence.</param>
    public void Begin(string name, string kind, string? help)
    {
        if (!string.IsNullOrEmpty(help)) text.Append("# HELP ").Append(name).Append(' ').Append(Escape(help, quotes: false)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');
    }

    /// <summary>Adds one series.</summary>
    /// <param name="name">The metric's name, with the suffix of the part.</param>
    /// <param name="labels">In order.</param>
    /// <param name="value">Any double: infinities and NaN have names in this format.</param>
    public void Add(string name, ReadOnlySpan<KeyValuePair<string, string>> labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            char separator = '{';
            foreach ((string key, string label) in labels)
            {
                text.Append(separator).Append(Clean(key)).Append("=\"").Append(Escape(label, quotes: true)).Append('"');
                separator = ',';
            }

            text.Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    /// <inheritdoc/>
    public override string ToString() => text.ToString();

    /// <summary>tacit.phase.duration in seconds becomes tacit_phase_duration_seconds; counters end in _total.</summary>
    public static string NameOf(string instrument, string? unit, bool isCounter)
    {
        string name = Clean(instrument);
        string suffix = unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        if (!name.EndsWith(suffix, StringComparison.Ordinal)) name += suffix;
        return isCounter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Clean(string name)
    {
        string clean = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_' ? letter : '_'));
        return clean.Length == 0 || char.IsAsciiDigit(clean[0]) ? "_" + clean : clean;
    }

    private static string Escape(string value, bool quotes)
    {
        StringBuilder escaped = new(value.Length);
        foreach (char letter in value)
        {
            if (letter == '\\') escaped.Append(@"\\");
            else if (letter == '\n') escaped.Append(@"\n");
            else if (letter == '"' && quotes) escaped.Append("\\\"");
            else escaped.Append(char.IsControl(letter) ? '?' : letter);
        }

        return escaped.ToString();
    }
}
