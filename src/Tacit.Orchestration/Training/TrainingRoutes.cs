using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Access;
using Tacit.Coordination.Endpoints;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Orchestration.Budgets;
using Tacit.Orchestration.Documents;
using Tacit.Orchestration.Plans;

namespace Tacit.Orchestration.Training;

/// <summary>The orchestrator's façade: starts runs by what privacy they are to have.</summary>
internal sealed class TrainingRoutes(RouteGuard guard, JobHost jobs, PlanCatalogue plans, OrchestrationOptions options)
{
    public const string Listener = "orchestrator";

    private const string Runs = "/api/training/runs";
    private static readonly ImmutableArray<string> oneRun = ["UNKNOWN_JOB"];

    private static readonly ImmutableSortedDictionary<string, string> meanings = new Dictionary<string, string>
    {
        ["none"] = "exact sums under SecAgg+: nobody sees one participant's update, and no differential privacy is promised",
        ["differential"] = "distributed discrete Gaussian noise inside of SecAgg+ against a semi-honest coordinator: epsilon holds against readers of the models and against the coordinator, for the unit that the plan names (embedded: one of eight shards of a participant's examples)",
        ["combined"] = "the same noise inside of SecAgg+ against a malicious coordinator: signed keys and a consistency check of who is in the sum; secret sharing and masks are its multi-party part, and there is no homomorphic encryption in it yet",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public void Map(IEndpointRouteBuilder routes)
    {
        Add(routes, "POST", "/api/training/start", Role.Operator, StartAsync)
            .Says(new RouteText("Starts a run with the plan that the value of privacy means.") { Body = typeof(StartRequest), Answer = typeof(StartAnswer), Status = 202, Codes = ["UNKNOWN_KEY", "MISSING_FIELD", "INVALID_VALUE", "MALFORMED_MESSAGE", "UNSUPPORTED_MEDIA_TYPE", "MESSAGE_TOO_LARGE", "SENDER_TOO_SLOW", "NOT_IMPLEMENTED"] });
        Add(routes, "GET", "/api/training/privacy", Roles.Reader, (context, _) => Problems.WriteJsonAsync(context, Choices()))
            .Says(new RouteText("What every value of privacy means on this coordinator.") { Answer = typeof(PrivacyChoicesAnswer) });
        Add(routes, "GET", "/api/training/budget", Roles.Reader, (context, _) => Problems.WriteJsonAsync(context, new BudgetListAnswer([.. jobs.All.Select(PrivacyBudgetReport.Of)])))
            .Says(new RouteText("The privacy budgets of all runs, with the alerts at 50, 80 and 95 percent.") { Answer = typeof(BudgetListAnswer) });
        Add(routes, "GET", Runs, Roles.Reader, (context, _) => Problems.WriteJsonAsync(context, new RunListAnswer([.. jobs.All.Select(RunAnswer.Of)])))
            .Says(new RouteText("All runs, oldest first.") { Answer = typeof(RunListAnswer) });
        Add(routes, "GET", Runs + "/{run}", Roles.Reader, (context, _) => Problems.WriteJsonAsync(context, RunAnswer.Of(RunOf(context))))
            .Says(new RouteText("How a run stands.") { Answer = typeof(RunAnswer), Codes = oneRun });
        Add(routes, "POST", Runs + "/{run}/stop", Role.Operator, StopAsync)
            .Says(new RouteText("Stops a run after what it is doing.") { Answer = typeof(RunAnswer), Codes = ["UNKNOWN_JOB", "STORAGE_CONFLICT"] });
        Add(routes, "GET", Runs + "/{run}/metrics", Roles.Reader, (context, _) => Problems.WriteJsonAsync(context, MetricsOf(RunOf(context))))
            .Says(new RouteText("What each round of a run came to.") { Answer = typeof(RunMetricsAnswer), Codes = oneRun });
        Add(routes, "GET", Runs + "/{run}/budget", Roles.Reader, (context, _) => Problems.WriteJsonAsync(context, PrivacyBudgetReport.Of(RunOf(context))))
            .Says(new RouteText("What a run may cost and has cost.") { Answer = typeof(PrivacyBudgetReport), Codes = oneRun });
        foreach (Successor route in Successor.OfOrchestrator) route.Map(guard, routes, Listener);
    }

    private IEndpointConventionBuilder Add(IEndpointRouteBuilder routes, string method, string pattern, Role role, Func<HttpContext, string, Task> handler) =>
        guard.Map(routes, method, pattern, role, handler).WithMetadata(new OnListener(Listener));

    private async Task StartAsync(HttpContext context, string actor)
    {
        using JsonDocument body = await RequestJson.ReadObjectAsync(context);
        StartRequest request = StartRequest.Read(body.RootElement);
        if (options.ReadPlan is not { } read) throw new FailureException(FailureCodes.NotImplemented, "the program that serves this façade brought nothing that reads plans");
        (string name, string source, string text) = plans.PlanOf(request.Privacy);
        FederationShape shape = plans.Shape();
        FederatedJob job = read(new PlanRequest(name, text, request.Settings, shape.Input, shape.Classes, request.Participants ?? shape.Participants));
        JobReport report = await jobs.SubmitAsync(job, actor, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.Location = RunLinks.Of(report.Id).Status;
        await Problems.WriteJsonAsync(context, new StartAnswer(report.Id, request.Privacy, meanings[request.Privacy], source, RunAnswer.Of(report)));
    }

    private async Task StopAsync(HttpContext context, string actor)
    {
        JobReport report = await jobs.StopAsync(RunOf(context).Id, actor, context.RequestAborted);
        await Problems.WriteJsonAsync(context, RunAnswer.Of(report));
    }

    private JobReport RunOf(HttpContext context) => jobs.Find((string)context.Request.RouteValues["run"]!)
        ?? throw new FailureException(FailureCodes.UnknownJob, "there is no run of this id; GET /api/training/runs lists them");

    private static RunMetricsAnswer MetricsOf(JobReport job) => new(job.Id, [.. job.Rounds.Select(RoundAnswer.Of)]);

    private static PrivacyChoicesAnswer Choices() => new(
    [
        .. PlanCatalogue.Runnable.Select(choice => new PrivacyChoiceAnswer(choice, true, meanings[choice])),
        .. PlanCatalogue.Later.Select(choice => new PrivacyChoiceAnswer(choice.Key, false, choice.Value)),
    ]);
}

/// <summary>The budgets of all runs.</summary>
/// <param name="Budgets">Oldest run first.</param>
public sealed record BudgetListAnswer(ImmutableArray<PrivacyBudgetReport> Budgets);
