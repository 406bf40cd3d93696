using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tacit.Coordination.Hosting;

/// <summary>The listener that a connection came in by: not the Host header, which is whatever the other side says.</summary>
internal sealed record ListenerFeature(string Listener)
{
    public static void On(ListenOptions listen, string name) => listen.Use(next => connection =>
    {
        connection.Features.Set(new ListenerFeature(name));
        return next(connection);
    });
}

/// <summary>Answers each route on its own listener alone.</summary>
internal sealed class ListenerPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    private const string Health = "/healthz/";

    public override int Order => -1000;   // before methods are looked at: a path of another listener is unknown, not of the wrong method

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => true;

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        string? listener = httpContext.Features.Get<ListenerFeature>()?.Listener;
        for (int i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && !Answers(candidates[i].Endpoint, listener)) candidates.SetValidity(i, false);
        }

        return Task.CompletedTask;
    }

    private static bool Answers(Endpoint endpoint, string? listener)
    {
        if (endpoint is not RouteEndpoint route) return true;   // "the path is there, the method is not"
        string? only = endpoint.Metadata.GetMetadata<OnListener>()?.Listener;
        return only == listener || (only is null && route.RoutePattern.RawText?.StartsWith(Health, StringComparison.Ordinal) == true);
    }
}
