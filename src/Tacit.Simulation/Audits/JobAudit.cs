using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Cryptography.Parallelism;
using Tacit.Federation.Jobs;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Accounting;
using Tacit.Privacy.Sampling;
using Tacit.Simulation.Jobs;

namespace Tacit.Simulation.Audits;

/// <summary>Audits every claim of a job against the noise that its own code adds.</summary>
public sealed class JobAudit
{
    /// <summary>With which all findings of one audit hold together.</summary>
    public const double Confidence = 0.95;

    // Trials are as many as this work allows: coordinates of noise, or noised steps. About 20 seconds on two cores.
    private const double CoordinatesOfNoise = 2e9, NoisedSteps = 2e6;
    private const int MostByDefault = 5_000;

    private readonly (PrivacyClaim Claim, Func<ulong, int, ICanaryJob> Job)[] audits;

    private JobAudit((PrivacyClaim, Func<ulong, int, ICanaryJob>)[] audits, int rounds, double trials)
    {
        (this.audits, Rounds) = (audits, rounds);
        DefaultTrials = (int)Math.Clamp(trials / audits.Length, 2 * CanaryAudit.FewestTrials, MostByDefault);
    }

    /// <summary>Sums, or noised steps of one participant, that an observer of the job sees.</summary>
    public int Rounds { get; }

    /// <summary>Claims that are audited: one for each observer that something is claimed about.</summary>
    public int Claims => audits.Length;

    /// <summary>Trials of each claim that take some twenty seconds.</summary>
    public int DefaultTrials { get; }

    /// <summary>Prepares the audit of a job.</summary>
    /// <param name="simulation">The job; it is not run.</param>
    /// <exception cref="FailureException">The plan claims no differential privacy, or none that can be audited here.</exception>
    public static JobAudit Of(TrainingSimulation simulation)
    {
        if (simulation.Sums is { } sums) return Of(sums, simulation.Plan.Rounds);
        if (simulation.Steps is { } steps) return Of(steps);
        string name = simulation.Plan.Privacy.Name;
        throw new FailureException(FailureCodes.InvalidValue, simulation.Plan.Privacy.Mechanism == PrivacyMechanism.None
            ? $"privacy.mechanism is {name}: the plan claims no differential privacy, so there is nothing to audit; use ddg, skellam, gaussian, local-discrete-gaussian or dp-sgd"
            : $"privacy.mechanism is {name}; ddg, skellam, gaussian, local-discrete-gaussian and dp-sgd can be audited");
    }

    /// <summary>Runs all trials of all claims.</summary>
    /// <param name="trials">Of each claim, at least <see cref="CanaryAudit.FewestTrials"/>.</param>
    /// <param name="seed">Everything random follows from it.</param>
    /// <param name="loop">Spreads the trials.</param>
    /// <param name="progress">Told the observer and the number of trials done, from any thread; may throw to stop.</param>
    public ImmutableArray<AuditFinding> Run(int trials, ulong seed, IParallelLoop loop, Action<string, int>? progress = null)
    {
        double confidence = 1 - ((1 - Confidence) / audits.Length);   // the chance to err is shared among the claims
        return [.. audits.Select(audit => CanaryAudit.Run(audit.Claim, lane => audit.Job(seed, lane), trials, confidence, loop, done => progress?.Invoke(audit.Claim.Observer, done)))];
    }

    private static JobAudit Of(SumPrivacy sums, int planned)
    {
        NoisedSumPlan plan = sums.Forecast.Plan;
        int shares = plan.Placement == NoisePlacement.Distributed ? sums.Forecast.LeastShares : 1, rounds = AffordableRounds(sums, planned);
        double rate = sums.Plan.Sampling == CohortSampling.Poisson ? sums.Plan.SamplingRate!.Value : 1;
        IIntegerSampler sampler = NoiseSamplers.For(plan);
        List<(PrivacyClaim, Func<ulong, int, ICanaryJob>)> audits =
            [(new("readers", sums.Plan.Delta, delta => Spending(delta).Epsilon), (seed, lane) => SumCanary.Create(plan, sampler, shares, rounds, rate, seed, lane))];
        if (plan.Placement != NoisePlacement.Central && rate < 1)   // without sampling both observers are told the same
            audits.Add((new("coordinator", sums.Plan.Delta, delta => Spending(delta).Coordinator!.Value), (seed, lane) => SumCanary.Create(plan, sampler, shares, rounds, 1, seed, lane)));
        return new JobAudit([.. audits], rounds, CoordinatesOfNoise / ((double)rounds * (shares + 1) * plan.Length));

        PrivacySpending Spending(double delta) => new SumAccount(plan, delta, rate).After(shares, rounds);
    }

    private static JobAudit Of(StepPrivacy steps)
    {
        int count = checked(steps.StepsPerRound * steps.Rounds);
        PrivacyLossAccountant accountant = new(NeighboringRelation.AddOrRemoveOne);
        accountant.Compose(steps.RoundEvent, steps.Rounds);
        return new JobAudit(
            [(new("readers", steps.Plan.Delta, accountant.Epsilon), (seed, lane) => StepCanary.Create(steps.Settings, steps.Settings.NoiseMultiplier, count, seed, lane))],
            count, NoisedSteps / count);
    }

    // A job that may stop at its ceiling runs as many rounds as fit with the fewest shares; the claim is about those.
    private static int AffordableRounds(SumPrivacy sums, int planned)
    {
        if (sums.Plan is not { StopsAtCeiling: true, Epsilon: { } ceiling }) return planned;
        SumAccount account = new(sums.Forecast.Plan, sums.Plan.Delta, sums.Plan.Sampling == CohortSampling.Poisson ? sums.Plan.SamplingRate!.Value : 1);
        int rounds = planned;
        while (rounds > 1 && account.After(sums.Forecast.LeastShares, rounds).Epsilon > ceiling * (1 + 1e-9)) rounds--;
        return rounds;
    }
}
