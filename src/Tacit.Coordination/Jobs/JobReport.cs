using System.Collections.Immutable;
using Tacit.Aggregation.Planning;
using Tacit.Storage.Jobs;

namespace Tacit.Coordination.Jobs;

/// <summary>How a job stands: what it promised, what it did so far.</summary>
public sealed record JobReport
{
    /// <summary>Unlike any other job's on this coordinator; letters, digits, dots, dashes, underscores.</summary>
    public required string Id { get; init; }

    /// <summary>What the plan calls it.</summary>
    public required string Name { get; init; }

    /// <summary>How far it is. A running job goes on after a restart.</summary>
    public required JobState State { get; init; }

    /// <summary>Why it stopped or failed, with the failure's code; or empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What a running job waits for, or empty.</summary>
    public string Waiting { get; init; } = "";

    /// <summary>Rounds of training that gave a model.</summary>
    public int RoundsDone { get; init; }

    /// <summary>Rounds of the plan.</summary>
    public required int RoundsPlanned { get; init; }

    /// <summary>Such as <c>secagg-plus</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary><c>malicious</c> or <c>semi-honest</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>What kind of noise, as plans write it; <c>none</c> for exact sums.</summary>
    public required string Mechanism { get; init; }

    /// <summary>Participants that have to be there before the first round.</summary>
    public required int Participants { get; init; }

    /// <summary>The ε that the plan allows; null without one.</summary>
    public double? EpsilonCeiling { get; init; }

    /// <summary>δ of every ε.</summary>
    public required double Delta { get; init; }

    /// <summary>Whose data every ε protects, such as <c>participant</c> or <c>shard-of-8</c>: one of eight shards of a participant's examples.</summary>
    public required string Unit { get; init; }

    /// <summary>What it has cost so far; null without noise.</summary>
    public PrivacySpending? Spent { get; init; }

    /// <summary>Every round so far, failed ones too.</summary>
    public ImmutableArray<FederatedRound> Rounds { get; init; } = [];

    /// <summary>When it was submitted.</summary>
    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>When its first round could begin; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it stopped, finished or failed; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether it is over.</summary>
    public bool IsOver => State is JobState.Finished or JobState.Failed or JobState.Stopped;
}
