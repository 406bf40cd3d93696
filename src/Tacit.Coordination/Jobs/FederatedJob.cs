using System.Collections.Immutable;
using Tacit.Aggregation.Planning;
using Tacit.Aggregation.Rounds;
using Tacit.Federation.Offers;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;

namespace Tacit.Coordination.Jobs;

/// <summary>A training plan that is run over the network, and what the coordinator has to know of data it never sees.</summary>
public sealed record FederatedJob
{
    /// <summary>What was asked for. Its simulated drop-outs and its seed have no meaning here.</summary>
    public required TrainingPlan Plan { get; init; }

    /// <summary>The shape of one example.</summary>
    public required InputShape Input { get; init; }

    /// <summary>Classes of the task.</summary>
    public required int Classes { get; init; }

    /// <summary>Participants that have to be there before a round is offered.</summary>
    public required int Participants { get; init; }

    /// <summary>Public examples to measure the model on, or null.</summary>
    public Dataset? Test { get; init; }

    /// <summary>Parameters to begin with; null draws them.</summary>
    public float[]? Start { get; init; }

    /// <summary>The plan as its owner wrote it, which participants are shown; may be empty.</summary>
    public string PlanText { get; init; } = "";

    /// <summary>What <see cref="CoordinatorOptions.ReadJob"/> reads this job from after a restart; null for a job that ends with its process.</summary>
    public string? Document { get; init; }

    /// <summary>What the plan calls it.</summary>
    public string Name => Plan.Name.Length is > 0 and <= 100 ? Plan.Name : "training";

    /// <summary>Refuses a job that cannot run, or cannot keep what its plan promises; a coordinator does so before it takes the job in.</summary>
    /// <exception cref="Aggregation.Failures.FailureException">Why.</exception>
    public void ThrowUnlessPossible() => FederatedTraining.Check(this);
}

/// <summary>What one round over the network came to.</summary>
public sealed record FederatedRound
{
    /// <summary>The number in the terms; rounds that failed have numbers too.</summary>
    public required long Number { get; init; }

    /// <summary>The round of training, from 1; 0 where moments of the features were summed.</summary>
    public required int Round { get; init; }

    /// <summary>What was asked for.</summary>
    public required RoundPurpose Purpose { get; init; }

    /// <summary>Participants that were invited.</summary>
    public required int Invited { get; init; }

    /// <summary>Whose inputs are in the sum, by name.</summary>
    public required ImmutableArray<string> Included { get; init; }

    /// <summary>Who stopped answering, and when.</summary>
    public ImmutableArray<(string Participant, Phase Phase, bool Recovered)> Dropped { get; init; } = [];

    /// <summary>Who did not want to take part, and why.</summary>
    public ImmutableArray<(string Participant, string Reason)> Declined { get; init; } = [];

    /// <summary>Why there is no sum, or null.</summary>
    public RoundOutcome.Aborted? Aborted { get; init; }

    /// <summary>Bytes of envelopes that came in.</summary>
    public long BytesReceived { get; init; }

    /// <summary>When it was offered; null where that is not known.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>From the offer to the end.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Total weight, or contributions of a noised sum.</summary>
    public long Weight { get; init; }

    /// <summary>Values beyond the range.</summary>
    public long Saturated { get; init; }

    /// <summary>On the public examples, if there are any.</summary>
    public Evaluation? Metrics { get; init; }

    /// <summary>What the job has cost so far; null without noise.</summary>
    public PrivacySpending? Spent { get; init; }

    /// <summary>What machines held against parties, in order.</summary>
    public ImmutableArray<string> Incidents { get; init; } = [];
}

/// <summary>What a job came to.</summary>
/// <param name="Rounds">In order.</param>
/// <param name="Model">Parameters after the last round, or their mean over the last rounds that the plan asks for.</param>
/// <param name="Stopped">Why the job ended before its last round, or null.</param>
public sealed record FederatedResult(ImmutableArray<FederatedRound> Rounds, float[] Model, string? Stopped);
