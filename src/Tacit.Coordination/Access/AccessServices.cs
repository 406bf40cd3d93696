using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tacit.Coordination.Certificates;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;

namespace Tacit.Coordination.Access;

/// <summary>Registers who is who.</summary>
internal static class AccessServices
{
    public static IServiceCollection AddTacitAccess(this IServiceCollection services, CoordinatorOptions options)
    {
        services.AddSingleton(provider => new CoordinatorCertificates(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new Roster(
            options, provider.GetRequiredService<CoordinatorState>(), provider.GetRequiredService<CoordinatorCertificates>(), provider.GetRequiredService<ChangeSignal>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new BrowserSessions(provider.GetRequiredService<CoordinatorState>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new PeopleTokens(provider.GetRequiredService<CoordinatorState>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new AccessControl(
            provider.GetRequiredService<AccessSecrets>(), provider.GetRequiredService<Roster>(), provider.GetRequiredService<PeopleTokens>(), provider.GetRequiredService<BrowserSessions>(), options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IHostedService>(provider => new Loader(provider.GetRequiredService<CoordinatorState>(), provider.GetRequiredService<Roster>(), provider.GetRequiredService<PeopleTokens>()));
        return services;
    }

    // Before anybody is served.
    private sealed class Loader(CoordinatorState state, Roster roster, PeopleTokens tokens) : IHostedLifecycleService
    {
        public async Task StartingAsync(CancellationToken cancellationToken)
        {
            await state.OpenAsync(cancellationToken);
            await roster.LoadAsync(cancellationToken);
            await tokens.LoadAsync(cancellationToken);
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
