using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Tacit.Coordination.Jobs;

namespace Tacit.Coordination.Endpoints;

/// <summary>Server-sent events (WHATWG HTML, 9.2): one for each change, with its version as id, and one when there was none for a while. What changed is asked for by the routes that show it.</summary>
internal sealed class ChangeStream(ChangeSignal changes, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(200);   // arrivals come in bursts: at most five events a second
    private static readonly TimeSpan heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Writes until the other side is gone, the process ends or the caller is nobody any more.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isWelcome">Asked before each event.</param>
    public async Task WriteAsync(HttpContext context, Func<bool> isWelcome)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";   // a proxy that collects an answer would stop the stream
        long seen = long.TryParse(context.Request.Headers["Last-Event-ID"], out long last) && last <= changes.Version ? last : -1;   // a version from before a restart means nothing
        try
        {
            while (isWelcome())
            {
                if (await NextAsync(seen, either.Token) is { } version)
                {
                    seen = version;
                    await context.Response.WriteAsync(FormattableString.Invariant($"id: {version}\nevent: change\ndata: {{\"version\":{version}}}\n\n"), either.Token);
                }
                else
                {
                    await context.Response.WriteAsync("event: alive\ndata: {}\n\n", either.Token);
                }

                await context.Response.Body.FlushAsync(either.Token);
                await Task.Delay(pause, clock, either.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // the browser went away, or the coordinator stops
        }
    }

    private async Task<long?> NextAsync(long seen, CancellationToken stopping)
    {
        using CancellationTokenSource quiet = new(heartbeat, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, quiet.Token);
        try
        {
            return await changes.NextAsync(seen, either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return null;
        }
    }
}
