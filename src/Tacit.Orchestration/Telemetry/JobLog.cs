using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tacit.Coordination.Jobs;
using Tacit.Coordination.Telemetry;
using Tacit.Federation.Offers;
using Tacit.Storage.Jobs;

namespace Tacit.Orchestration.Telemetry;

/// <summary>Writes what jobs and rounds come to into the log, and into activities for a collector. No names of participants.</summary>
internal sealed partial class JobLog(JobHost jobs, ChangeSignal changes, ILogger<JobLog> log) : BackgroundService
{
    private readonly Dictionary<string, (JobState State, int Rounds, string Waiting)> seen = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long version = changes.Version;
        foreach (JobReport job in jobs.All) seen[job.Id] = (job.State, job.Rounds.Length, "");   // what was before the start is not told again
        while (!stoppingToken.IsCancellationRequested)
        {
            version = await changes.NextAsync(version, stoppingToken);
            foreach (JobReport job in jobs.All) Look(job);
        }
    }

    private void Look(JobReport job)
    {
        bool known = seen.TryGetValue(job.Id, out var before);
        if (!known) before = (JobState.Planned, 0, "");   // a fast job may run and wait before it is looked at for the first time
        if (!known) LogSubmitted(job.Id, job.RoundsPlanned, job.Protocol, job.Mode, job.Mechanism);
        foreach (FederatedRound round in job.Rounds.Skip(before.Rounds)) Finished(job, round);
        if (job.Waiting.Length > 0 && before.Waiting.Length == 0) LogWaiting(job.Id, job.Waiting);
        if (job.State != before.State && job.State is not JobState.Failed) LogState(job.Id, job.State, job.RoundsDone, job.RoundsPlanned);
        if (job.State != before.State && job.State is JobState.Failed) LogFailed(job.Id, job.RoundsDone, job.RoundsPlanned, job.Reason);
        seen[job.Id] = (job.State, job.Rounds.Length, job.Waiting);
    }

    private void Finished(JobReport job, FederatedRound round)
    {
        int number = round.Purpose == RoundPurpose.Training ? round.Round : 0;
        if (round.Aborted is { } aborted) LogAborted(job.Id, round.Number, aborted.Reason.Name, round.Invited);
        else LogRound(job.Id, round.Number, number, round.Included.Length, round.Invited, round.Dropped.Length, round.Elapsed.TotalSeconds);
        DateTimeOffset end = DateTimeOffset.UtcNow;
        using Activity? activity = CoordinatorMetrics.Activities.StartActivity("round", ActivityKind.Internal, default(ActivityContext), startTime: end - round.Elapsed);
        activity?.SetTag("tacit.job", job.Id).SetTag("tacit.round", round.Number).SetTag("tacit.included", round.Included.Length);
        if (round.Aborted is { } failure) activity?.SetStatus(ActivityStatusCode.Error, failure.Reason.Name);
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "Job {Job} was submitted: {Rounds} rounds, {Protocol}, {Mode}, noise {Mechanism}")]
    private partial void LogSubmitted(string job, int rounds, string protocol, string mode, string mechanism);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Information, Message = "Job {Job} is {State} after {Done} of {Planned} rounds")]
    private partial void LogState(string job, JobState state, int done, int planned);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "Job {Job} failed after {Done} of {Planned} rounds: {Reason}")]
    private partial void LogFailed(string job, int done, int planned, string reason);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Information, Message = "Job {Job}: {Waiting}")]
    private partial void LogWaiting(string job, string waiting);

    [LoggerMessage(EventId = 3101, Level = LogLevel.Information, Message = "Job {Job}: round {Number} (of training: {Round}) has a sum of {Included} of {Invited}, {Dropped} dropped out, {Seconds:F2} s")]
    private partial void LogRound(string job, long number, int round, int included, int invited, int dropped, double seconds);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Warning, Message = "Job {Job}: round {Number} was aborted: {Code}; {Invited} were invited")]
    private partial void LogAborted(string job, long number, string code, int invited);
}
