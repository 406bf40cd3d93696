using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Rounds;
using Tacit.Federation.Offers;
using Tacit.Learning.Models;
using Tacit.Privacy.Budgets;
using Tacit.Storage.Audit;
using Tacit.Storage.Jobs;
using RoundState = Tacit.Storage.Rounds.RoundState;

namespace Tacit.Coordination.Jobs;

/// <summary>Runs jobs one after another. Jobs are durable: one that a restart interrupted goes on with its next round.</summary>
public sealed class JobHost : IHostedService, IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly ConcurrentDictionary<string, JobEntry> jobs = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource closing = new();
    private readonly CoordinatorState state;
    private readonly RoundRunner runner;
    private readonly RoundBoard rounds;
    private readonly ChangeSignal changes;
    private readonly CoordinatorOptions options;
    private readonly TimeProvider clock;
    private PrivacyLedger? ledger;

    internal JobHost(CoordinatorState state, RoundRunner runner, RoundBoard rounds, ChangeSignal changes, CoordinatorOptions options, TimeProvider clock) =>
        (this.state, this.runner, this.rounds, this.changes, this.options, this.clock) = (state, runner, rounds, changes, options, clock);

    /// <summary>Raised when a round is over and written down, on the job's thread.</summary>
    public event Action<JobReport, FederatedRound>? RoundFinished;

    /// <summary>What the coordinator waits for, or empty.</summary>
    public string Waiting => rounds.Waiting;

    /// <summary>All jobs, oldest first.</summary>
    public ImmutableArray<JobReport> All => [.. jobs.Values.Select(View).OrderBy(job => job.SubmittedAt).ThenBy(job => job.Id, StringComparer.Ordinal)];

    /// <summary>What the population was charged, over all jobs.</summary>
    public PrivacyLedger Ledger => ledger ?? throw new InvalidOperationException("The coordinator has not been started.");

    /// <summary>Finds a job.</summary>
    /// <param name="id">By its id.</param>
    public JobReport? Find(string id) => jobs.TryGetValue(id, out JobEntry? entry) ? View(entry) : null;

    /// <summary>Takes a job in and runs it when its turn comes.</summary>
    /// <param name="job">The job.</param>
    /// <param name="actor">Who asks; a name.</param>
    /// <param name="stopping">Gives up before it is taken in.</param>
    /// <exception cref="FailureException">The plan is refused.</exception>
    public async Task<JobReport> SubmitAsync(FederatedJob job, string actor, CancellationToken stopping = default)
    {
        JobEntry entry = await AddAsync(job, actor, stopping);
        _ = Launch(entry);
        return View(entry);
    }

    /// <summary>Runs a job to its end.</summary>
    /// <param name="job">The job.</param>
    /// <param name="finished">Told of each round when it is over, on the job's thread.</param>
    /// <param name="stopping">Interrupts the job; after a restart it goes on.</param>
    /// <exception cref="FailureException">The plan is refused, or too many rounds in a row failed.</exception>
    public async Task<FederatedResult> RunAsync(FederatedJob job, Action<FederatedRound>? finished = null, CancellationToken stopping = default)
    {
        JobEntry entry = await AddAsync(job, CoordinatorState.Actor, stopping);
        entry.Finished = finished;
        using CancellationTokenRegistration interruption = stopping.Register(entry.Interrupt);
        return await Launch(entry);
    }

    /// <summary>Follows a job that <see cref="SubmitAsync"/> or a restart has begun.</summary>
    /// <param name="id">Which.</param>
    /// <param name="stopping">Ends the wait, not the job.</param>
    /// <returns>How it ended.</returns>
    public async Task<JobReport> EndAsync(string id, CancellationToken stopping = default)
    {
        while (true)
        {
            long seen = changes.Version;
            JobReport report = Require(id, View);
            if (report.IsOver) return report;
            await changes.NextAsync(seen, stopping);
        }
    }

    /// <summary>Stops a job after what it is doing; it can be resumed.</summary>
    /// <param name="id">Which.</param>
    /// <param name="actor">Who asks; a name.</param>
    /// <param name="stopping">Ends the wait, not the stop.</param>
    /// <exception cref="FailureException">UNKNOWN_JOB, or STORAGE_CONFLICT: it is over.</exception>
    public async Task<JobReport> StopAsync(string id, string actor, CancellationToken stopping = default)
    {
        JobEntry entry = Require(id, found => found);
        if (View(entry).IsOver) throw new FailureException(FailureCodes.StorageConflict, $"job {id} is over: it cannot be stopped");
        entry.Stop($"stopped by {actor}");
        if (!entry.IsLaunched) await EndAsync(entry, JobState.Stopped, entry.StopReason!, actor);
        return await EndAsync(id, stopping);
    }

    /// <summary>Lets a job go on that was stopped or that failed.</summary>
    /// <param name="id">Which.</param>
    /// <param name="actor">Who asks; for the audit log.</param>
    /// <param name="stopping">Gives up before it goes on.</param>
    /// <exception cref="FailureException">UNKNOWN_JOB, or STORAGE_CONFLICT: it is neither stopped nor failed, or this program cannot read it.</exception>
    public async Task<JobReport> ResumeAsync(string id, string actor = CoordinatorState.Actor, CancellationToken stopping = default)
    {
        JobEntry entry = Require(id, found => found);
        if (View(entry).State is not (JobState.Stopped or JobState.Failed)) throw new FailureException(FailureCodes.StorageConflict, $"job {id} is neither stopped nor failed: there is nothing to resume");
        FederatedJob? job = entry.Job;
        if (job is null && await state.Store.Jobs.FindAsync(id, stopping) is { } record)
        {
            (job, string unread) = ReadAgain(StoredJob.Read(id, record.Plan));
            if (job is null) throw new FailureException(FailureCodes.StorageConflict, $"this program cannot read job {id}: {unread}");
        }

        await state.Store.Audit.AddAsync(new AuditEvent($"resumed-{Guid.NewGuid():N}", "job.resumed", id, ""), state.By(actor), stopping);
        JobEntry again = new(entry.Id, job, View(entry) with { State = JobState.Planned, Reason = "", EndedAt = null });
        if (!jobs.TryUpdate(id, again, entry)) throw new FailureException(FailureCodes.StorageConflict, $"job {id} is being resumed already");
        _ = Launch(again);
        return View(again);
    }

    /// <summary>The newest released model of a job; null before its first round.</summary>
    /// <param name="id">Which.</param>
    /// <param name="stopping">Gives up.</param>
    /// <exception cref="FailureException">UNKNOWN_JOB.</exception>
    public async Task<float[]?> ModelAsync(string id, CancellationToken stopping = default)
    {
        Require(id, entry => entry);
        return await state.Store.Checkpoints.LatestAsync(id, stopping) is { } checkpoint ? JobCheckpoint.Read(id, checkpoint.Model).Released : null;
    }

    /// <summary>How a job's parameters are named; one nameless row where the job is over and its plan is only text by now.</summary>
    /// <param name="id">Which.</param>
    /// <param name="count">d.</param>
    /// <exception cref="FailureException">UNKNOWN_JOB.</exception>
    public ParameterLayout LayoutOf(string id, int count) => Require(id, found => found).Job is { } job
        ? Network.Create(job.Plan.Model, job.Input, job.Classes).Layout
        : ParameterLayout.From([("parameters", [count])]);

    /// <summary>The plan of a job as its owner wrote it, for participants to agree to; null if it is not known as text.</summary>
    /// <param name="id">Which.</param>
    /// <param name="stopping">Gives up.</param>
    /// <exception cref="FailureException">UNKNOWN_JOB.</exception>
    public async Task<string?> PlanAsync(string id, CancellationToken stopping = default)
    {
        Require(id, entry => entry);
        return await state.Store.Jobs.FindAsync(id, stopping) is { } record && StoredJob.Read(id, record.Plan) is { PlanText.Length: > 0 } job ? job.PlanText : null;
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await state.OpenAsync(cancellationToken);
        ledger = PrivacyLedger.Open(state.Store.Ledger(CoordinatorOptions.Population, CoordinatorState.Actor, clock));
        rounds.StartAfter(await state.Store.Rounds.LastNumberAsync(cancellationToken));
        foreach (JobRecord record in await state.Store.Jobs.ListAsync(cancellationToken))
        {
            JobEntry entry = await RestoreAsync(record, cancellationToken);
            jobs[record.Id] = entry;
            if (entry.Job is not null && record.State is JobState.Planned or JobState.Running) _ = Launch(entry);
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await closing.CancelAsync();
        foreach (JobEntry entry in jobs.Values) await entry.LastAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        turn.Dispose();
        closing.Dispose();
    }

    private async Task<JobEntry> AddAsync(FederatedJob job, string actor, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(job);
        FederatedTraining.Check(job);
        StoredJob stored = StoredJob.Of(job);
        for (int number = jobs.Count + 1; ; number++)
        {
            string id = FormattableString.Invariant($"{Slug(job.Name)}-{number}");
            JobEntry entry = new(id, job, ReportOf(id, stored, clock.GetUtcNow(), JobState.Planned));
            if (!jobs.TryAdd(id, entry)) continue;
            try
            {
                string text = stored.Write();
                await state.Store.Jobs.AddAsync(id, text, System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(stored.PlanText)), state.By(actor), stopping);
            }
            catch
            {
                jobs.TryRemove(id, out _);
                throw;
            }

            changes.Raise();
            return entry;
        }
    }

    private Task<FederatedResult> Launch(JobEntry entry)
    {
        Task<FederatedResult> running = ExecuteAsync(entry);
        entry.Launched(running);
        _ = running.ContinueWith(task => task.Exception, TaskScheduler.Default);   // told by the report
        return running;
    }

    private async Task<FederatedResult> ExecuteAsync(JobEntry entry)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(entry.Ending, closing.Token);
        bool mine = false;
        try
        {
            await turn.WaitAsync(either.Token);
            mine = true;
            FederatedJob job = entry.Job!;
            await state.Store.Jobs.MoveAsync(entry.Id, JobState.Running, "", state.By(CoordinatorState.Actor), either.Token);
            Change(entry, report => report with { State = JobState.Running, StartedAt = report.StartedAt ?? clock.GetUtcNow() });
            FederatedTraining training = new(job, new JobRecorder(state, Ledger, options.PopulationCeiling, entry.Id, job.Plan.Privacy), runner, rounds, options, clock)
            {
                Finished = round =>
                {
                    Change(entry, report => With(report, round));
                    entry.Finished?.Invoke(round);
                    RoundFinished?.Invoke(View(entry), round);
                },
            };
            FederatedResult result = await training.RunAsync(entry.View.Rounds, either.Token);
            await EndAsync(entry, result.Stopped is null ? JobState.Finished : JobState.Stopped, result.Stopped ?? "", CoordinatorState.Actor);
            return result;
        }
        catch (OperationCanceledException) when (entry.StopReason is { } reason)
        {
            await EndAsync(entry, JobState.Stopped, reason, CoordinatorState.Actor);
            throw;
        }
        catch (Exception problem) when (problem is not OperationCanceledException || !either.IsCancellationRequested)
        {
            FailureException? failure = problem as FailureException;
            await EndAsync(entry, JobState.Failed, failure is null ? $"{FailureCodes.InternalError}: {problem.GetType().Name}" : $"{failure.Code}: {failure.Message}", CoordinatorState.Actor);
            throw;
        }
        finally
        {
            if (mine)
            {
                rounds.Waiting = "";
                rounds.Current().Round?.Over.TrySetResult();   // a job that fails in the middle leaves nobody waiting
                turn.Release();
            }
        }
    }

    private async Task EndAsync(JobEntry entry, JobState end, string reason, string actor)
    {
        try
        {
            await state.Store.Jobs.MoveAsync(entry.Id, end, reason, state.By(actor), CancellationToken.None);
        }
        catch (FailureException unwritten)
        {
            reason = $"{reason} (not written down: {unwritten.Code}: {unwritten.Message})";   // the store still says running: a restart goes on
        }

        Change(entry, report => report with { State = end, Reason = reason, EndedAt = clock.GetUtcNow() });
    }

    private async Task<JobEntry> RestoreAsync(JobRecord record, CancellationToken stopping)
    {
        StoredJob stored = StoredJob.Read(record.Id, record.Plan);
        (FederatedJob? job, string unread) = record.State is JobState.Planned or JobState.Running ? ReadAgain(stored) : (null, "");   // others are read when they are resumed
        JobReport report = ReportOf(record.Id, stored, record.CreatedAt, record.State) with { Reason = record.Reason, EndedAt = record.State is JobState.Planned or JobState.Running ? null : record.ChangedAt };
        HashSet<long> completed = [.. (await state.Store.Rounds.ListAsync(record.Id, stopping)).Where(round => round.State == RoundState.Completed).Select(round => round.Number)];
        foreach (string text in await state.Store.Rounds.ReportsAsync(record.Id, stopping))
        {
            FederatedRound round = StoredRound.Read(record.Id, text);
            if (round.Aborted is null && !completed.Contains(round.Number)) round = round with { Included = [], Aborted = new RoundOutcome.Aborted(FailureCodes.Interrupted, "the coordinator was restarted before the model was stored", []) };
            report = With(report, round);
        }

        if (unread.Length > 0) report = report with { Waiting = $"this program cannot read the job: {unread}" };
        return new JobEntry(record.Id, job, report with { StartedAt = report.Rounds.IsEmpty ? null : report.Rounds[0].StartedAt });
    }

    // A job whose data or plan cannot be read any more keeps nobody from starting.
    private (FederatedJob? Job, string Why) ReadAgain(StoredJob stored)
    {
        if (stored.Document is not { } document || options.ReadJob is not { } read) return (null, "it was submitted by another program");
        try
        {
            return (read(document, false), "");
        }
        catch (FailureException problem)
        {
            return (null, $"{problem.Code}: {problem.Message}");
        }
    }

    private static JobReport With(JobReport report, FederatedRound round) => report with
    {
        Rounds = report.Rounds.Add(round),
        RoundsDone = round is { Aborted: null, Purpose: RoundPurpose.Training } ? round.Round : report.RoundsDone,
        Spent = round.Spent ?? report.Spent,
    };

    private static JobReport ReportOf(string id, StoredJob job, DateTimeOffset at, JobState state) => new()
    {
        Id = id,
        Name = job.Name,
        State = state,
        RoundsPlanned = job.Rounds,
        Protocol = job.Protocol,
        Mode = job.Mode,
        Mechanism = job.Mechanism,
        Participants = job.Participants,
        EpsilonCeiling = job.Epsilon,
        Delta = job.Delta,
        Unit = job.Unit,
        SubmittedAt = at,
    };

    private void Change(JobEntry entry, Func<JobReport, JobReport> change)
    {
        entry.Change(change);
        changes.Raise();
    }

    private JobReport View(JobEntry entry)
    {
        JobReport report = entry.View;
        return report.State == JobState.Running && rounds.Waiting is { Length: > 0 } waiting ? report with { Waiting = waiting } : report;
    }

    private TResult Require<TResult>(string id, Func<JobEntry, TResult> then) => jobs.TryGetValue(id, out JobEntry? entry) ? then(entry) : throw new FailureException(FailureCodes.UnknownJob, $"there is no job {id}");

    private static string Slug(string name)
    {
        string slug = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-'));
        return slug[..Math.Min(80, slug.Length)];
    }
}
