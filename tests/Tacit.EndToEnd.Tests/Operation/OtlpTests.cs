using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Tacit.EndToEnd.Tests.Operation;

/// <summary>A coordinator beside a collector that takes what OpenTelemetry's protocol says, over HTTP and over gRPC.</summary>
public sealed class OtlpTests
{
    [Theory]
    [InlineData("http/protobuf", "/v1/metrics", "/v1/traces")]
    [InlineData("grpc", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "/opentelemetry.proto.collector.trace.v1.TraceService/Export")]
    public async Task Metrics_and_rounds_reach_a_collector(string protocol, string metrics, string traces)
    {
        ConcurrentDictionary<string, string> received = [];
        await using WebApplication collector = await CollectAsync(received, protocol == "grpc");
        Dictionary<string, string> environment = new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.Single(), ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol };

        TacitProcess.Result up = TacitProcess.Run(environment, "up", "--participants", "10", "--rounds", "1", "--json");

        Assert.True(up.Exit == 0, up.Output + up.Error);
        Assert.Superset(new HashSet<string> { metrics, traces }, received.Keys.ToHashSet());
        foreach (string word in (string[])["tacit-coordinator", "tacit.rounds", "tacit.phase.duration"]) Assert.Contains(word, received[metrics], StringComparison.Ordinal);
        Assert.Contains("tacit-coordinator", received[traces], StringComparison.Ordinal);
    }

    private static async Task<WebApplication> CollectAsync(ConcurrentDictionary<string, string> received, bool grpc)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        WebApplication collector = builder.Build();
        collector.Run(async context =>
        {
            using MemoryStream body = new();
            await context.Request.Body.CopyToAsync(body);
            received.AddOrUpdate(context.Request.Path, _ => Text(body), (_, before) => before + Text(body));
            context.Response.ContentType = context.Request.ContentType;
            if (!grpc) return;
            await context.Response.Body.WriteAsync(new byte[5]);   // an empty message
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await collector.StartAsync();
        return collector;
    }

    // Names stand in it as they are.
    private static string Text(MemoryStream body) => Encoding.Latin1.GetString(body.ToArray());
}
