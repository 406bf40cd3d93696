using System.Collections.Immutable;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Tacit.Coordination.Hosting;

/// <summary>Something that is served beside the coordinator, by the same process: on the coordinator's port or on ports of its own.</summary>
public interface ICoordinatorExtension
{
    /// <summary>Ports that are listened on for it, with the coordinator's address and certificate; empty if it has none of its own.</summary>
    ImmutableArray<ExtensionPort> Ports { get; }

    /// <summary>Registers what it needs.</summary>
    /// <param name="services">The application's.</param>
    void AddServices(IServiceCollection services);

    /// <summary>Maps its routes. Each has to say its <see cref="Access.RequiredRole"/>.</summary>
    /// <param name="routes">The application.</param>
    void Map(IEndpointRouteBuilder routes);
}

/// <summary>A port that is listened on beside the coordinator's.</summary>
/// <param name="Listener">What routes of it call themselves, by <see cref="OnListener"/>.</param>
/// <param name="Port">The port; 0 takes a free one.</param>
public sealed record ExtensionPort(string Listener, int Port);

/// <summary>Says that a route is answered on one listener alone, as metadata of its endpoint; there, only such routes and health are answered.</summary>
/// <param name="Listener">The name of an <see cref="ExtensionPort"/>.</param>
public sealed record OnListener(string Listener);
