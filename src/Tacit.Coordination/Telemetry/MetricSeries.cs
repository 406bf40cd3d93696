using System.Diagnostics.Metrics;

namespace Tacit.Coordination.Telemetry;

/// <summary>All series of one instrument: what it has measured so far, by its labels. Thread-safe.</summary>
internal sealed class MetricSeries(Instrument instrument, IReadOnlyList<double>? bounds)
{
    /// <summary>Labels come from codes, phases and jobs; more series than this would be a leak, and are counted together.</summary>
    public const int MostSeries = 500;

    private static readonly KeyValuePair<string, string>[] beyond = [new("beyond_limit", "true")];

    private readonly Dictionary<string, Cell> cells = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    private bool IsHistogram => bounds is not null;

    private bool IsCounter => IsSum && !instrument.GetType().Name.Contains("UpDown", StringComparison.Ordinal);

    private bool IsSum => instrument.GetType().Name.Contains("Counter", StringComparison.Ordinal);

    public string Name => PrometheusText.NameOf(instrument.Name, instrument.Unit, IsCounter);

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        KeyValuePair<string, string>[] labels = new KeyValuePair<string, string>[tags.Length];
        for (int i = 0; i < tags.Length; i++) labels[i] = new(tags[i].Key, Convert.ToString(tags[i].Value, System.Globalization.CultureInfo.InvariantCulture) ?? "");
        lock (gate)
        {
            string key = KeyOf(labels);
            if (!cells.TryGetValue(key, out Cell? cell))
            {
                if (cells.Count >= MostSeries && !cells.TryGetValue(key = KeyOf(labels = beyond), out cell)) cells.Add(key, cell = new Cell(labels, bounds));
                else if (cell is null) cells.Add(key, cell = new Cell(labels, bounds));
            }

            if (IsHistogram) cell.Observe(value, bounds!);
            else if (IsSum && !instrument.IsObservable) cell.Value += value;
            else cell.Value = value;
        }
    }

    /// <summary>Forgets what an observable instrument said before: it says all of it again each time.</summary>
    public void Forget()
    {
        if (!instrument.IsObservable) return;
        lock (gate) cells.Clear();
    }

    public void WriteTo(PrometheusText text)
    {
        lock (gate)
        {
            if (cells.Count == 0) return;
            text.Begin(Name, IsHistogram ? "histogram" : IsCounter ? "counter" : "gauge", instrument.Description);
            foreach (Cell cell in cells.Values.OrderBy(cell => KeyOf(cell.Labels), StringComparer.Ordinal))
            {
                if (IsHistogram) cell.WriteTo(text, Name, bounds!);
                else text.Add(Name, cell.Labels, cell.Value);
            }
        }
    }

    private static string KeyOf(KeyValuePair<string, string>[] labels) => string.Join('\u0001', labels.Select(label => $"{label.Key}\u0002{label.Value}"));

    private sealed class Cell(KeyValuePair<string, string>[] labels, IReadOnlyList<double>? bounds)
    {
        private readonly long[] buckets = new long[(bounds?.Count ?? 0) + 1];

        public KeyValuePair<string, string>[] Labels { get; } = labels;

        public double Value { get; set; }

        public void Observe(double value, IReadOnlyList<double> limits)
        {
            int place = 0;
            while (place < limits.Count && value > limits[place]) place++;
            buckets[place]++;
            Value += value;
        }

        public void WriteTo(PrometheusText text, string name, IReadOnlyList<double> limits)
        {
            long count = 0;
            for (int i = 0; i <= limits.Count; i++)
            {
                count += buckets[i];
                string limit = i < limits.Count ? PrometheusText.Number(limits[i]) : "+Inf";
                text.Add(name + "_bucket", [.. Labels, new("le", limit)], count);
            }

            text.Add(name + "_sum", Labels, Value);
            text.Add(name + "_count", Labels, count);
        }
    }
}
