using System.Diagnostics.Metrics;
using Tacit.Coordination.Telemetry;
using Xunit;

namespace Tacit.Tests.Telemetry;

public sealed class MetricPageTests
{
    [Fact]
    public void A_page_has_help_kind_labels_and_values()
    {
        using Meter meter = new("Test");
        Counter<long> rounds = meter.CreateCounter<long>("tacit.rounds", description: "Rounds by outcome.");
        meter.CreateObservableGauge("tacit.participants.present", () => 7);
        using MetricPage page = new(meter);

        rounds.Add(2, new KeyValuePair<string, object?>("outcome", "completed"));
        rounds.Add(1, new KeyValuePair<string, object?>("outcome", "completed"));
        rounds.Add(1, new KeyValuePair<string, object?>("outcome", "aborted"));

        Assert.Contains("# HELP tacit_rounds_total Rounds by outcome.\n# TYPE tacit_rounds_total counter\ntacit_rounds_total{outcome=\"aborted\"} 1\ntacit_rounds_total{outcome=\"completed\"} 3\n", page.Render(), StringComparison.Ordinal);
        Assert.Contains("# TYPE tacit_participants_present gauge\ntacit_participants_present 7\n", page.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_histogram_counts_what_is_at_most_each_bound()
    {
        using Meter meter = new("Test");
        Histogram<double> phases = meter.CreateHistogram<double>("tacit.phase.duration", "s");
        using MetricPage page = new(meter);

        foreach (double seconds in new[] { 0.005, 0.3, 1e4 }) phases.Record(seconds);

        string text = page.Render();
        Assert.Contains("tacit_phase_duration_seconds_bucket{le=\"0.005\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("tacit_phase_duration_seconds_bucket{le=\"0.25\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("tacit_phase_duration_seconds_bucket{le=\"0.5\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("tacit_phase_duration_seconds_bucket{le=\"+Inf\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("tacit_phase_duration_seconds_sum 10000.305\n", text, StringComparison.Ordinal);
        Assert.Contains("tacit_phase_duration_seconds_count 3\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_cannot_break_out_of_their_quotes()
    {
        using Meter meter = new("Test");
        Counter<long> counter = meter.CreateCounter<long>("c");
        using MetricPage page = new(meter);

        counter.Add(1, new KeyValuePair<string, object?>("job", "a\"} 1\nevil{x=\"\\\u001b[31m"));

        Assert.Contains("c_total{job=\"a\\\"} 1\\nevil{x=\\\"\\\\?[31m\"} 1\n", page.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_without_end_are_counted_together()
    {
        using Meter meter = new("Test");
        Counter<long> counter = meter.CreateCounter<long>("c");
        using MetricPage page = new(meter);

        for (int i = 0; i < MetricSeries.MostSeries + 10; i++) counter.Add(1, new KeyValuePair<string, object?>("job", i));

        string text = page.Render();
        Assert.Contains("c_total{beyond_limit=\"true\"} 10\n", text, StringComparison.Ordinal);
        Assert.Equal(MetricSeries.MostSeries + 1, text.Split('\n').Count(line => line.StartsWith("c_total", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_an_observable_instrument_says_no_more_is_gone()
    {
        using Meter meter = new("Test");
        List<Measurement<long>> jobs = [new(1, new KeyValuePair<string, object?>("job", "a"))];
        meter.CreateObservableGauge("g", () => jobs);
        using MetricPage page = new(meter);
        Assert.Contains("g{job=\"a\"} 1", page.Render(), StringComparison.Ordinal);

        jobs.Clear();

        Assert.DoesNotContain("g{", page.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_meters_of_one_name_do_not_mix()
    {
        using Meter mine = new("Test"), other = new("Test");
        using MetricPage page = new(mine);

        other.CreateCounter<long>("c").Add(1);

        Assert.DoesNotContain("c_total", page.Render(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(0.1, "0.1")]
    [InlineData(1e-7, "1E-07")]
    public void Numbers_are_written_in_the_formats_own_way(double value, string text) => Assert.Equal(text, PrometheusText.Number(value));
}
