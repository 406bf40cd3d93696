using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tacit.Coordination.Access;
using Tacit.Coordination.Endpoints;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Telemetry;
using Tacit.Orchestration.Budgets;
using Tacit.Orchestration.Comparisons;
using Tacit.Orchestration.Documents;
using Tacit.Orchestration.Plans;
using Tacit.Orchestration.Telemetry;
using Tacit.Orchestration.Training;
using Tacit.Orchestration.Tries;

namespace Tacit.Orchestration;

/// <summary>What is served beside a coordinator: the orchestrator's façade, the façade for tries, metrics, and the OpenAPI document. Add it to the coordinator's extensions.</summary>
/// <param name="options">What is on, and what the program brings.</param>
public sealed class TacitOrchestration(OrchestrationOptions options) : ICoordinatorExtension
{
    /// <summary>The listener of the orchestrator's façade.</summary>
    public const string Orchestrator = TrainingRoutes.Listener;

    /// <summary>The listener of the façade for tries.</summary>
    public const string Tries = TriesRoutes.Listener;

    /// <inheritdoc/>
    public ImmutableArray<ExtensionPort> Ports =>
    [
        .. options.OrchestratorPort is { } first ? [new ExtensionPort(Orchestrator, first)] : Array.Empty<ExtensionPort>(),
        .. options.TriesPort is { } second ? [new ExtensionPort(Tries, second)] : Array.Empty<ExtensionPort>(),
    ];

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddSingleton(options).AddSingleton(new PlanCatalogue(options.PlanFolder));
        services.AddSingleton<TrainingRoutes>().AddSingleton<TriesRoutes>().AddSingleton<ComparisonRoutes>();
        services.AddSingleton<ComparisonBoard>().AddHostedService(provider => provider.GetRequiredService<ComparisonBoard>());
        services.AddHostedService<BudgetWatch>().AddHostedService<JobLog>();
        services.AddSingleton<LogRing>().AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<LogRing>());
        services.AddSingleton<JobMetrics>().AddHostedService(provider => provider.GetRequiredService<JobMetrics>());
        OtlpExport.Add(services);
    }

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        if (options.OrchestratorPort is not null) routes.MapTacitOrchestrator();
        if (options.TriesPort is not null) routes.MapTacitTries();
        RouteGuard guard = routes.ServiceProvider.GetRequiredService<RouteGuard>();
        CoordinatorMetrics metrics = routes.ServiceProvider.GetRequiredService<CoordinatorMetrics>();
        guard.Map(routes, "GET", "/metrics", options.MetricsAnonymous ? Role.Anonymous : Roles.Reader, async (context, _) =>
        {
            context.Response.ContentType = PrometheusText.ContentType;
            await context.Response.WriteAsync(metrics.Page.Render(), context.RequestAborted);
        }).Says(new RouteText("What this coordinator measures, for Prometheus.") { AnswerMedia = "text/plain" });
        HealthProbe health = routes.ServiceProvider.GetRequiredService<HealthProbe>();
        guard.Map(routes, "GET", "/api/v1/health", Roles.Reader, async (context, _) =>
        {
            ImmutableArray<HealthCheck> checks = await health.CheckAsync(context.RequestAborted);
            await Problems.WriteJsonAsync(context, new HealthAnswer(checks.All(check => check.Holds), [.. checks.Select(check => new HealthCheckAnswer(check.Name, check.Holds, check.Detail))]));
        }).Says(new RouteText("What readiness looks at, with what was found.") { Answer = typeof(HealthAnswer) });
        guard.Map(routes, "GET", "/api/v1/logs", Roles.Reader, LogRoutes.AnswerAsync)
            .Says(new RouteText("Events of this process' log after a number; with wait=true held open until there are any.") { Answer = typeof(LogAnswer), Query = [("after", "The last number that is known, or 0.", false), ("wait", "true to be held open.", false)], Codes = ["INVALID_VALUE"] });
        guard.Map(routes, "GET", "/openapi/v1.json", Roles.Reader, (context, _) => OpenApiDocument.WriteAsync(context))
            .Says(new RouteText("This document."));
    }
}

/// <summary>Maps the façades into an application of one's own.</summary>
public static class OrchestrationRoutes
{
    /// <summary>Maps the orchestrator's façade; its routes are answered on the listener <see cref="TacitOrchestration.Orchestrator"/> alone.</summary>
    /// <param name="routes">An application that has a coordinator with <see cref="TacitOrchestration"/> among its extensions.</param>
    public static IEndpointRouteBuilder MapTacitOrchestrator(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        routes.ServiceProvider.GetRequiredService<TrainingRoutes>().Map(routes);
        return routes;
    }

    /// <summary>Maps the façade for tries; its routes are answered on the listener <see cref="TacitOrchestration.Tries"/> alone.</summary>
    /// <param name="routes">As above.</param>
    public static IEndpointRouteBuilder MapTacitTries(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        routes.ServiceProvider.GetRequiredService<TriesRoutes>().Map(routes);
        return routes;
    }
}
