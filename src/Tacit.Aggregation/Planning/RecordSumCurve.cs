using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Curves;
using Tacit.Privacy.Accounting.Events;

namespace Tacit.Aggregation.Planning;

/// <summary>From the cost of sums over records to ε at δ: several proofs, of which the smallest answer counts.</summary>
internal static class RecordSumCurve
{
    private const double RoundingUp = 1 + 1e-10;
    private const int Steps = 200;

    /// <summary>By closed forms: the Gaussian curve with what whole steps cost, or ρ, beside the pure part.</summary>
    public static (double Epsilon, string Accountant) Closed(RecordSumCost cost, double delta)
    {
        if (!cost.IsFinite) return (double.PositiveInfinity, "none");
        if (cost.SquaredMu == 0) return (cost.Pure, "pure");
        double gaussian = cost.Pure + Gaussian(cost, delta), concentrated = cost.Pure + ConcentratedConversion.Epsilon(cost.Rho, delta), joint = double.PositiveInfinity;
        if (cost.Pure > 0) joint = ConcentratedConversion.Epsilon(cost.Rho + PureRho(cost), delta);
        concentrated = Math.Min(concentrated, joint) * RoundingUp;
        return gaussian <= concentrated ? (gaussian, "gaussian") : (concentrated, "zcdp");
    }

    /// <summary>Also by composing privacy losses, where there is more than one law.</summary>
    public static (double Epsilon, string Accountant) Best(RecordSumCost cost, double delta)
    {
        (double Epsilon, string Accountant) closed = Closed(cost, delta);
        if (cost.SquaredMu == 0 && cost.Pure > 0 && !double.IsInfinity(cost.Pure) && ConcentratedConversion.Epsilon(PureRho(cost), delta) * RoundingUp is var pure && pure < closed.Epsilon) closed = (pure, "zcdp");
        if (!double.IsFinite(closed.Epsilon) || cost.PureEvents.Values.Sum() + (cost.SquaredMu > 0 ? 1 : 0) < 2 || cost.PureEvents.IsEmpty) return closed;

        // Whole steps cost least at a smaller ε, so what they cost at the closed form's is enough for any answer below it.
        double left = delta - Drawing(cost.Distance, closed.Epsilon);
        if (!(left > 0)) return closed;
        PrivacyLossAccountant accountant = new(NeighboringRelation.AddOrRemoveOne);
        if (cost.SquaredMu > 0) accountant.Compose(new GaussianEvent(1 / Math.Sqrt(cost.SquaredMu)));
        foreach ((PrivacyEvent happened, long count) in cost.PureEvents) accountant.Compose(happened, count);
        double composed = accountant.Epsilon(left) * RoundingUp;
        return composed < closed.Epsilon ? (composed, "pld") : closed;
    }

    // The least ε with δ_G(ε) + (1 + e^(ε + pure))·distance ≤ δ. From below, what is left of δ at one ε gives the next, which never passes the solution.
    private static double Gaussian(RecordSumCost cost, double delta)
    {
        double multiplier = 1 / Math.Sqrt(cost.SquaredMu), epsilon = 0;
        for (int i = 0; i < Steps; i++)
        {
            double left = delta - Drawing(cost.Distance, epsilon + cost.Pure);
            if (!(left > 0)) return double.PositiveInfinity;
            double next = GaussianAccounting.Epsilon(multiplier, left);
            bool done = next <= epsilon * (1 + 1e-13) + 1e-300;
            epsilon = Math.Max(next, epsilon);
            if (done) break;
        }

        // The answer is checked a little above, where it holds with a margin.
        epsilon = (epsilon * RoundingUp) + 1e-14;
        return Math.Exp(GaussianAccounting.LogDelta(multiplier, epsilon)) + Drawing(cost.Distance, epsilon + cost.Pure) <= delta ? epsilon : double.PositiveInfinity;
    }

    private static double Drawing(double distance, double epsilon) => distance == 0 ? 0 : (1 + Math.Exp(epsilon)) * distance;

    // A pure ε is ½ε²-concentrated (Bun and Steinke 2016, Proposition 1.4).
    private static double PureRho(RecordSumCost cost) => cost.PureEvents.Sum(happened => happened.Value * Square(EpsilonOf(happened.Key)) / 2);

    private static double EpsilonOf(PrivacyEvent happened) => happened switch
    {
        DiscreteLaplaceEvent laplace => laplace.Decay * laplace.Sensitivity,
        EpsilonDeltaEvent pure => pure.Epsilon,
        _ => double.PositiveInfinity,
    };

    private static double Square(double value) => value * value;
}
