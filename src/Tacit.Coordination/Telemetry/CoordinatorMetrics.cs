using System.Diagnostics;
using System.Diagnostics.Metrics;
using Tacit.Aggregation.Failures;

namespace Tacit.Coordination.Telemetry;

/// <summary>What a coordinator measures of itself. One meter for each coordinator, all with the same name. Thread-safe.</summary>
/// <remarks>Labels are codes, phases, outcomes and ids of jobs: never names of participants, never what a request held.</remarks>
public sealed class CoordinatorMetrics : IDisposable
{
    /// <summary>The name of the meter and of the source of activities.</summary>
    public const string Name = "Tacit";

    /// <summary>One activity a job and a round.</summary>
    public static readonly ActivitySource Activities = new(Name);

    private readonly Counter<long> refused;
    private readonly Histogram<double> phases;

    internal CoordinatorMetrics()
    {
        Meter = new Meter(Name);
        refused = Meter.CreateCounter<long>("tacit.requests.refused", "{request}", "Requests that were refused, by code.");
        phases = Meter.CreateHistogram<double>("tacit.phase.duration", "s", "How long rounds stay in each phase.");
        Page = new MetricPage(Meter);
    }

    /// <summary>The meter; belongs to this coordinator alone.</summary>
    public Meter Meter { get; }

    internal MetricPage Page { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Page.Dispose();
        Meter.Dispose();
    }

    internal void Refused(FailureCode code) => refused.Add(1, new KeyValuePair<string, object?>("code", code.Name));

    internal void Stayed(string phase, TimeSpan time) => phases.Record(time.TotalSeconds, new KeyValuePair<string, object?>("phase", phase));
}
