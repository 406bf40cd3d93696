using System.Diagnostics.Metrics;

namespace Tacit.Coordination.Endpoints;

/// <summary>What uploads cost, for whoever listens to the meter <c>Tacit.Coordination</c>. Nothing in it tells participants apart.</summary>
internal static class UploadMeter
{
    private static readonly Meter meter = new("Tacit.Coordination");

    /// <summary>From the last bytes of an input, as they left the socket, until the input was added.</summary>
    public static Histogram<double> Settled { get; } = meter.CreateHistogram<double>("tacit.upload.settled", "ms", "From the last bytes of an input until it was added");
}
