using System.Buffers.Binary;
using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Access;
using Tacit.Coordination.Endpoints;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Orchestration.Comparisons;
using Tacit.Orchestration.Documents;
using Tacit.Storage.Jobs;

namespace Tacit.Orchestration.Tries;

/// <summary>The façade for tries: what could be asked of a first version of this flow, answered by its successors.</summary>
internal sealed class TriesRoutes(RouteGuard guard, JobHost jobs, CoordinatorState state, ComparisonRoutes comparisons)
{
    public const string Listener = "tries";

    private static readonly ImmutableArray<string> oneTry = ["UNKNOWN_JOB"];

    public void Map(IEndpointRouteBuilder routes)
    {
        Add(routes, "/", (context, _) => Problems.WriteJsonAsync(context, Index()))
            .Says(new RouteText("What is answered on this port, and what took the place of older routes.") { Answer = typeof(TriesIndexAnswer) });
        Add(routes, "/model", ModelAsync, Role.Operator)
            .Says(new RouteText("The newest model that a run has released.") { Answer = typeof(ModelAnswer), Codes = oneTry });
        Add(routes, "/tries", (context, _) => Problems.WriteJsonAsync(context, jobs.All.Select(Of).ToImmutableArray()))
            .Says(new RouteText("All runs, oldest first.") { Answer = typeof(ImmutableArray<TryAnswer>) });
        Add(routes, "/tries/current", (context, _) => Problems.WriteJsonAsync(context, Of(Current())))
            .Says(new RouteText("The run that is under way, else the newest.") { Answer = typeof(TryAnswer), Codes = oneTry });
        Add(routes, "/tries/{id}", (context, _) => Problems.WriteJsonAsync(context, Of(TryOf(context))))
            .Says(new RouteText("How a run stands.") { Answer = typeof(TryAnswer), Codes = oneTry });
        Add(routes, "/tries/{id}/initial-params", InitialAsync)
            .Says(new RouteText("What a participant has to know before a run.") { Answer = typeof(InitialParametersAnswer), Codes = oneTry });
        comparisons.Map(routes);
        foreach (Successor route in Successor.OfTries) route.Map(guard, routes, Listener);
    }

    private IEndpointConventionBuilder Add(IEndpointRouteBuilder routes, string pattern, Func<HttpContext, string, Task> handler, Role role = Roles.Reader) =>
        guard.Map(routes, "GET", pattern, role, handler).WithMetadata(new OnListener(Listener));

    private async Task ModelAsync(HttpContext context, string actor)
    {
        foreach (JobReport job in jobs.All.Reverse())
        {
            if (await jobs.ModelAsync(job.Id, context.RequestAborted) is not { } model) continue;
            byte[] bytes = new byte[model.Length * sizeof(double)];
            for (int i = 0; i < model.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * sizeof(double)), model[i]);
            await state.NoteDownloadAsync(job.Id, bytes, actor, context.RequestAborted);
            await Problems.WriteJsonAsync(context, new ModelAnswer(job.Id, job.RoundsDone, "float64, little-endian, base64", model.Length, Convert.ToBase64String(bytes)));
            return;
        }

        throw new FailureException(FailureCodes.UnknownJob, "no run has released a model yet");
    }

    private async Task InitialAsync(HttpContext context, string actor)
    {
        JobReport job = TryOf(context);
        string? plan = await jobs.PlanAsync(job.Id, context.RequestAborted);
        await Problems.WriteJsonAsync(context, new InitialParametersAnswer(job.Id, job.Protocol, job.Mode, job.Mechanism, job.Participants, plan));
    }

    private JobReport Current() => jobs.All.FirstOrDefault(job => job.State == JobState.Running) ?? jobs.All.LastOrDefault() ?? throw new FailureException(FailureCodes.UnknownJob, "there has been no run yet");

    private JobReport TryOf(HttpContext context) => jobs.Find((string)context.Request.RouteValues["id"]!) ?? throw new FailureException(FailureCodes.UnknownJob, "there is no try of this id; GET /tries lists them");

    private static TryAnswer Of(JobReport job) => new(job.Id, job.State.ToString().ToLowerInvariant(), job.Waiting, job.RoundsDone, job.RoundsPlanned, job.Participants, job.SubmittedAt);

    private static TriesIndexAnswer Index() => new(
        "tries",
        ["GET /model", "GET /tries", "GET /tries/current", "GET /tries/{id}", "GET /tries/{id}/initial-params", "POST /comparisons", "GET /comparisons", "GET /comparisons/{comparison}", "GET /comparisons/{comparison}/{file}"],
        [.. Successor.OfTries.Select(old => new SupersededAnswer($"{old.Method} {old.Pattern}", old.Next, old.Why))]);
}
