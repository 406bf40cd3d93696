using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Planning;
using Tacit.Coordination.Jobs;
using Tacit.Federation.Offers;
using Tacit.Learning.Models;
using Tacit.Storage.Jobs;

namespace Tacit.Coordination.Endpoints;

/// <summary>Jobs as JSON. Lists are short: of large cohorts a few names are given, and always how many there are.</summary>
internal static class JobViews
{
    private const int MostNames = 50, RoundsForForecast = 5;

    /// <summary>A job in a list.</summary>
    public sealed record JobView(
        string Id, string Name, string State, string Protocol, string Mode, string Mechanism, int Participants, int RoundsDone, int RoundsPlanned, IEnumerable<Point> Curve, Spending? Spent, double? Ceiling, double Delta, string Unit,
        DateTimeOffset SubmittedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, double? Seconds, double? Eta, long Bytes, string Waiting, Failing? Failure, bool HasModel, long? Newest, IEnumerable<RoundRow>? Rounds);

    /// <summary>What one round of training came to, for curves.</summary>
    public sealed record Point(int Round, double? Accuracy, double? Loss, double? Epsilon);

    /// <summary>Both budgets; <paramref name="Epsilon"/> is what the ceiling is compared with.</summary>
    public sealed record Spending(double? Epsilon, double? Readers, double? Coordinator, string Accountant, double? Second, string? SecondAccountant);

    /// <summary>A failure with its page.</summary>
    public sealed record Failing(string Code, string Detail, string? Meaning, string? WayOut);

    /// <summary>A round in the table of its job.</summary>
    public sealed record RoundRow(
        long Number, int Round, string Purpose, int Invited, int Included, IEnumerable<Drop> Dropped, int DroppedCount, IEnumerable<Refusal> Declined, int DeclinedCount, Failing? Failure, long Bytes, double Seconds, long Saturated,
        double? Accuracy, double? Loss, Spending? Spent, IEnumerable<string> Incidents);

    /// <summary>Who stopped answering.</summary>
    public sealed record Drop(string Participant, string Phase, bool Recovered);

    /// <summary>Who did not want to take part.</summary>
    public sealed record Refusal(string Participant, string Reason);

    /// <summary>One job.</summary>
    /// <param name="job">As the host reports it.</param>
    /// <param name="newest">The number of its newest round, also of one that runs; or null.</param>
    /// <param name="now">The time.</param>
    /// <param name="withRounds">Whether the table of rounds comes along.</param>
    public static JobView Of(JobReport job, long? newest, DateTimeOffset now, bool withRounds) => new(
        job.Id, job.Name, Name(job.State), job.Protocol, job.Mode, job.Mechanism, job.Participants, job.RoundsDone, job.RoundsPlanned,
        job.Rounds.Where(round => round is { Purpose: RoundPurpose.Training, Aborted: null }).Select(PointOf), Of(job.Spent), CoordinatorViews.Finite(job.EpsilonCeiling), job.Delta, job.Unit,
        job.SubmittedAt, job.StartedAt, job.EndedAt, SecondsOf(job, now), Eta(job), job.Rounds.Sum(round => round.BytesReceived), job.Waiting, FailureOf(job), job.RoundsDone > 0, newest,
        withRounds ? job.Rounds.Select(RowOf) : null);

    /// <summary>A state as it is written in JSON.</summary>
    public static string Name(JobState state) => state.ToString().ToLowerInvariant();

    /// <summary>A failure with what its page says of it.</summary>
    public static Failing Failed(FailureCode code, string detail) => FailureCatalogue.Pages.TryGetValue(code.Name, out FailurePage? page) ? new Failing(code.Name, detail, page.Meaning, page.WayOut) : new Failing(code.Name, detail, null, null);

    public static Spending? Of(PrivacySpending? spent) => spent is null ? null : new Spending(
        CoordinatorViews.Finite(spent.Epsilon), CoordinatorViews.Finite(spent.Readers), CoordinatorViews.Finite(spent.Coordinator), spent.Accountant, CoordinatorViews.Finite(spent.Second), spent.SecondAccountant);

    private static RoundRow RowOf(FederatedRound round) => new(
        round.Number, round.Round, round.Purpose.ToString(), round.Invited, round.Included.Length,
        round.Dropped.Take(MostNames).Select(drop => new Drop(drop.Participant, Aggregation.Rounds.PhaseNames.Name(drop.Phase), drop.Recovered)), round.Dropped.Length,
        round.Declined.Take(MostNames).Select(answer => new Refusal(answer.Participant, answer.Reason)), round.Declined.Length,
        round.Aborted is { } aborted ? Failed(aborted.Reason, aborted.Detail) : null, round.BytesReceived, round.Elapsed.TotalSeconds, round.Saturated, CoordinatorViews.Finite(round.Metrics?.Accuracy), CoordinatorViews.Finite(round.Metrics?.MeanLoss), Of(round.Spent),
        round.Incidents.Take(MostNames));

    private static Point PointOf(FederatedRound round)
    {
        Evaluation? metrics = round.Metrics;
        return new Point(round.Round, CoordinatorViews.Finite(metrics?.Accuracy), CoordinatorViews.Finite(metrics?.MeanLoss), CoordinatorViews.Finite(round.Spent?.Epsilon));
    }

    private static double? SecondsOf(JobReport job, DateTimeOffset now) => job.StartedAt is { } start ? Math.Max(0, ((job.EndedAt ?? now) - start).TotalSeconds) : null;

    private static double? Eta(JobReport job)
    {
        double[] last = [.. job.Rounds.Where(round => round is { Purpose: RoundPurpose.Training, Aborted: null }).TakeLast(RoundsForForecast).Select(round => round.Elapsed.TotalSeconds)];
        return job.State == JobState.Running && last.Length > 0 ? last.Average() * (job.RoundsPlanned - job.RoundsDone) : null;
    }

    // A reason begins with its code where there is one.
    private static Failing? FailureOf(JobReport job)
    {
        if (job.State is not (JobState.Failed or JobState.Stopped) || job.Reason.Length == 0) return null;
        int colon = job.Reason.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && FailureCatalogue.Pages.TryGetValue(job.Reason[..colon], out FailurePage? page)
            ? new Failing(page.Code.Name, job.Reason[(colon + 2)..], page.Meaning, page.WayOut)
            : new Failing("", job.Reason, null, null);
    }

}
