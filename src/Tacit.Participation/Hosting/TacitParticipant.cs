using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Offers;
using Tacit.Learning.Training;
using Tacit.Participation.Enrolment;

namespace Tacit.Participation.Hosting;

/// <summary>Adds participants to a host. Each call adds one more; each needs a data directory of its own.</summary>
public static class TacitParticipant
{
    /// <summary>Adds a participant that joins with what its options say.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="options">Where, and on what conditions.</param>
    /// <param name="compute">Computes updates for an offer that the policy allows.</param>
    public static IServiceCollection AddTacitParticipant(this IServiceCollection services, ParticipantOptions options, Func<RoundOffer, CancellationToken, Task<IReadOnlyList<ModelUpdate>>> compute)
    {
        ArgumentNullException.ThrowIfNull(options);
        return services.AddTacitParticipant(new HostedParticipant { Name = options.Name, Clock = options.Clock, Compute = compute, Connect = ConnectAsync });

        async Task<ParticipantConnection> ConnectAsync(CancellationToken stopping)
        {
            ParticipantClient client = await ParticipantClient.ConnectAsync(options, stopping);
            return new ParticipantConnection(client, client);
        }
    }

    /// <summary>Adds a participant that was enrolled before, as <c>tacit join</c> does.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="folder">Who it is; its keys are rotated through it.</param>
    /// <param name="configure">Makes the options with this identity.</param>
    /// <param name="compute">Computes updates for an offer that the policy allows.</param>
    public static IServiceCollection AddTacitParticipant(
        this IServiceCollection services, ParticipantFolder folder, Func<SigningKey, ParticipantOptions> configure, Func<RoundOffer, CancellationToken, Task<IReadOnlyList<ModelUpdate>>> compute)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return services.AddTacitParticipant(new HostedParticipant { Name = folder.Name, Compute = compute, Connect = ConnectAsync });

        async Task<ParticipantConnection> ConnectAsync(CancellationToken stopping)
        {
            EnrolledClient enrolled = await EnrolledClient.ConnectAsync(folder, configure, TimeProvider.System, stopping);
            return new ParticipantConnection(enrolled.Client, enrolled);
        }
    }

    /// <summary>Adds a participant.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="participant">Who it is and what it does.</param>
    public static IServiceCollection AddTacitParticipant(this IServiceCollection services, HostedParticipant participant)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(participant);
        return services.AddSingleton<IHostedService>(provider => new ParticipantService(participant, provider.GetRequiredService<ILogger<ParticipantService>>()));   // not AddHostedService: it keeps one of a kind
    }
}
