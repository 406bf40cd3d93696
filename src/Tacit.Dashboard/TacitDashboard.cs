using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tacit.Coordination.Access;

namespace Tacit.Dashboard;

/// <summary>The dashboard: pages that show what a coordinator does. Hand-written, embedded, nothing is loaded from anywhere else.</summary>
/// <remarks>The pages hold no data: all of it comes from the coordinator's own routes, which ask who wants to know.</remarks>
public static class TacitDashboard
{
    // Addresses that the pages know: each gets the same document.
    private static readonly string[] places = ["/", "/runs/{id}", "/runs/{id}/sees", "/participants", "/receipts", "/compare", "/admin", "/about"];

    /// <summary>Maps the pages and what they are made of, at the root of the application.</summary>
    /// <param name="routes">The application; <c>AddTacitCoordinator</c> was called for it.</param>
    /// <returns>A builder for conventions of all these routes.</returns>
    public static IEndpointConventionBuilder MapTacitDashboard(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        BrowserSessions sessions = routes.ServiceProvider.GetRequiredService<BrowserSessions>();
        RouteGroupBuilder group = routes.MapGroup("");
        group.WithMetadata(new RequiredRole(Role.Anonymous));
        foreach (string place in places) group.MapMethods(place, ["GET"], (RequestDelegate)(context => PageAsync(context, sessions)));
        group.MapMethods("/assets/{name}", ["GET"], (RequestDelegate)AssetAsync);
        return group;
    }

    /// <summary>Makes a link that opens a session, once.</summary>
    /// <param name="sessions">The coordinator's.</param>
    /// <param name="coordinator">Where it is reached.</param>
    /// <param name="role">Viewer, operator or owner.</param>
    /// <returns>Such as <c>https://127.0.0.1:8443/?t=…</c>: a secret until it was used.</returns>
    public static Uri CreateLink(BrowserSessions sessions, Uri coordinator, Role role)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        ArgumentNullException.ThrowIfNull(coordinator);
        // An address that stands for all of this host's is no address to open.
        UriBuilder reached = new(coordinator) { Path = "/", Query = $"t={sessions.CreateLink(role, lifetime: null)}" };
        if (coordinator.Host is "0.0.0.0" or "[::]" or "::") reached.Host = "localhost";
        return reached.Uri;
    }

    private static async Task PageAsync(HttpContext context, BrowserSessions sessions)
    {
        if (context.Request.Query["t"].ToString() is not { Length: > 0 } token)
        {
            await Asset.Document.WriteAsync(context);
            return;
        }

        // The token leaves the address at once: it is in no history, and no other page sees it.
        if (await sessions.OpenAsync(context, token) is not null) Redirect(context);
        else await Asset.Used.WriteAsync(context, StatusCodes.Status403Forbidden);
    }

    private static void Redirect(HttpContext context)
    {
        Asset.Protect(context.Response);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Location = "/";
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
    }

    private static async Task AssetAsync(HttpContext context)
    {
        if (Asset.Find((string)context.Request.RouteValues["name"]!) is { } asset) await asset.WriteAsync(context);
        else context.Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
