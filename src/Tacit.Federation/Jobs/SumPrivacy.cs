using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Aggregation.Rounds;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Accounting.Events;
using Tacit.Protocols.SecAggPlus;

namespace Tacit.Federation.Jobs;

/// <summary>A job's noised sums: planned before any data is touched, charged round by round, or tree by tree where the rounds' noise is correlated.</summary>
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

    /// <summary>What the votes of adaptive clipping are divided by: the contributions of a round that the plan expects, whoever drops out; 0 where nobody votes.</summary>
    public double ExpectedVotes { get; private init; }

    /// <summary>T: steps of one tree; 0 without correlated noise.</summary>
    public int TreeSteps => Forecast.Plan.TreeSteps;

    /// <summary>What one round, or one tree, does to a participant whom the coordinator knows to be in it, with the fewest shares of noise.</summary>
    public PrivacyEvent CoordinatorEvent => CoordinatorEventOf(Forecast.LeastShares);

    /// <summary>The same against readers of the model, who do not know the draw.</summary>
    public PrivacyEvent ReadersEvent => ReadersEventOf(Forecast.LeastShares);

    /// <summary>What sums of drawn cohorts are divided by: the expected number, because the real one would tell readers who was drawn. Null: by what is in them.</summary>
    public int? Divisor { get; private init; }

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
        int tree = privacy.Mechanism == PrivacyMechanism.Tree ? Math.Min(population / most, plan.Rounds) : 0;
        double rate = privacy.Sampling == CohortSampling.Poisson ? privacy.SamplingRate!.Value : 1;
        NoisedSumForecast forecast = NoisedSumPlanner.Plan(new NoisedSumRequest
        {
            Dimension = dimension,
            Participants = most,
            HonestParticipants = leastIncluded - smallest.CorruptCount - OwnShare(privacy),
            Rounds = tree == 0 ? plan.Rounds : (plan.Rounds + tree - 1) / tree,
            TreeSteps = tree,
            Votes = privacy.AdaptiveClip,
            Delta = privacy.Delta,
            Epsilon = privacy.Epsilon,
            NoiseMultiplier = privacy.NoiseMultiplier,
            MayStopEarly = privacy.StopsAtCeiling,
            SamplingRate = rate,
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
        double expected = privacy.Sampling == CohortSampling.Poisson ? rate * population : most;
        return new SumPrivacy(privacy, forecast, plan.Protection, leastIncluded, most) {
            ExpectedVotes = privacy.AdaptiveClip ? expected * privacy.MiniClients : 0,
            Divisor = privacy.Sampling == CohortSampling.Poisson ? Math.Max(1, (int)Math.Round(expected)) * privacy.MiniClients : null,
        };
    }

    /// <summary>The fewest inputs of a cohort that participants may unmask: with these, the least shares of noise are honest.</summary>
    /// <param name="cohort">Participants that the round begins with.</param>
    public int MinimumIncluded(int cohort) => Plan.Placement != NoisePlacement.Distributed
        ? LeastIncluded
        : Math.Max(LeastIncluded, (Forecast.LeastShares / Plan.MiniClients) + Requirements(protection, cohort).CorruptCount + OwnShare(Plan));

    /// <summary>Honest shares of noise in a sum.</summary>
    /// <param name="included">Participants in it.</param>
    /// <param name="cohort">Participants that the round began with; the plan's fraction of them may collude.</param>
    public int HonestShares(int included, int cohort) => Math.Max(0, included - Requirements(protection, cohort).CorruptCount - OwnShare(Plan)) * Plan.MiniClients;

    /// <summary>What a sum with so many honest shares costs against the coordinator.</summary>
    /// <param name="shares">At least 1.</param>
    public PrivacyEvent CoordinatorEventOf(int shares) => SumEvents.Of(Forecast.Plan, shares);

    /// <summary>The same against readers, who do not know who was drawn.</summary>
    /// <param name="shares">At least 1.</param>
    public PrivacyEvent ReadersEventOf(int shares) =>
        Plan.Sampling == CohortSampling.Poisson ? new PoissonSampledEvent(Plan.SamplingRate!.Value, CoordinatorEventOf(shares)) : CoordinatorEventOf(shares);

    /// <summary>Which tree a round belongs to, from 0, and which of its steps it is, from 0. Without correlated noise every round is for itself.</summary>
    /// <param name="round">From 1.</param>
    public (int Tree, int Step) PlaceOf(int round) => TreeSteps == 0 ? (round - 1, 0) : ((round - 1) / TreeSteps, (round - 1) % TreeSteps);

    /// <summary>Why a round must not begin, or null: with the fewest shares it, or the tree that begins with it, would pass the ceiling.</summary>
    /// <param name="round">From 1.</param>
    public string? Refusal(int round)
    {
        if (Plan.Epsilon is not { } ceiling || PlaceOf(round).Step > 0) return null;
        double after = Account.After(Forecast.LeastShares).Epsilon;
        return after <= ceiling * (1 + 1e-9) ? null : FormattableString.Invariant(
            $"the next {(TreeSteps == 0 ? "round" : $"tree of {TreeSteps} rounds")} would bring epsilon to {after:g6} at delta {Plan.Delta:g3} and the ceiling is {ceiling}: {Account.Rounds} {(TreeSteps == 0 ? "rounds" : "trees")} were released, no more are");
    }

    /// <summary>Charges a tree when its first round begins: whoever takes part in any of its steps pays for all of them.</summary>
    /// <param name="round">From 1.</param>
    public void Begin(int round)
    {
        if (TreeSteps > 0 && PlaceOf(round).Step == 0) Account.Charge(Forecast.LeastShares);
    }

    /// <summary>Charges a sum before it is used, unless its tree is paid for.</summary>
    /// <param name="shares">Honest shares of noise in it.</param>
    public PrivacySpending Open(int shares) => TreeSteps > 0 ? Account.Spent : Account.Charge(shares);

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
