using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Access;
using Tacit.Coordination.Hosting;
using Tacit.Orchestration.Documents;

namespace Tacit.Orchestration;

/// <summary>A path of an older interface that is answered with what took its place: 410, the successor in <c>Link</c> and in the problem's detail.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Pattern">The old path.</param>
/// <param name="Next">The new one, with its method.</param>
/// <param name="Why">What changed and why.</param>
internal sealed record Successor(string Method, string Pattern, string Next, string Why)
{
    /// <summary>Paths that descriptions of the orchestrator name.</summary>
    public static ImmutableArray<Successor> OfOrchestrator { get; } =
    [
        new("POST", "/api/v1/orchestrator/start", "POST /api/training/start", "one route starts runs"),
        new("POST", "/api/v1/orchestrator/stop", "POST /api/training/runs/{run}/stop", "a run is stopped by its id"),
        new("GET", "/api/v1/orchestrator/status", "GET /api/training/runs", "every run has a status of its own"),
        new("POST", "/orchestrators/start-task", "POST /api/training/start", "one route starts runs"),
        new("GET", "/orchestrators/task-status/{id}", "GET /api/training/runs/{run}", "ids are those of runs"),
        new("GET", "/api/agents/status", "GET /api/v1/participants", "participants are listed by the coordinator, on its own port"),
        new("POST", "/api/models/upload", "POST /api/v1/rounds/{n}/envelopes/masked-input", "nobody uploads a model: participants send masked updates, with their own tokens, on the coordinator's port"),
        new("GET", "/api/models/versions", "GET /api/training/runs/{run}/metrics", "each round of a run has a model; the newest one is at GET /api/v1/jobs/{id}/model on the coordinator's port"),
        new("POST", "/auth/login", "tacit token", "there are no passwords: an owner hands out tokens with a role"),
        new("GET", "/privacy/privacy-budget", "GET /api/training/budget", "a budget belongs to a run and is counted by its accountant"),
        new("POST", "/privacy/spend-privacy-budget", "GET /api/training/budget", "nobody spends by hand: a round is charged before its sum is opened"),
        new("POST", "/privacy/apply-differential-privacy", "POST /api/training/start", "noise is added by participants to what they send; a service that is given the value has already seen it"),
        new("POST", "/privacy/encrypt-data", "POST /api/training/start", "participants encrypt for each other; a service that is given the data has already seen it"),
        new("POST", "/privacy/decrypt-data", "POST /api/training/start", "nothing but sums is ever opened"),
    ];

    /// <summary>The steps of a try by hand.</summary>
    public static ImmutableArray<Successor> OfTries { get; } =
    [
        new("POST", "/tries/{id}/rounds/0/public-keys", "POST /api/v1/rounds/{n}/envelopes/advertise-keys", "who sends is known by the token and not by userId in the query; two raw P-256 keys, signed against a malicious coordinator"),
        new("GET", "/tries/{id}/rounds/1/public-keys", "GET /api/v1/rounds/{n}/envelopes?from=0", "waits until there is something instead of answering 404; only the neighbours' keys"),
        new("POST", "/tries/{id}/rounds/1/ciphertexts", "POST /api/v1/rounds/{n}/envelopes/share-keys", "who sends is known by the token; shares in AES-256-GCM, bound to round, sender and receiver"),
        new("GET", "/tries/{id}/rounds/2/ciphertexts", "GET /api/v1/rounds/{n}/envelopes?from=K", "only what is meant for the holder of the token"),
        new("POST", "/tries/{id}/rounds/2/masked-vector", "POST /api/v1/rounds/{n}/envelopes/masked-input", "residues of a modulus that no sum can wrap, in chunks, instead of floating point in base64"),
        new("GET", "/tries/{id}/rounds/4/user-list", "GET /api/v1/rounds/{n}/envelopes?from=K", "the survivors come with the consistency check, signed by those that agree on them"),
        new("POST", "/tries/{id}/rounds/4/shares", "POST /api/v1/rounds/{n}/envelopes/unmasking", "either share of a participant and never both: asked for the second one, a participant refuses"),
        new("POST", "/non-federated", "POST /comparisons", "mode central: trained on examples that the operator has, to compare with; participants send no data"),
        new("POST", "/non-secure/trainable-vars", "POST /comparisons", "mode plain: simulated on examples that the operator has; participants are never asked for a plain update"),
    ];

    public void Map(RouteGuard guard, IEndpointRouteBuilder routes, string listener) => guard
        .Map(routes, Method, Pattern, Roles.Reader, AnswerAsync)
        .WithMetadata(new OnListener(listener))
        .Says(new RouteText($"Superseded by {Next}: {Why}.") { AnswerMedia = "", Status = 410, Codes = [FailureCodes.RouteSuperseded.Name] });

    private Task AnswerAsync(HttpContext context, string actor)
    {
        string path = Next.Split(' ')[^1];
        if (path.StartsWith('/')) context.Response.Headers.Link = $"<{path.Replace("{", "%7B", StringComparison.Ordinal).Replace("}", "%7D", StringComparison.Ordinal)}>; rel=\"successor-version\"";
        throw new FailureException(FailureCodes.RouteSuperseded, $"{Method} {Pattern} is superseded by {Next}: {Why}");
    }
}
