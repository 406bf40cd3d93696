using Tacit.Federation.Offers;
using Tacit.Learning.Training;

namespace Tacit.Participation.Hosting;

/// <summary>What a host needs to take part: who the participant is, and how it answers offers.</summary>
public sealed class HostedParticipant
{
    /// <summary>Connects, as often as it has to be. Whoever is asked keeps nothing of a connection that was disposed of.</summary>
    public required Func<CancellationToken, Task<ParticipantConnection>> Connect { get; init; }

    /// <summary>Computes updates for an offer that the policy allows.</summary>
    public required Func<RoundOffer, CancellationToken, Task<IReadOnlyList<ModelUpdate>>> Compute { get; init; }

    /// <summary>Told how each round ended, before the next one is asked for.</summary>
    /// <value>Nobody.</value>
    public Func<RoundParticipation, Task> Finished { get; init; } = _ => Task.CompletedTask;

    /// <summary>What it is called in the log.</summary>
    public required string Name { get; init; }

    /// <summary>Where time comes from.</summary>
    /// <value>The system's clock.</value>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>A connection and whatever has to be disposed of with it.</summary>
/// <param name="Client">Joined.</param>
/// <param name="Owner">The client, or what holds it and its keys.</param>
public sealed record ParticipantConnection(ParticipantClient Client, IAsyncDisposable Owner);
