using System.Collections.Immutable;
using System.IO;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tacit.Coordination.Access;
using Tacit.Coordination.Certificates;
using Tacit.Coordination.Endpoints;
using Tacit.Coordination.Jobs;
using Tacit.Coordination.Rounds;

namespace Tacit.Coordination.Hosting;

/// <summary>A coordinator on a Kestrel of its own, for programs that are nothing else.</summary>
public sealed class CoordinatorServer : IAsyncDisposable
{
    private readonly WebApplication application;

    private CoordinatorServer(WebApplication application) => this.application = application;

    /// <summary>Where it listens; the port is known even if 0 was asked for.</summary>
    public Uri Address => new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>The tokens to join and to operate with.</summary>
    public AccessSecrets Secrets => application.Services.GetRequiredService<AccessSecrets>();

    /// <summary>Who may do what; makes the owner's token.</summary>
    public AccessControl Access => application.Services.GetRequiredService<AccessControl>();

    /// <summary>SHA-256 of what participants pin: the own authority, or the certificate that was given; null without TLS.</summary>
    public string? Pin => application.Services.GetRequiredService<CoordinatorCertificates>().Pin;

    /// <summary>Runs jobs.</summary>
    public JobHost Jobs => application.Services.GetRequiredService<JobHost>();

    /// <summary>Links to the dashboard, and who opened them.</summary>
    public BrowserSessions Sessions => application.Services.GetRequiredService<BrowserSessions>();

    /// <summary>Every route with its method and role.</summary>
    public ImmutableArray<(string Method, string Pattern, Role? Role)> RouteTable =>
    [
        .. from endpoint in application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
           select (method, endpoint.RoutePattern.RawText ?? "", endpoint.Metadata.GetMetadata<RequiredRole>()?.Role),
    ];

    /// <summary>Starts listening.</summary>
    /// <param name="configure">Changes the options, or null.</param>
    /// <param name="journal">Sees every round, or null.</param>
    /// <param name="clock">Where time comes from; the system's clock if null.</param>
    /// <param name="stopping">Gives up.</param>
    public static async Task<CoordinatorServer> StartAsync(Action<CoordinatorOptions>? configure = null, IRoundJournal? journal = null, TimeProvider? clock = null, CancellationToken stopping = default)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);   // the server's own events quote paths and queries
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);   // a start that fails is told by its exception
        if (clock is not null) builder.Services.AddSingleton(clock);
        builder.Services.AddTacitCoordinator(configure);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, BlockPoolFactory>();
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        if (journal is not null) builder.Services.AddSingleton(journal);
        CoordinatorOptions options = builder.Services.Select(service => service.ImplementationInstance).OfType<CoordinatorOptions>().Single();
        options.Logging?.Invoke(builder.Logging);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);   // bytes are handled by the thread that read them: a change of threads costs more than adding 64 KiB
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinRequestBodyDataRate = null;   // own timeouts: this one knows nothing of phases and resets duplex streams
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Listen(options.Address, options.Port, listen => Secure(listen, kestrel));
            foreach (ExtensionPort port in options.Extensions.SelectMany(extension => extension.Ports))
            {
                kestrel.Listen(options.Address, port.Port, listen =>
                {
                    Secure(listen, kestrel);
                    ListenerFeature.On(listen, port.Listener);
                });
            }
        });
        WebApplication application = builder.Build();
        application.UseTacitProblems();
        application.MapTacitCoordinator();
        ThrowUnlessFree(options);
        await application.StartAsync(stopping);
        return new CoordinatorServer(application);
    }

    // The store is claimed before anybody is served. A start that fails at its port must not have shut out the coordinator that has the port.
    private static void ThrowUnlessFree(CoordinatorOptions options)
    {
        foreach (int port in options.Extensions.SelectMany(extension => extension.Ports).Select(extension => extension.Port).Prepend(options.Port).Where(port => port != 0))
        {
            IPEndPoint at = new(options.Address, port);
            try
            {
                using Socket probe = new(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                probe.Bind(at);
            }
            catch (SocketException taken)
            {
                throw new IOException($"Failed to bind to {at}: {taken.Message}", taken);
            }
        }
    }

    /// <summary>The listeners of extensions, in order.</summary>
    public ImmutableArray<string> Listeners => [.. application.Services.GetRequiredService<CoordinatorOptions>().Extensions.SelectMany(extension => extension.Ports).Select(port => port.Listener)];

    /// <summary>Where an extension's port is listened on.</summary>
    /// <param name="listener">The name of an <see cref="ExtensionPort"/> of the options.</param>
    public Uri AddressOf(string listener)
    {
        string[] addresses = [.. application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        return new Uri(addresses[1 + Listeners.IndexOf(listener)]);   // in the order that they were listened on
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource hurry = new(TimeSpan.FromSeconds(2));
        await application.StopAsync(hurry.Token);
        await application.DisposeAsync();
    }

    private static void Secure(ListenOptions listen, KestrelServerOptions kestrel)
    {
        CoordinatorCertificates certificates = kestrel.ApplicationServices.GetRequiredService<CoordinatorCertificates>();
        listen.Protocols = certificates.IsTls ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
        if (certificates.IsTls) listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(certificates.Handshake()) });
    }

    // Signals stay with the program: a host that caught SIGTERM would keep a job running without its server.
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
