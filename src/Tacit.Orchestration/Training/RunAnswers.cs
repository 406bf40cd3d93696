using System.Collections.Immutable;
using Tacit.Coordination.Endpoints;
using Tacit.Coordination.Jobs;
using Tacit.Federation.Offers;

namespace Tacit.Orchestration.Training;

/// <summary>Where to ask for more about a run.</summary>
/// <param name="Status">How it stands.</param>
/// <param name="Stop">Ends it.</param>
/// <param name="Metrics">What each round came to.</param>
/// <param name="Budget">What it has cost.</param>
public sealed record RunLinks(string Status, string Stop, string Metrics, string Budget)
{
    internal static RunLinks Of(string run) => new($"/api/training/runs/{run}", $"/api/training/runs/{run}/stop", $"/api/training/runs/{run}/metrics", $"/api/training/runs/{run}/budget");
}

/// <summary>How a run stands.</summary>
/// <param name="Run">Its id.</param>
/// <param name="Plan">What the plan calls it.</param>
/// <param name="State">planned, running, stopped, finished or failed.</param>
/// <param name="Reason">Why it stopped or failed, or empty.</param>
/// <param name="Waiting">What it waits for, or empty.</param>
/// <param name="RoundsDone">Rounds of training that gave a model.</param>
/// <param name="RoundsPlanned">Rounds of the plan.</param>
/// <param name="Participants">Participants that have to be there before the first round.</param>
/// <param name="Protocol">How sums are protected.</param>
/// <param name="Mode">malicious or semi-honest.</param>
/// <param name="Mechanism">What kind of noise; none for exact sums.</param>
/// <param name="SubmittedAt">In UTC.</param>
/// <param name="StartedAt">In UTC, or null.</param>
/// <param name="EndedAt">In UTC, or null.</param>
/// <param name="Links">Where to ask for more.</param>
public sealed record RunAnswer(
    string Run, string Plan, string State, string Reason, string Waiting, int RoundsDone, int RoundsPlanned, int Participants, string Protocol, string Mode, string Mechanism,
    DateTimeOffset SubmittedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, RunLinks Links)
{
    internal static RunAnswer Of(JobReport job) => new(
        job.Id, job.Name, job.State.ToString().ToLowerInvariant(), job.Reason, job.Waiting, job.RoundsDone, job.RoundsPlanned, job.Participants, job.Protocol, job.Mode, job.Mechanism,
        job.SubmittedAt, job.StartedAt, job.EndedAt, RunLinks.Of(job.Id));
}

/// <summary>All runs.</summary>
/// <param name="Runs">Oldest first.</param>
public sealed record RunListAnswer(ImmutableArray<RunAnswer> Runs);

/// <summary>What a request to start came to.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Privacy">What was asked for.</param>
/// <param name="Means">What that is here, in words.</param>
/// <param name="PlanFrom">Where the plan is from: embedded, or a file.</param>
/// <param name="Status">How it stands.</param>
public sealed record StartAnswer(string Run, string Privacy, string Means, string PlanFrom, RunAnswer Status);

/// <summary>One round of a run.</summary>
/// <param name="Number">Its number on this coordinator.</param>
/// <param name="Round">The round of training, from 1; 0 where features' moments were summed.</param>
/// <param name="Outcome">completed or aborted.</param>
/// <param name="Failure">The code of why there is no sum, or null.</param>
/// <param name="Invited">Participants that were invited.</param>
/// <param name="Included">Participants whose inputs are in the sum.</param>
/// <param name="Dropped">Participants that stopped answering.</param>
/// <param name="Seconds">From the offer to the end.</param>
/// <param name="BytesReceived">Bytes of envelopes that came in.</param>
/// <param name="Saturated">Values beyond the range.</param>
/// <param name="Accuracy">On the coordinator's public examples, or null.</param>
/// <param name="Loss">As above.</param>
/// <param name="EpsilonSpent">After this round, or null.</param>
public sealed record RoundAnswer(
    long Number, int Round, string Outcome, string? Failure, int Invited, int Included, int Dropped, double Seconds, long BytesReceived, long Saturated, double? Accuracy, double? Loss, double? EpsilonSpent)
{
    internal static RoundAnswer Of(FederatedRound round) => new(
        round.Number, round.Purpose == RoundPurpose.Training ? round.Round : 0, round.Aborted is null ? "completed" : "aborted", round.Aborted?.Reason.Name, round.Invited, round.Included.Length, round.Dropped.Length,
        Math.Round(round.Elapsed.TotalSeconds, 3), round.BytesReceived, round.Saturated, CoordinatorViews.Finite(round.Metrics?.Accuracy), CoordinatorViews.Finite(round.Metrics?.MeanLoss), CoordinatorViews.Finite(round.Spent?.Epsilon));

    // JSON has no infinity: a loss that overflowed is not shown as a number.
}

/// <summary>What each round of a run came to.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Rounds">In order, failed ones too.</param>
public sealed record RunMetricsAnswer(string Run, ImmutableArray<RoundAnswer> Rounds);

/// <summary>What a value of privacy means on this coordinator.</summary>
/// <param name="Privacy">The value.</param>
/// <param name="Available">Whether it can be started.</param>
/// <param name="Means">In words.</param>
public sealed record PrivacyChoiceAnswer(string Privacy, bool Available, string Means);

/// <summary>What every value of privacy means on this coordinator.</summary>
/// <param name="Choices">All that the interface names.</param>
public sealed record PrivacyChoicesAnswer(ImmutableArray<PrivacyChoiceAnswer> Choices);
