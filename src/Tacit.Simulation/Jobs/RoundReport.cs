using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Learning.Models;

namespace Tacit.Simulation.Jobs;

/// <summary>What one round of a job came to.</summary>
public sealed record RoundReport
{
    /// <summary>From 1; 0 is the round that sums the features' moments.</summary>
    public required int Round { get; init; }

    /// <summary>Names of those whose updates are in the model.</summary>
    public required ImmutableArray<string> Included { get; init; }

    /// <summary>Who stopped answering, and when.</summary>
    public required ImmutableArray<(string Participant, Phase Phase, bool Recovered)> Dropped { get; init; }

    /// <summary>Why the round gave nothing, or null.</summary>
    public RoundOutcome.Aborted? Aborted { get; init; }

    /// <summary>The model after the round, on the test examples; null in round 0.</summary>
    public Evaluation? Metrics { get; init; }

    /// <summary>Bytes that participants sent and received: mean and most of one participant.</summary>
    public required RoundCost Cost { get; init; }

    /// <summary>Time the coordinator and all participants computed, by phase.</summary>
    public required ImmutableDictionary<Phase, TimeSpan> ComputeTime { get; init; }

    /// <summary>Time that local training took, all participants together.</summary>
    public TimeSpan TrainingTime { get; init; }

    /// <summary>Values beyond the range, over all included: clipped, and counted inside the protected sum.</summary>
    public long Saturated { get; init; }

    /// <summary>Sum of the included weights.</summary>
    public long Weight { get; init; }

    /// <summary>What machines held against others.</summary>
    public ImmutableArray<string> Incidents { get; init; } = [];
}

/// <summary>Bytes of a round, envelope headers included.</summary>
/// <param name="MeanUp">Sent by a participant, on average.</param>
/// <param name="MeanDown">Received by a participant, on average.</param>
/// <param name="MostUp">Sent by the one that sent most.</param>
/// <param name="MostDown">Received by the one that received most.</param>
public sealed record RoundCost(double MeanUp, double MeanDown, long MostUp, long MostDown)
{
    /// <summary>Nothing was sent.</summary>
    public static RoundCost None { get; } = new(0, 0, 0, 0);
}
