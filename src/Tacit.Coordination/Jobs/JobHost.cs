using Tacit.Aggregation.Failures;
using Tacit.Coordination.Rounds;
using Tacit.Federation.Offers;

namespace Tacit.Coordination.Jobs;

/// <summary>Runs jobs one after another.</summary>
public sealed class JobHost : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly RoundRunner runner;
    private readonly RoundBoard rounds;
    private readonly JobBoard jobs;
    private readonly CoordinatorOptions options;
    private readonly TimeProvider clock;

    internal JobHost(RoundRunner runner, RoundBoard rounds, JobBoard jobs, CoordinatorOptions options, TimeProvider clock) =>
        (this.runner, this.rounds, this.jobs, this.options, this.clock) = (runner, rounds, jobs, options, clock);

    /// <summary>What the coordinator waits for, or empty.</summary>
    public string Waiting => rounds.Waiting;

    /// <summary>Runs a job to its end.</summary>
    /// <param name="job">The job.</param>
    /// <param name="finished">Told of each round when it is over, on the job's thread.</param>
    /// <param name="stopping">Ends the job.</param>
    /// <exception cref="FailureException">The plan is refused, or too many rounds in a row failed.</exception>
    public async Task<FederatedResult> RunAsync(FederatedJob job, Action<FederatedRound>? finished = null, CancellationToken stopping = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        await turn.WaitAsync(stopping);
        int number = jobs.Begin(job.Name, job.Plan.Rounds);
        try
        {
            FederatedTraining training = new(job, runner, rounds, options, clock)
            {
                Finished = round =>
                {
                    if (round is { Aborted: null, Purpose: RoundPurpose.Training }) jobs.Update(number, view => view with { RoundsDone = view.RoundsDone + 1 });
                    finished?.Invoke(round);
                },
            };
            FederatedResult result = await training.RunAsync(stopping);
            jobs.Update(number, view => view with { State = result.Stopped is null ? "completed" : "stopped", Detail = result.Stopped ?? "" });
            return result;
        }
        catch (Exception problem)
        {
            jobs.Update(number, view => view with { State = "failed", Detail = problem is FailureException failure ? $"{failure.Code}: {failure.Message}" : problem.GetType().Name });
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();
}
