using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Tacit.Coordination.Jobs;

/// <summary>What the control API says of a job.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Name">The plan's name.</param>
/// <param name="State">running, completed, stopped or failed.</param>
/// <param name="RoundsDone">Rounds of training that gave a model.</param>
/// <param name="RoundsPlanned">Rounds of the plan.</param>
/// <param name="Detail">Why it stopped or failed, or empty.</param>
internal sealed record JobView(int Number, string Name, string State, int RoundsDone, int RoundsPlanned, string Detail);

/// <summary>All jobs of this process. Thread-safe.</summary>
internal sealed class JobBoard
{
    private readonly ConcurrentDictionary<int, JobView> jobs = new();
    private int last;

    public ImmutableArray<JobView> All => [.. jobs.Values.OrderBy(job => job.Number)];

    public int Begin(string name, int rounds)
    {
        int number = Interlocked.Increment(ref last);
        jobs[number] = new JobView(number, name, "running", 0, rounds, "");
        return number;
    }

    public void Update(int number, Func<JobView, JobView> change) => jobs.AddOrUpdate(number, _ => throw new InvalidOperationException(), (_, job) => change(job));
}
