using Tacit.Aggregation.Pipeline;
using Tacit.Privacy.Accounting.Renyi;

namespace Tacit.Aggregation.Planning;

/// <summary>Adds up what the rounds of a job cost, from the shares that were really there, for two observers.</summary>
/// <param name="plan">The plan of every round.</param>
/// <param name="delta">δ, in (0, 1).</param>
/// <param name="samplingRate">q with which each participant is drawn independently into a round; 1 claims nothing from sampling.</param>
/// <remarks>Not thread-safe.</remarks>
public sealed class SumAccount(NoisedSumPlan plan, double delta, double samplingRate = 1)
{
    private static readonly int[] orders = [.. RenyiOrders.Integers];

    private readonly Dictionary<int, RoundCurves> known = [];
    private readonly double[] sampled = new double[orders.Length];
    private readonly double[] unsampled = new double[orders.Length];
    private double concentrated;

    /// <summary>Sums opened so far.</summary>
    public int Rounds { get; private set; }

    /// <summary>What has been spent so far.</summary>
    public PrivacySpending Spent => Convert(sampled, unsampled, concentrated);

    /// <summary>What will have been spent after more rounds; nothing is charged.</summary>
    /// <param name="shares">Honest noise shares in each of them.</param>
    /// <param name="rounds">How many.</param>
    public PrivacySpending After(int shares, int rounds = 1)
    {
        RoundCurves curves = Curves(shares);
        return Convert(Plus(sampled, curves.Sampled, rounds), Plus(unsampled, curves.Unsampled, rounds), concentrated + (rounds * curves.Concentrated));
    }

    /// <summary>Charges one round. Do so, durably, before its sum is used.</summary>
    /// <param name="shares">Honest noise shares in it.</param>
    public PrivacySpending Charge(int shares)
    {
        RoundCurves curves = Curves(shares);
        Plus(sampled, curves.Sampled, 1).CopyTo(sampled, 0);
        Plus(unsampled, curves.Unsampled, 1).CopyTo(unsampled, 0);
        concentrated += curves.Concentrated;
        Rounds++;
        return Spent;
    }

    private PrivacySpending Convert(double[] readers, double[] coordinator, double rho)
    {
        bool trusted = plan.Placement == NoisePlacement.Central;
        double? zero = plan.Noise == NoiseKind.Skellam ? null : ZeroConcentrated(rho);
        double known = Math.Min(Best(coordinator), zero ?? double.PositiveInfinity);
        return new PrivacySpending(Math.Min(Best(readers), known), trusted ? null : known, "renyi") { Second = zero, SecondAccountant = zero is null ? null : "zcdp" };
    }

    private double Best(double[] curve) => orders.Select((order, i) => RenyiConversion.Epsilon(order, curve[i], delta)).Min();

    // ρ-zCDP is D_α ≤ ρα at every α (Bun and Steinke 2016); the best order lies near 1 + √(ln(1/δ)/ρ).
    private double ZeroConcentrated(double rho)
    {
        if (rho == 0) return 0;
        if (double.IsInfinity(rho)) return rho;
        double centre = Math.Sqrt(Math.Log(1 / delta) / rho), best = double.PositiveInfinity;
        for (double factor = 0.05; factor < 20; factor *= 1.01)
        {
            double order = 1 + (centre * factor);
            best = Math.Min(best, RenyiConversion.Epsilon(order, rho * order, delta));
        }

        return best;
    }

    private RoundCurves Curves(int shares)
    {
        if (known.TryGetValue(shares, out RoundCurves? curves)) return curves;
        double[] whole = new double[orders[^1] + 1];
        for (int order = 2; order < whole.Length; order++) whole[order] = NoisedSumCost.Renyi(plan, shares, order);
        curves = new RoundCurves(
            [.. orders.Select(order => samplingRate == 1 ? whole[order] : PoissonAmplification.Symmetric(l => whole[l], order, samplingRate))],
            [.. orders.Select(order => whole[order])],
            NoisedSumCost.Concentrated(plan, shares) ?? 0);
        known.Add(shares, curves);
        return curves;
    }

    private static double[] Plus(double[] total, double[] round, int rounds) => [.. total.Select((value, i) => value + (rounds * round[i]))];

    private sealed record RoundCurves(double[] Sampled, double[] Unsampled, double Concentrated);
}
