using Tacit.Aggregation.Planning;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination.Access;
using Tacit.Coordination.Jobs;
using Tacit.Coordination.Rounds;
using Tacit.Storage.Roster;

namespace Tacit.Coordination.Endpoints;

/// <summary>What the control API shows, as JSON.</summary>
internal static class CoordinatorViews
{
    public static object Participants(Roster roster) => new
    {
        participants = roster.All.Select(member => new { number = member.Number, name = member.Name, key = member.Key.Point.ToString(), present = roster.IsPresent(member) }),
    };

    public static object Status(Roster roster, RoundBoard board, JobHost jobs) => new
    {
        participants = roster.All.Count(),
        present = roster.Present.Length,
        waiting = board.Waiting,
        approvals = roster.Everybody.Where(member => member.State == RosterState.Waiting).Select(member => member.Name),
        jobs = jobs.All.Select(Job),
        round = board.Current().Round is { } round ? Round(round) : null,
    };

    public static object Jobs(JobHost jobs) => new { jobs = jobs.All.Select(Job) };

    public static object Job(JobReport job) => new
    {
        id = job.Id,
        name = job.Name,
        state = job.State.ToString().ToLowerInvariant(),
        reason = job.Reason,
        waiting = job.Waiting,
        roundsDone = job.RoundsDone,
        roundsPlanned = job.RoundsPlanned,
        protocol = job.Protocol,
        mode = job.Mode,
        mechanism = job.Mechanism,
        participants = job.Participants,
        epsilonCeiling = Finite(job.EpsilonCeiling),
        delta = job.Delta,
        unit = job.Unit,
        epsilon = EpsilonOf(job.Spent),
        accuracy = Finite(job.Rounds.LastOrDefault(round => round.Metrics is not null)?.Metrics!.Accuracy),
        submittedAt = job.SubmittedAt,
        startedAt = job.StartedAt,
        endedAt = job.EndedAt,
    };

    public static object JobWithRounds(JobReport job) => new { job = Job(job), rounds = job.Rounds.Select(Finished) };

    public static object Finished(FederatedRound round) => new
    {
        number = round.Number,
        round = round.Round,
        purpose = round.Purpose.ToString(),
        startedAt = round.StartedAt,
        seconds = round.Elapsed.TotalSeconds,
        invited = round.Invited,
        included = round.Included,
        dropped = round.Dropped.Select(drop => new { participant = drop.Participant, phase = drop.Phase.Name(), recovered = drop.Recovered }),
        declined = round.Declined.Select(answer => new { participant = answer.Participant, reason = answer.Reason }),
        aborted = round.Aborted is { } aborted ? new { code = aborted.Reason.Name, detail = aborted.Detail } : null,
        bytesReceived = round.BytesReceived,
        weight = round.Weight,
        saturated = round.Saturated,
        accuracy = Finite(round.Metrics?.Accuracy),
        loss = Finite(round.Metrics?.MeanLoss),
        epsilon = EpsilonOf(round.Spent),
        incidents = round.Incidents,
    };

    /// <summary>JSON has no infinity: such a figure is null.</summary>
    public static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static object? EpsilonOf(PrivacySpending? spent) => spent is null ? null : new { readers = Finite(spent.Epsilon), coordinator = Finite(spent.Coordinator), accountant = spent.Accountant };

    public static object Rounds(RoundBoard board) => new { rounds = board.All.Select(Round) };

    public static object Round(RoundEntry round)
    {
        RoundActor? actor = round.Begun.Task is { IsCompletedSuccessfully: true } begun ? begun.GetAwaiter().GetResult() : null;
        return new
        {
            number = round.Number,
            job = round.Offer.Job,
            purpose = round.Offer.Purpose.ToString(),
            state = round.State.ToString().ToLowerInvariant(),
            protocol = round.Offer.Protocol,
            invited = round.Invited.Length,
            ready = round.Ready,
            declined = round.Declined.Select(answer => new { participant = answer.Member.Name, reason = answer.Reason }),
            cohort = round.Cohort.Length,
            minimumCohort = round.Offer.MinimumCohort,
            phase = actor?.Phase.Name(),
            bytesReceived = actor?.Received ?? 0,
            failure = round.Failure is { } failure ? new { code = failure.Code.Name, detail = failure.Detail } : null,
        };
    }
}
