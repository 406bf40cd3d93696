using System.Collections.Immutable;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tacit.Coordination.Hosting;

namespace Tacit.Dashboard;

/// <summary>The dashboard on the coordinator's own port, for <c>CoordinatorOptions.Extensions</c>.</summary>
public sealed class DashboardExtension : ICoordinatorExtension
{
    /// <inheritdoc/>
    public ImmutableArray<ExtensionPort> Ports => [];

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services)
    {
        // all it needs is the coordinator's
    }

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes) => routes.MapTacitDashboard();
}
