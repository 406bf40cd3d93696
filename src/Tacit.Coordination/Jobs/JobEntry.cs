
namespace Tacit.Coordination.Jobs;

/// <summary>One job of this process. Thread-safe.</summary>
internal sealed class JobEntry(string id, FederatedJob? job, JobReport report) : IDisposable
{
    private readonly CancellationTokenSource ending = new();
    private readonly Lock gate = new();
    private Task<FederatedResult>? running;

    public string Id { get; } = id;

    public void Dispose() => ending.Dispose();

    /// <summary>Null for a job that is over, or that this program cannot read.</summary>
    public FederatedJob? Job { get; } = job;

    public Action<FederatedRound>? Finished { get; set; }

    /// <summary>Why somebody stopped it, or null.</summary>
    public string? StopReason { get; private set; }

    public CancellationToken Ending => ending.Token;

    public JobReport View
    {
        get { lock (gate) return report; }
    }

    public bool IsLaunched
    {
        get { lock (gate) return running is not null; }
    }

    public void Launched(Task<FederatedResult> task)
    {
        lock (gate) running = task;
    }

    /// <summary>The job's task, or one that is done.</summary>
    public Task LastAsync()
    {
        lock (gate) return running ?? Task.CompletedTask;
    }

    public void Stop(string reason)
    {
        StopReason = reason;
        ending.Cancel();
    }

    /// <summary>Ends it without a word: after a restart it goes on.</summary>
    public void Interrupt() => ending.Cancel();

    public void Change(Func<JobReport, JobReport> change)
    {
        lock (gate) report = change(report);
    }
}
