using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;

namespace Tacit.Orchestration.Documents;

/// <summary>What the OpenAPI document says of a route, as metadata of its endpoint.</summary>
/// <param name="Summary">One sentence.</param>
internal sealed record RouteText(string Summary)
{
    /// <summary>The type of the JSON body, or null.</summary>
    public Type? Body { get; init; }

    /// <summary>The type of the answer, or null if it is described by <see cref="AnswerMedia"/> alone.</summary>
    public Type? Answer { get; init; }

    /// <summary>The answer's media type; empty if there is no content.</summary>
    public string AnswerMedia { get; init; } = "application/json";

    /// <summary>The status of success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The media type of a body that is not JSON, or null.</summary>
    public string? BodyMedia { get; init; }

    /// <summary>Parameters of the query: name, meaning, whether they have to be there.</summary>
    public ImmutableArray<(string Name, string Meaning, bool Required)> Query { get; init; } = [];

    /// <summary>Whether the request is held open, and ends with 204 if there is nothing.</summary>
    public bool WaitsInVain { get; init; }

    /// <summary>Failure codes beyond those that every route with a role has.</summary>
    public ImmutableArray<string> Codes { get; init; } = [];
}

/// <summary>Attaches descriptions.</summary>
internal static class RouteTexts
{
    public static TBuilder Says<TBuilder>(this TBuilder route, RouteText text)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(text);
}
