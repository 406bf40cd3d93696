using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Tacit.Coordination.Telemetry;

namespace Tacit.Orchestration.Telemetry;

/// <summary>Sends metrics and activities to a collector if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names one. The other variables of OpenTelemetry hold as they are described there.</summary>
internal sealed class OtlpExport : IHostedService
{
    private const string Variable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly CoordinatorMetrics metrics;
    private MeterProvider? meters;
    private TracerProvider? traces;

    public OtlpExport(CoordinatorMetrics metrics) => this.metrics = metrics;

    public static void Add(IServiceCollection services)
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable))) services.AddHostedService<OtlpExport>();
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService("tacit-coordinator");
        meters = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(metrics.Meter.Name).AddMeter("System.Runtime").AddOtlpExporter().Build();
        traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(CoordinatorMetrics.Activities.Name).AddOtlpExporter().Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        meters?.Dispose();   // sends what is left
        traces?.Dispose();
        return Task.CompletedTask;
    }
}
