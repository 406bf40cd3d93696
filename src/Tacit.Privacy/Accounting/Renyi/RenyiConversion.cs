using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.Renyi;

/// <summary>From Rényi divergences to (ε, δ) and back.</summary>
public static class RenyiConversion
{
    private const double SmallestOrder = 1.01;   // below, the conversion divides by almost nothing

    /// <summary>The ε that one Rényi divergence proves.</summary>
    /// <param name="order">α > 1.</param>
    /// <param name="divergence">D_α ≥ 0, in nats.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <returns>ε ≥ 0; infinite at orders up to 1.01.</returns>
    /// <remarks>
    /// ε = D + ln(1 − 1/α) − ln(δα)/(α − 1): Canonne, Kamath and Steinke 2020, Proposition 12 (also Balle et al. 2020, Theorem 21).
    /// ε = 0 where δ² ≥ 1 − e^(−D): the total variation is at most that root (Bretagnolle and Huber 1979), and D_1 ≤ D_α.
    /// </remarks>
    public static double Epsilon(double order, double divergence, double delta)
    {
        if ((delta * delta) + LogDomain.Expm1(-divergence) >= 0) return 0;
        if (!(order > SmallestOrder) || !double.IsFinite(divergence)) return double.PositiveInfinity;
        return Math.Max(0, divergence + LogDomain.Log1p(-1 / order) - (Math.Log(delta * order) / (order - 1)));
    }

    /// <summary>The ε of Mironov 2017, Proposition 3, D + ln(1/δ)/(α − 1); for comparison with older figures.</summary>
    /// <param name="order">α > 1.</param>
    /// <param name="divergence">D_α ≥ 0, in nats.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <returns>Never below <see cref="Epsilon"/>.</returns>
    public static double ClassicEpsilon(double order, double divergence, double delta) => divergence - (Math.Log(delta) / (order - 1));

    /// <summary>The δ that one Rényi divergence proves, as a logarithm.</summary>
    /// <param name="order">α > 1.</param>
    /// <param name="divergence">D_α ≥ 0, in nats.</param>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <returns>ln δ ≤ 0.</returns>
    public static double LogDelta(double order, double divergence, double epsilon)
    {
        double byVariation = divergence > 0 ? 0.5 * Math.Log(-LogDomain.Expm1(-divergence)) : double.NegativeInfinity;
        if (!(order > SmallestOrder) || !double.IsFinite(divergence)) return Math.Min(0, byVariation);
        double byMoment = ((order - 1) * (divergence - epsilon + LogDomain.Log1p(-1 / order))) - Math.Log(order);
        return Math.Min(0, Math.Min(byVariation, byMoment));
    }
}
