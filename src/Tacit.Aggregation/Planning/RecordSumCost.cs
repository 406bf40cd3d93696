using System.Collections.Immutable;
using Tacit.Aggregation.Pipeline;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Privacy.Accounting.Events;

namespace Tacit.Aggregation.Planning;

/// <summary>What noised sums over records cost one record, added or removed, before anything is turned into ε at δ. Costs of rounds add up, also adaptively.</summary>
/// <param name="SquaredMu">μ² = Σ (Δ₂/σ)² over Gaussian blocks, were their noise Gaussian and rounded to steps.</param>
/// <param name="Distance">At most the statistical distance of the noise on the coordinates that one record touches from that; times 1 + e^ε, it is paid from δ.</param>
/// <param name="Rho">ρ of zero-concentrated privacy of the Gaussian blocks as they are drawn.</param>
/// <param name="Pure">ε of the Laplace blocks; infinite with fewer shares than make their noise.</param>
/// <remarks>
/// Coordinates that a record does not touch have the same law with and without it and are independent of the others, so only the touched ones differ. On each, a discrete
/// Gaussian is within 1/(12σ²) of a rounded one, and the sum of shares within τ/2 of a discrete Gaussian (Kairouz, Liu and Steinke 2021, Theorem 1). See decision 0010.
/// </remarks>
public sealed record RecordSumCost(double SquaredMu, double Distance, double Rho, double Pure)
{
    private const int MostSteps = 1024;   // of a shift whose discrete Laplace pair is composed exactly; longer ones count as any pure guarantee
    private const double CertainlySmall = 4;

    /// <summary>Of nothing.</summary>
    public static RecordSumCost None { get; } = new(0, 0, 0, 0);

    /// <summary>Whether anything is proved.</summary>
    public bool IsFinite => double.IsFinite(Rho + Pure);

    /// <summary>The Laplace blocks, each with how often.</summary>
    internal ImmutableDictionary<PrivacyEvent, long> PureEvents { get; init; } = ImmutableDictionary<PrivacyEvent, long>.Empty;

    private static RecordSumCost Everything { get; } = new(double.PositiveInfinity, 1, double.PositiveInfinity, double.PositiveInfinity);

    /// <summary>One round.</summary>
    /// <param name="plan">How the sum is made.</param>
    /// <param name="shares">Honest noise shares in it; ignored where noise is central.</param>
    /// <returns>Infinite without any share.</returns>
    public static RecordSumCost Of(RecordSumPlan plan, int shares)
    {
        ArgumentNullException.ThrowIfNull(plan);
        bool distributed = plan.Placement == NoisePlacement.Distributed;
        if (distributed && shares < 1) return Everything;
        RecordSumCost cost = None;
        foreach (RecordSumBlock block in plan.Blocks)
        {
            cost = cost.Plus(block.Law switch
            {
                NoiseLaw.DiscreteGaussian => Gaussian(block, plan.ShareScale(block), distributed ? shares : 1),
                NoiseLaw.DiscreteLaplace => Laplace(block, distributed && shares < plan.NoiseShares),
                _ => Everything,
            });
        }

        return cost;
    }

    /// <summary>Both.</summary>
    /// <param name="other">Further rounds.</param>
    /// <param name="times">How often.</param>
    public RecordSumCost Plus(RecordSumCost other, int times = 1)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(times);
        ImmutableDictionary<PrivacyEvent, long> events = PureEvents;
        foreach ((PrivacyEvent happened, long count) in other.PureEvents) events = events.SetItem(happened, checked(events.GetValueOrDefault(happened) + (times * count)));
        return new RecordSumCost(SquaredMu + (times * other.SquaredMu), Distance + (times * other.Distance), Rho + (times * other.Rho), Pure + (times * other.Pure)) { PureEvents = events };
    }

    /// <summary>The cost of one round as an event for a ledger: the ρ of its Gaussian blocks and the ε of its Laplace blocks, joint if there are both.</summary>
    /// <exception cref="InvalidOperationException">There is too little noise for any guarantee.</exception>
    public PrivacyEvent ToEvent()
    {
        if (!IsFinite || Rho + Pure == 0) throw new InvalidOperationException("A round without all of its noise, or without any block, has no event.");
        PrivacyEvent? gaussian = Rho > 0 ? new ZeroConcentratedEvent(Rho) : null;
        PrivacyEvent? laplace = PureEvents.Count == 1 && PureEvents.Values.Single() == 1 ? PureEvents.Keys.Single() : Pure > 0 ? new EpsilonDeltaEvent(Pure, 0) : null;
        return gaussian is not null && laplace is not null ? new JointEvent(gaussian, laplace) : gaussian ?? laplace!;
    }

    private static RecordSumCost Gaussian(RecordSumBlock block, double share, int shares)
    {
        double sigma = share * Math.Sqrt(shares), ratio = block.L2Sensitivity / sigma, tau = Tau(share, shares), d = block.Touched;
        double squared = (ratio * ratio) + Math.Min(2 * tau * d, (2 * tau * block.L1Sensitivity / sigma) + (tau * tau * d)), shifted = ratio + (tau * Math.Sqrt(d));
        double distance = d * ((1 / (12 * sigma * sigma)) + (tau / 2));
        return new RecordSumCost(ratio * ratio, distance, Math.Min(squared, shifted * shifted) / 2, 0);
    }

    // More shares than needed are the noise and independent noise; with fewer the law is another one.
    private static RecordSumCost Laplace(RecordSumBlock block, bool tooFew)
    {
        if (tooFew) return None with { Pure = double.PositiveInfinity };
        double epsilon = block.L1Sensitivity / block.Scale;
        PrivacyEvent happened = block is { Touched: 1, Largest: <= MostSteps } ? new DiscreteLaplaceEvent(1 / block.Scale, (int)block.Largest) : new EpsilonDeltaEvent(epsilon, 0);
        return None with { Pure = epsilon, PureEvents = ImmutableDictionary<PrivacyEvent, long>.Empty.Add(happened, 1) };
    }

    // k/(k + 1) ≥ ½ bounds all summands of τ at once where they are tiny.
    private static double Tau(double share, int shares) => share >= CertainlySmall
        ? 10.0 * (shares - 1) * Math.Exp(-Math.PI * Math.PI * share * share)
        : DistributedDiscreteGaussianAccounting.Tau(share, shares);
}
