using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tacit.Coordination.Access;
using Tacit.Coordination.Endpoints;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Coordination.Rounds;
using Tacit.Coordination.Telemetry;

namespace Tacit.Coordination;

/// <summary>Adds a coordinator to an ASP.NET Core application.</summary>
public static class TacitCoordinator
{
    /// <summary>Registers the coordinator. An <see cref="IRoundJournal"/> that is registered too is told of rounds.</summary>
    /// <param name="services">The application's.</param>
    /// <param name="configure">Changes the options, or null.</param>
    /// <exception cref="InvalidOperationException">The options contradict each other.</exception>
    public static IServiceCollection AddTacitCoordinator(this IServiceCollection services, Action<CoordinatorOptions>? configure = null)
    {
        CoordinatorOptions options = new();
        configure?.Invoke(options);
        options.Validate();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options).AddSingleton<AccessSecrets>().AddSingleton<ChangeSignal>().AddSingleton<RoundBoard>();
        services.AddSingleton(provider => new CoordinatorState(options, provider.GetRequiredService<TimeProvider>())).AddHostedService(provider => provider.GetRequiredService<CoordinatorState>());
        services.AddTacitAccess(options);
        services.AddSingleton(provider => new RoundRunner(
            options, provider.GetRequiredService<RoundBoard>(), provider.GetRequiredService<Roster>(), provider.GetRequiredService<TimeProvider>(), provider.GetService<IRoundJournal>(), provider.GetRequiredService<CoordinatorMetrics>()));
        services.AddSingleton<RecordViews>().AddSingleton<ChangeStream>().AddSingleton<ViewEndpoints>();
        services.AddSingleton<CoordinatorEndpoints>();
        services.AddSingleton(_ => new CoordinatorMetrics()).AddSingleton(provider => new RouteGuard(provider.GetRequiredService<AccessControl>(), provider.GetRequiredService<CoordinatorMetrics>()));
        services.AddSingleton<HealthProbe>().AddHostedService(provider => provider.GetRequiredService<HealthProbe>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ListenerPolicy>());
        foreach (ICoordinatorExtension extension in options.Extensions) extension.AddServices(services);
        services.AddSingleton(provider => new JobHost(
            provider.GetRequiredService<CoordinatorState>(), provider.GetRequiredService<RoundRunner>(), provider.GetRequiredService<RoundBoard>(), provider.GetRequiredService<ChangeSignal>(), options, provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService(provider => provider.GetRequiredService<JobHost>());
        return services;
    }

    /// <summary>Maps all routes of the coordinator, and those of its extensions.</summary>
    /// <param name="routes">The application.</param>
    public static IEndpointRouteBuilder MapTacitCoordinator(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        routes.ServiceProvider.GetRequiredService<CoordinatorEndpoints>().Map(routes);
        foreach (ICoordinatorExtension extension in routes.ServiceProvider.GetRequiredService<CoordinatorOptions>().Extensions) extension.Map(routes);
        return routes;
    }
}
