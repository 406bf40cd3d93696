using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Privacy.Accounting.Curves;

namespace Tacit.Aggregation.Planning;

/// <summary>Finds the least noise with which sums over records keep (ε, δ) together.</summary>
public static class RecordSumPlanner
{
    private const double DrawingPart = 1e-3;   // of δ, that drawing whole steps may cost
    private const double Accuracy = 1e-9;

    /// <summary>σ_rb = Δ₂/(μ√(w_r·v_b)) for Gaussian blocks, b_rb = Δ₁/(ε_L·w_r·v_b) for Laplace blocks, weights adding up to one within each law.</summary>
    /// <param name="request">Budget, rounds and weights.</param>
    /// <returns>Plans that are valid and keep the budget.</returns>
    /// <exception cref="FailureException">
    /// <see cref="FailureCodes.PrivacyPlanRefused"/>: no noise keeps the budget, or the parts are not those of one. Or what a plan's own validation says.
    /// </exception>
    public static RecordSumForecast Plan(RecordSumRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request);
        bool anyGaussian = Has(request, NoiseLaw.DiscreteGaussian), anyLaplace = Has(request, NoiseLaw.DiscreteLaplace);
        double pure = anyLaplace ? (anyGaussian ? request.LaplaceEpsilon!.Value : request.Epsilon) : 0;
        double mu = anyGaussian ? Calibrate(request, pure) : 0;
        ImmutableArray<RecordSumPlan> plans = Scaled(request, mu, pure);
        RecordSumAccount account = new(request.Delta);
        for (int i = 0; i < plans.Length; i++)
        {
            plans[i].Validate();
            account.Charge(plans[i], plans[i].NoiseShares, request.Rounds[i].Count);
        }

        return new RecordSumForecast(plans, account.Spent, mu, pure);
    }

    /// <summary>The least σ in steps with which drawing whole steps costs less than a thousandth of δ.</summary>
    /// <param name="epsilon">ε of everything together.</param>
    /// <param name="delta">δ.</param>
    /// <param name="touched">Coordinates of Gaussian blocks that one record touches over all rounds, at most.</param>
    public static double LeastScale(double epsilon, double delta, long touched)
    {
        if (!(epsilon > 0) || !double.IsFinite(epsilon)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be positive and finite");
        if (!(delta is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(delta), delta, "delta must be in (0, 1)");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(touched);
        return Math.Sqrt((1 + Math.Exp(epsilon)) * touched / (12 * DrawingPart * delta));
    }

    /// <summary>k: in steps of 2⁻ᵏ units a block's noise is fine enough for <see cref="LeastScale"/>.</summary>
    /// <param name="epsilon">ε of everything together.</param>
    /// <param name="delta">δ.</param>
    /// <param name="touched">Coordinates of Gaussian blocks that one record touches over all rounds, at most.</param>
    /// <param name="l2Sensitivity">Δ₂ of the block, in units.</param>
    /// <param name="share">The block's part of μ², w_r·v_b, in (0, 1].</param>
    /// <returns>At least 0. Blocks may have grids of their own.</returns>
    public static int GridBits(double epsilon, double delta, long touched, double l2Sensitivity, double share = 1)
    {
        if (!(l2Sensitivity > 0) || !double.IsFinite(l2Sensitivity)) throw new ArgumentOutOfRangeException(nameof(l2Sensitivity), l2Sensitivity, "the sensitivity must be positive and finite");
        if (!(share is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "a share must be in (0, 1]");
        double sigma = GaussianAccounting.NoiseMultiplier(epsilon, delta) * l2Sensitivity / Math.Sqrt(share);
        return (int)Math.Clamp(Math.Ceiling(Math.Log2(LeastScale(epsilon, delta, touched) / sigma)), 0, 62);
    }

    private static void Check(RecordSumRequest request)
    {
        if (!(request.Epsilon > 0) || !double.IsFinite(request.Epsilon)) throw new FailureException(FailureCodes.InvalidEpsilon, FormattableString.Invariant($"epsilon is {request.Epsilon}; it must be positive and finite"));
        if (!(request.Delta is > 0 and < 1)) throw new FailureException(FailureCodes.DeltaTooLarge, FormattableString.Invariant($"delta is {request.Delta}; it must be in (0, 1)"));
        if (request.Rounds.IsDefaultOrEmpty) throw Refused("there are no rounds");
        foreach (RecordSumRound round in request.Rounds)
        {
            bool given = !round.BlockWeights.IsDefault;
            if (round.Plan.Blocks.IsDefaultOrEmpty) throw Refused("a round has no blocks");
            if (round.Count < 1 || !IsWeight(round.Weight)) throw Refused(FormattableString.Invariant($"{round.Count} rounds have a weight of {round.Weight}; both must be positive"));
            if (given && (round.BlockWeights.Length != round.Plan.Blocks.Length || !round.BlockWeights.All(IsWeight))) throw Refused($"{round.Plan.Blocks.Length} blocks need as many weights, all positive");
        }

        bool both = Has(request, NoiseLaw.DiscreteGaussian) && Has(request, NoiseLaw.DiscreteLaplace);
        if (both && !(request.LaplaceEpsilon > 0 && request.LaplaceEpsilon < request.Epsilon)) throw Refused(FormattableString.Invariant($"the part of epsilon for Laplace noise is {request.LaplaceEpsilon}; it must be positive and below {request.Epsilon}"));
    }

    // The largest μ that keeps ε, by the closed forms. The ideal μ, with real noise, is never too small.
    private static double Calibrate(RecordSumRequest request, double pure)
    {
        double high = 1 / GaussianAccounting.NoiseMultiplier(request.Epsilon - pure, request.Delta), low = high;
        for (int halvings = 0; !Keeps(request, low, pure); low /= 2)
        {
            if (++halvings > 60) throw Refused(FormattableString.Invariant($"no Gaussian noise keeps epsilon {request.Epsilon - pure:g6} at delta {request.Delta}"));
        }

        while (high > low * (1 + Accuracy))
        {
            double middle = Math.Sqrt(low * high);
            if (Keeps(request, middle, pure)) low = middle;
            else high = middle;
        }

        return low;
    }

    private static bool Keeps(RecordSumRequest request, double mu, double pure)
    {
        RecordSumCost cost = RecordSumCost.None;
        ImmutableArray<RecordSumPlan> plans = Scaled(request, mu, pure);
        for (int i = 0; i < plans.Length; i++) cost = cost.Plus(RecordSumCost.Of(plans[i], plans[i].NoiseShares), request.Rounds[i].Count);
        return RecordSumCurve.Closed(cost, request.Delta).Epsilon <= request.Epsilon;
    }

    private static ImmutableArray<RecordSumPlan> Scaled(RecordSumRequest request, double mu, double pure)
    {
        double gaussian = Total(request, NoiseLaw.DiscreteGaussian), laplace = Total(request, NoiseLaw.DiscreteLaplace);
        return [.. request.Rounds.Select(round => round.Plan with
        {
            Blocks = [.. round.Plan.Blocks.Select((block, i) => block with
            {
                Scale = block.Law == NoiseLaw.DiscreteGaussian
                    ? block.L2Sensitivity / (mu * Math.Sqrt(round.Weight / gaussian * Part(round, i)))
                    : block.L1Sensitivity / (pure * (round.Weight / laplace) * Part(round, i)) * (1 + 1e-12),   // so that sums of quotients stay below ε
            })],
        })];
    }

    private static double Total(RecordSumRequest request, NoiseLaw law) => request.Rounds.Sum(round => round.Plan.Blocks.Any(block => block.Law == law) ? round.Count * round.Weight : 0);

    // v_b among the blocks of its law.
    private static double Part(RecordSumRound round, int index)
    {
        NoiseLaw law = round.Plan.Blocks[index].Law;
        double Weight(int block) => round.BlockWeights.IsDefault ? 1 : round.BlockWeights[block];
        return Weight(index) / Enumerable.Range(0, round.Plan.Blocks.Length).Where(block => round.Plan.Blocks[block].Law == law).Sum(Weight);
    }

    private static bool Has(RecordSumRequest request, NoiseLaw law) => request.Rounds.Any(round => round.Plan.Blocks.Any(block => block.Law == law));

    private static bool IsWeight(double weight) => weight > 0 && double.IsFinite(weight);

    private static FailureException Refused(string why) => new(FailureCodes.PrivacyPlanRefused, $"sums over records cannot be planned: {why}");
}
