using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Tacit.Coordination.Telemetry;

/// <summary>Listens to one meter, and to the runtime's own, and writes what they measure as a page for Prometheus. Thread-safe.</summary>
internal sealed class MetricPage : IDisposable
{
    // Phases take milliseconds on one host and minutes between phones.
    private static readonly double[] seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

    private readonly ConcurrentDictionary<Instrument, MetricSeries> series = new();
    private readonly MeterListener listener = new();
    private readonly Lock gate = new();

    public MetricPage(Meter meter)
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter) && instrument.Meter.Name != "System.Runtime") return;
            bool isHistogram = instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal);
            MetricSeries kept = series.GetOrAdd(instrument, new MetricSeries(instrument, isHistogram ? seconds : null));
            listening.EnableMeasurementEvents(instrument, kept);
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, kept) => ((MetricSeries)kept!).Record(value, tags));
        listener.SetMeasurementEventCallback<long>((_, value, tags, kept) => ((MetricSeries)kept!).Record(value, tags));
        listener.SetMeasurementEventCallback<double>((_, value, tags, kept) => ((MetricSeries)kept!).Record(value, tags));
        listener.Start();
    }

    /// <summary>Asks all instruments and writes the page.</summary>
    public string Render()
    {
        lock (gate)
        {
            foreach (MetricSeries each in series.Values) each.Forget();
            listener.RecordObservableInstruments();
            PrometheusText text = new();
            foreach (MetricSeries each in series.Values.OrderBy(each => each.Name, StringComparer.Ordinal)) each.WriteTo(text);
            return text.ToString();
        }
    }

    public void Dispose() => listener.Dispose();
}
