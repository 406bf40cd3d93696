using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Endpoints;
using Tacit.Coordination.Telemetry;

namespace Tacit.Coordination.Access;

/// <summary>Maps routes of other projects so that nothing of a request is read before its identity is known. Thread-safe.</summary>
public sealed class RouteGuard
{
    private readonly AccessControl access;
    private readonly CoordinatorMetrics metrics;

    internal RouteGuard(AccessControl access, CoordinatorMetrics metrics) => (this.access, this.metrics) = (access, metrics);

    /// <summary>Maps a route that one role may ask for.</summary>
    /// <param name="routes">The application.</param>
    /// <param name="method">GET, POST, PUT or DELETE.</param>
    /// <param name="pattern">The route's pattern.</param>
    /// <param name="role">Who may ask.</param>
    /// <param name="handler">Answers, and is told who asks; a <see cref="FailureException"/> becomes problem details.</param>
    public IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, string method, string pattern, Role role, Func<HttpContext, string, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(handler);
        return routes.MapMethods(pattern, [method], (RequestDelegate)(context => RunAsync(context, role, handler))).WithMetadata(new RequiredRole(role));
    }

    private async Task RunAsync(HttpContext context, Role role, Func<HttpContext, string, Task> handler)
    {
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await handler(context, access.Require(context, role).Name);
        }
        catch (FailureException refused)
        {
            metrics.Refused(refused.Code);
            await Problems.WriteAsync(context, refused);
        }
    }
}
