using System.Collections.Immutable;
using System.Diagnostics;
using Tacit.Aggregation.Planning;
using Tacit.Cli.Output;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Jobs;

namespace Tacit.Cli.Reports;

/// <summary>All rounds of a job and how long they took here.</summary>
/// <param name="Rounds">In order; those below 1 summed the features' moments.</param>
/// <param name="Elapsed">Wall clock.</param>
internal sealed record JobRun(ImmutableArray<RoundReport> Rounds, TimeSpan Elapsed)
{
    public RoundReport Last => Rounds[^1];

    public IEnumerable<RoundReport> Training => Rounds.Where(round => round.Round > 0);

    public static JobRun Execute(TrainingSimulation simulation, RunDisplay display, MetricsFiles? metrics, CancellationToken stopping)
    {
        Stopwatch clock = Stopwatch.StartNew();
        var rounds = ImmutableArray.CreateBuilder<RoundReport>();
        simulation.Progress = display.Entered;
        foreach (RoundReport report in simulation.Run())
        {
            stopping.ThrowIfCancellationRequested();
            rounds.Add(report);
            metrics?.Add(report);
            display.Finished(report);
        }

        return new JobRun(rounds.DrainToImmutable(), clock.Elapsed);
    }
}

/// <summary>Everything a report is made of.</summary>
/// <param name="Plan">What was asked for.</param>
/// <param name="Simulation">Model, protection, participants.</param>
/// <param name="Secure">The protected run.</param>
/// <param name="Plain">The same job averaged in the clear, if it was run.</param>
internal sealed record JobResult(TrainingPlan Plan, TrainingSimulation Simulation, JobRun Secure, JobRun? Plain)
{
    public string Mode => Plan.Mode.ToString().ToLowerInvariant();

    public bool IsProtected => Plan.Mode == TrainingMode.Secure && Plan.Protection.Protocol != "plain-sum";

    /// <summary>What the main run is called beside others.</summary>
    public string Name => Plan.Mode switch
    {
        TrainingMode.Secure => Plan.Protection.Protocol,
        TrainingMode.Plain => "plain FedAvg",
        TrainingMode.Central => "central training",
        _ => throw new UnreachableException(),
    };

    /// <summary>What the budget came to, or null without differential privacy or a released round.</summary>
    public PrivacySpending? Spent => Secure.Training.LastOrDefault(round => round.Privacy is not null)?.Privacy?.Spent;

    /// <summary>What was real and what was not.</summary>
    public string Nature => Plan.Mode switch
    {
        TrainingMode.Secure => "The cryptography is real. Network and drop-outs are simulated.",
        TrainingMode.Plain => "Federated averaging in the clear: nothing is encrypted or masked. Network and drop-outs are simulated.",
        TrainingMode.Central when Simulation.Steps is not null => "One learner holds all examples: nothing is federated. Every example is protected by noised steps; in this simulation their noise follows from the seed.",
        TrainingMode.Central => "A baseline: one model trained on the pooled examples of all participants. Nothing is federated or protected.",
        _ => throw new UnreachableException(),
    };

    /// <summary>What whoever runs the job can read.</summary>
    public string Readable => Plan.Mode == TrainingMode.Central ? "every example" : IsProtected ? "only sums" : "every update";
}
