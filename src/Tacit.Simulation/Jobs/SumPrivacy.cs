using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Aggregation.Rounds;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Privacy.Accounting.Events;
using Tacit.Protocols.SecAggPlus;

namespace Tacit.Simulation.Jobs;

/// <summary>A job's noised sums: planned before any data is touched, charged round by round.</summary>
public sealed class SumPrivacy
{
    private readonly ProtectionPlan protection;

    private SumPrivacy(PrivacyPlan plan, NoisedSumForecast forecast, ProtectionPlan protection, int leastIncluded, int mostParticipants)
    {
        Forecast = forecast;
        this.protection = protection;
        LeastIncluded = leastIncluded;
        MostParticipants = mostParticipants;
        Plan = plan;
        Account = new SumAccount(forecast.Plan, plan.Delta, plan.Sampling == CohortSampling.Poisson ? plan.SamplingRate!.Value : 1);
    }

    /// <summary>What was asked for.</summary>
    public PrivacyPlan Plan { get; }

    /// <summary>Granularity, noise, and what all rounds together will cost.</summary>
    public NoisedSumForecast Forecast { get; }

    /// <summary>What the rounds have cost so far.</summary>
    public SumAccount Account { get; }

    /// <summary>The fewest inputs that may be opened as a sum: fewer would carry too little noise.</summary>
    public int LeastIncluded { get; }

    /// <summary>The most participants of one round that the modulus is sized for.</summary>
    public int MostParticipants { get; }

    /// <summary>What one round does to a participant whom the coordinator knows to be in it, with the fewest shares of noise.</summary>
    public PrivacyEvent CoordinatorEvent
    {
        get
        {
            NoisedSumPlan plan = Forecast.Plan;
            double noise = plan.NoiseScale * plan.Granularity;
            return plan.Noise == NoiseKind.Skellam
                ? new DistributedSkellamEvent(new DistributedSkellamParameters(plan.Clip, plan.Granularity, plan.Length, plan.Bias, noise, Forecast.LeastShares))
                : new DistributedDiscreteGaussianEvent(new DistributedDiscreteGaussianParameters(plan.Clip, plan.Granularity, plan.Length, plan.Bias, noise, Forecast.LeastShares));
        }
    }

    /// <summary>The same against readers of the model, who do not know the draw.</summary>
    public PrivacyEvent ReadersEvent => Plan.Sampling == CohortSampling.Poisson ? new PoissonSampledEvent(Plan.SamplingRate!.Value, CoordinatorEvent) : CoordinatorEvent;

    /// <summary>Plans a job's sums.</summary>
    /// <param name="plan">The job.</param>
    /// <param name="dimension">d.</param>
    /// <param name="population">Everybody who could take part.</param>
    /// <exception cref="FailureException">No noise keeps the promise, with the nearest choice that would.</exception>
    public static SumPrivacy Resolve(TrainingPlan plan, int dimension, int population)
    {
        PrivacyPlan privacy = plan.Privacy;
        (int least, int most) = CohortBounds(plan, population);
        GraphRequirements smallest = Requirements(plan.Protection, least);
        int leastIncluded = Math.Max(plan.Cohort.Minimum, least - smallest.DropCount);
        NoisedSumForecast forecast = NoisedSumPlanner.Plan(new NoisedSumRequest
        {
            Dimension = dimension,
            Participants = most,
            HonestParticipants = leastIncluded - smallest.CorruptCount - OwnShare(privacy),
            Rounds = plan.Rounds,
            Delta = privacy.Delta,
            Epsilon = privacy.Epsilon,
            NoiseMultiplier = privacy.NoiseMultiplier,
            MayStopEarly = privacy.StopsAtCeiling,
            SamplingRate = privacy.Sampling == CohortSampling.Poisson ? privacy.SamplingRate!.Value : 1,
            Clip = privacy.Clip,
            Bits = privacy.Bits,
            Bias = privacy.Bias,
            ModularClip = privacy.ModularClip,
            Granularity = privacy.Granularity,
            Noise = privacy.Noise,
            Placement = privacy.Placement,
            Rotation = privacy.Rotation,
            ShardsPerParticipant = privacy.MiniClients,
        });
        return new SumPrivacy(privacy, forecast, plan.Protection, leastIncluded, most);
    }

    /// <summary>Honest shares of noise in a sum.</summary>
    /// <param name="included">Participants in it.</param>
    /// <param name="cohort">Participants that the round began with; the plan's fraction of them may collude.</param>
    public int HonestShares(int included, int cohort) => Math.Max(0, included - Requirements(protection, cohort).CorruptCount - OwnShare(Plan)) * Plan.MiniClients;

    /// <summary>Why the next round must not begin, or null: with the fewest shares it would pass the ceiling.</summary>
    public string? Refusal()
    {
        if (Plan.Epsilon is not { } ceiling) return null;
        double after = Account.After(Forecast.LeastShares).Epsilon;
        return after <= ceiling * (1 + 1e-9) ? null : FormattableString.Invariant(
            $"the next round would bring epsilon to {after:g6} at delta {Plan.Delta:g3} and the ceiling is {ceiling}: {Account.Rounds} rounds were released, no more are");
    }

    // Amplification needs noise that does not depend on whether the one participant is drawn, so its own share does not count.
    private static int OwnShare(PrivacyPlan plan) => plan.Sampling == CohortSampling.Poisson ? 1 : 0;

    private static GraphRequirements Requirements(ProtectionPlan protection, int cohort) => GraphRequirements.For(cohort, protection.Corrupt, protection.Drop, ProtectionMode.Malicious);

    // A Poisson cohort has a size of its own each round: four standard deviations either side are planned for, and a cohort beyond them is no round.
    private static (int Least, int Most) CohortBounds(TrainingPlan plan, int population)
    {
        if (plan.Privacy.Sampling != CohortSampling.Poisson)
        {
            int size = Math.Min(plan.Cohort.Size ?? int.MaxValue, population);
            return (size, size);
        }

        double rate = plan.Privacy.SamplingRate!.Value, mean = rate * population, deviation = Math.Sqrt(population * rate * (1 - rate));
        int least = Math.Max(plan.Cohort.Minimum, (int)Math.Floor(mean - (4 * deviation))), most = Math.Min(population, (int)Math.Ceiling(mean + (4 * deviation)));
        if (most >= least && least >= 1) return (Math.Min(least, most), most);
        throw new FailureException(FailureCodes.PrivacyPlanRefused, FormattableString.Invariant(
            $"privacy.sampling-rate is {rate}; of {population} participants it draws {mean:g4} a round and cohort.minimum is {plan.Cohort.Minimum}: use a larger rate"));
    }
}
