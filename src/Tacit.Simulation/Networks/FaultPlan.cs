using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;

namespace Tacit.Simulation.Networks;

/// <summary>What goes wrong on purpose. The defaults are a perfect network.</summary>
public sealed record FaultPlan
{
    /// <summary>Nothing goes wrong.</summary>
    public static FaultPlan None { get; } = new();

    /// <summary>Participants that stop answering for good, and the first phase they do not answer.</summary>
    public ImmutableDictionary<PartyId, Phase> Crashes { get; init; } = ImmutableDictionary<PartyId, Phase>.Empty;

    /// <summary>Probability that a participant crashes right before it would send a message, at each message.</summary>
    public double CrashProbability { get; init; }

    /// <summary>Probability that a message is lost.</summary>
    public double LossProbability { get; init; }

    /// <summary>Probability that a message arrives twice.</summary>
    public double DuplicateProbability { get; init; }

    /// <summary>Probability that one bit of a message is flipped on the way.</summary>
    public double CorruptionProbability { get; init; }

    /// <summary>Probability that a message is held back by a uniform part of two phase timeouts, so that it is overtaken or too late.</summary>
    public double DelayProbability { get; init; }

    /// <summary>Phases in which the faults of the network happen; all of them by default.</summary>
    public ImmutableHashSet<Phase> Phases { get; init; } = [.. Enum.GetValues<Phase>()];

    /// <summary>Draws who stops answering: each participant with the probability, in a uniform phase.</summary>
    /// <param name="cohort">Who could.</param>
    /// <param name="probability">In [0, 1].</param>
    /// <param name="uniform">Uniform numbers in [0, 1).</param>
    public static ImmutableDictionary<PartyId, Phase> DrawCrashes(IEnumerable<PartyId> cohort, double probability, Func<double> uniform)
    {
        var crashes = ImmutableDictionary.CreateBuilder<PartyId, Phase>();
        foreach (PartyId party in cohort)
        {
            if (uniform() < probability) crashes[party] = (Phase)(int)(uniform() * 5);
        }

        return crashes.ToImmutable();
    }
}
