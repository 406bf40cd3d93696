using Tacit.Aggregation.Encodings.Rotations;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Privacy.Accounting.Renyi;
using Tacit.Privacy.Mechanisms;

namespace Tacit.Aggregation.Planning;

/// <summary>Chooses granularity and noise for (ε, δ), cohort, drop-outs, colluders and bits, before any data is touched.</summary>
/// <remarks>
/// Kairouz, Liu and Steinke 2021, Section 5: the finest γ with 2k √(ρc²n²/D + (γ²/4 + σ²)n) ≤ γ 2ᴮ, while σ follows from the accountant. The noise is
/// sized for the fewest honest shares, the modulus for the most. A tree's noise comes after the sum was opened, so the modulus holds none of it.
/// </remarks>
public static class NoisedSumPlanner
{
    private const int MostBits = 32;

    /// <summary>Finds a plan.</summary>
    /// <param name="request">What is wanted.</param>
    /// <exception cref="FailureException">
    /// The bits hold no feasible granularity, the noise is below what the theorem covers, or the noise that was given costs more than the ceiling:
    /// each with the nearest choice that works.
    /// </exception>
    public static NoisedSumForecast Plan(NoisedSumRequest request)
    {
        if (request.HonestShares < 1)
        {
            throw new FailureException(FailureCodes.PrivacyPlanRefused, $"protection tolerates so many drop-outs and colluders that {request.HonestParticipants} of {request.Participants} participants are certain to add noise; at least 1 is needed: lower protection.drop or protection.corrupt, or enlarge the cohort");
        }

        RefuseVotesBeyondTheCeiling(request);
        double multiplier = request.NoiseMultiplier ?? Calibrate(request, z => GaussianEpsilon(request, z));
        NoisedSumPlan plan = Fit(request, multiplier);
        for (int pass = 0; request.NoiseMultiplier is null && pass < 8; pass++)
        {
            // Rounding and τ change the sensitivity a little, the modulus follows; a few passes settle it.
            NoisedSumPlan fixedGrid = plan;
            double exact = Calibrate(request, z => Spending(request, fixedGrid with { NoiseScale = Scale(request, fixedGrid, z) }).Epsilon);
            if (exact <= multiplier && exact >= multiplier * (1 - 1e-6)) break;
            multiplier = exact;
            plan = Fit(request, multiplier);
        }

        plan.Validate();
        PrivacySpending spending = Spending(request, plan);
        if (request.Epsilon is { } ceiling && spending.Epsilon > ceiling * (1 + 1e-9))
        {
            int affordable = AffordableRounds(request, plan, ceiling);
            string unit = request.TreeSteps > 0 ? $"trees of {request.TreeSteps} steps" : "rounds";
            if (request.MayStopEarly && affordable > 0) return new NoisedSumForecast(plan, Spending(request with { Rounds = affordable }, plan), multiplier, WrapProbability(request.ModularClip), request.HonestShares);
            throw new FailureException(FailureCodes.PrivacyPlanRefused, FormattableString.Invariant(
                $"privacy.epsilon is {ceiling}; {request.Rounds} {unit} with noise multiplier {multiplier:g6} cost {spending.Epsilon:g6} when only {request.HonestShares} honest shares of noise remain: {affordable} {unit} are affordable: leave privacy.noise-multiplier out to have it calibrated, or set privacy.on-ceiling: stop"));
        }

        return new NoisedSumForecast(plan, spending, multiplier, WrapProbability(request.ModularClip), request.HonestShares);
    }

    /// <summary>P(|N(0, 1)| > k): how often one coordinate of a sum wraps, at most, if its updates all point the same way.</summary>
    /// <param name="deviations">k.</param>
    public static double WrapProbability(double deviations)
    {
        // Mills' ratio from above: 2 φ(k)/k, within 6 % at k = 4.
        return Math.Min(1, 2 * Math.Exp(-deviations * deviations / 2) / (deviations * Math.Sqrt(2 * Math.PI)));
    }

    // Before anything is calibrated: no noise on the updates makes up for what the votes cost.
    private static void RefuseVotesBeyondTheCeiling(NoisedSumRequest request)
    {
        if (!request.Votes || request.Epsilon is not { } ceiling) return;
        double alone = Spending(request, At(request, request.Clip, 1) with { NoiseScale = 1e9 }).Epsilon;
        if (alone < ceiling || (request.MayStopEarly && request.NoiseMultiplier is not null)) return;
        throw new FailureException(FailureCodes.PrivacyPlanRefused, FormattableString.Invariant(
            $"privacy.epsilon is {ceiling}; over {request.Rounds} rounds of {request.Contributions} contributions the votes of adaptive clipping alone cost {alone:g6}, whatever noise the updates get: use clipping: fixed, a larger cohort, fewer rounds or a larger epsilon"));
    }

    private static NoisedSumPlan Fit(NoisedSumRequest request, double multiplier)
    {
        if (request.Granularity is { } given) return At(request, given, multiplier);
        if (TryFinest(request, request.Bits, multiplier, out NoisedSumPlan? plan)) return plan!;
        for (int bits = request.Bits + 1; bits <= MostBits; bits++)
        {
            if (!TryFinest(request, bits, multiplier, out _)) continue;
            throw new FailureException(FailureCodes.ModulusTooSmall, FormattableString.Invariant(
                $"privacy.bits is {request.Bits}; the noised sum of {request.Contributions} contributions of {RotationShape.For(request.Rotation, request.Dimension).PaddedDimension} coordinates needs {bits}: use at least {bits} bits, a larger epsilon or fewer participants"));
        }

        throw new FailureException(FailureCodes.ModulusTooSmall, $"privacy.bits is {request.Bits}; no modulus of up to {MostBits} bits holds this sum: use a larger epsilon or fewer participants");
    }

    private static bool TryFinest(NoisedSumRequest request, int bits, double multiplier, out NoisedSumPlan? plan)
    {
        // The spread over γ falls as γ grows: bisect between the finest grid that integers hold and one far coarser than the clip.
        double low = Math.Log(request.Clip / (1 << 28)), high = Math.Log(request.Clip * 16);
        plan = null;
        if (!Fits(At(request, Math.Exp(high), multiplier))) return false;
        if (Fits(At(request, Math.Exp(low), multiplier))) high = low;
        for (int i = 0; i < 60 && high > low; i++)
        {
            double middle = (low + high) / 2;
            if (Fits(At(request, Math.Exp(middle), multiplier))) high = middle;
            else low = middle;
        }

        plan = At(request, Math.Exp(high), multiplier) with { ModulusBits = bits };
        return plan.NoiseScale >= 0.5;

        bool Fits(NoisedSumPlan candidate) => SpreadInSteps(request, candidate) * 2 * request.ModularClip <= Math.Pow(2, bits) && candidate.NoiseScale <= MostNoise(request.Noise) && (candidate.TreeSteps == 0 || (candidate with { ModulusBits = bits }).NeverWraps);
    }

    // Beyond, a Skellam number is added up from several: a coarser grid is quicker and as good.
    private static double MostNoise(NoiseKind noise) => noise == NoiseKind.Skellam ? 2896 : 1 << 26;

    // Standard deviation of a coordinate of the sum, over γ.
    private static double SpreadInSteps(NoisedSumRequest request, NoisedSumPlan plan)
    {
        double n = request.Contributions, clip = plan.Clip / plan.Granularity, variance = plan.NoiseScale * plan.NoiseScale;
        return Math.Sqrt((plan.Shape.Flatness * clip * clip * n * n / plan.PaddedDimension) + (n / 4) + (variance * request.Draws));
    }

    private static NoisedSumPlan At(NoisedSumRequest request, double granularity, double multiplier)
    {
        NoisedSumPlan plan = new()
        {
            Dimension = request.Dimension,
            Participants = request.Participants,
            Clip = request.Clip,
            Granularity = granularity,
            ModulusBits = request.Bits,
            NoiseScale = 1,
            Noise = request.Noise,
            Placement = request.Placement,
            Bias = request.Bias,
            Rotation = request.Rotation,
            ShardsPerParticipant = request.ShardsPerParticipant,
            TreeSteps = request.TreeSteps,
            Votes = request.Votes ? VotePlanner.For(request) : null,
        };
        return plan with { NoiseScale = Scale(request, plan, multiplier) };
    }

    // A multiplier that was calibrated is relative to the rounded sensitivity; one that was given, to the clip.
    private static double Scale(NoisedSumRequest request, NoisedSumPlan plan, double multiplier)
    {
        double sensitivity = request.NoiseMultiplier is null ? Math.Sqrt(plan.SquaredRoundedBound) : plan.Clip / plan.Granularity;
        return multiplier * sensitivity / Math.Sqrt(request.HonestShares);
    }

    private static PrivacySpending Spending(NoisedSumRequest request, NoisedSumPlan plan) =>
        new SumAccount(plan, request.Delta, request.SamplingRate).After(request.HonestShares, request.Rounds);

    private static int AffordableRounds(NoisedSumRequest request, NoisedSumPlan plan, double ceiling)
    {
        int low = 0, high = request.Rounds;
        while (low < high)
        {
            int middle = low + ((high - low + 1) / 2);
            if (Spending(request with { Rounds = middle }, plan).Epsilon <= ceiling) low = middle;
            else high = middle - 1;
        }

        return low;
    }

    private static double GaussianEpsilon(NoisedSumRequest request, double z) => RenyiOrders.Integers.Min(order =>
    {
        double divergence = request.TreeSteps > 0 ? TreeAggregation.RenyiDivergence(order, z, request.TreeSteps)
            : request.SamplingRate == 1 ? order / (2 * z * z) : PoissonAmplification.Symmetric(l => l / (2 * z * z), order, request.SamplingRate);
        return RenyiConversion.Epsilon(order, request.Rounds * divergence, request.Delta);
    });

    // The smallest multiplier that keeps the ceiling, from above, to a relative 1e-9.
    private static double Calibrate(NoisedSumRequest request, Func<double, double> epsilon)
    {
        double target = request.Epsilon!.Value, low = 1e-3, high = 1;
        while (epsilon(high) > target)
        {
            low = high;
            high *= 2;
            if (high > 1e9) throw new FailureException(FailureCodes.PrivacyPlanRefused, FormattableString.Invariant($"privacy.epsilon is {target}; no amount of noise keeps {request.Rounds} rounds at delta {request.Delta} below it: use a larger epsilon or delta"));
        }

        while (high > low * (1 + 1e-9))
        {
            double middle = Math.Sqrt(low * high);
            if (epsilon(middle) <= target) high = middle;
            else low = middle;
        }

        return high;
    }
}

/// <summary>A plan and what it will come to.</summary>
/// <param name="Plan">γ, σ and everything else.</param>
/// <param name="Spending">ε after all rounds if no more than the tolerated drop out and collude.</param>
/// <param name="NoiseMultiplier">Standard deviation of the certain noise of the sum, over the sensitivity (calibrated) or the clip (given).</param>
/// <param name="WrapProbability">Of one coordinate of one sum, at most.</param>
/// <param name="LeastShares">The fewest honest shares of noise that a sum may be used with.</param>
public sealed record NoisedSumForecast(NoisedSumPlan Plan, PrivacySpending Spending, double NoiseMultiplier, double WrapProbability, int LeastShares)
{
    /// <summary>Standard deviation of the certain noise of the sum, in the units of the update.</summary>
    public double SumNoise => Plan.NoiseScale * Plan.Granularity * Math.Sqrt(Plan.Placement == NoisePlacement.Distributed ? LeastShares : 1);
}
