using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.Curves;

/// <summary>From zero-concentrated privacy, D_α ≤ ρα at every α, to (ε, δ) and back.</summary>
/// <remarks>Canonne, Kamath and Steinke 2020, Corollary 13, minimised over α. Pure functions; thread-safe.</remarks>
public static class ConcentratedConversion
{
    private const double LeastOrder = 1 + 1e-9;

    /// <summary>The least δ that ρ proves at ε, and its order.</summary>
    /// <param name="rho">ρ > 0.</param>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <returns>ln δ ≤ 0 and α.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static (double LogDelta, double Order) LogDelta(double rho, double epsilon)
    {
        Require.Positive(rho, nameof(rho));
        Require.NotNegative(epsilon, nameof(epsilon));
        double Slope(double order) => (((2 * order) - 1) * rho) - epsilon + LogDomain.Log1p(-1 / order);   // rises with α
        double order = Search.Boundary(alpha => Slope(alpha) >= 0, LeastOrder, ((epsilon + 1) / (2 * rho)) + 2);
        double log = ((order - 1) * ((order * rho) - epsilon)) + (order * LogDomain.Log1p(-1 / order)) - Math.Log(order - 1);
        return (Math.Min(0, log), order);
    }

    /// <summary>The least ε ≥ 0 that ρ proves at δ.</summary>
    /// <param name="rho">ρ > 0.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Epsilon(double rho, double delta)
    {
        Require.Delta(delta);
        double target = Math.Log(delta);
        bool Enough(double epsilon) => LogDelta(rho, epsilon).LogDelta <= target;
        return Enough(0) ? 0 : Search.Boundary(Enough, 0, Search.Grow(Enough, SimpleEpsilon(rho, delta)));
    }

    /// <summary>The largest ρ that (ε, δ) affords.</summary>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Rho(double epsilon, double delta)
    {
        Require.NotNegative(epsilon, nameof(epsilon));
        Require.Delta(delta);
        double target = Math.Log(delta);
        return Math.BitDecrement(Search.Boundary(rho => LogDelta(rho, epsilon).LogDelta > target, double.Epsilon, epsilon + 1 - target));
    }

    /// <summary>ρ + 2√(ρ ln(1/δ)).</summary>
    /// <param name="rho">ρ > 0.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <remarks>Bun and Steinke 2016, Proposition 1.3; never below <see cref="Epsilon"/>.</remarks>
    public static double SimpleEpsilon(double rho, double delta) => rho + (2 * Math.Sqrt(-rho * Math.Log(delta)));
}
