using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.Curves;

/// <summary>The Gaussian mechanism, exactly. A noise multiplier is σ over the L2 sensitivity of the neighbouring relation in use.</summary>
/// <remarks>Balle and Wang 2018, Theorem 8. Pure functions; thread-safe.</remarks>
public static class GaussianAccounting
{
    /// <summary>ln δ at ε.</summary>
    /// <param name="noiseMultiplier">σ/Δ₂ > 0.</param>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <returns>ln(Φ(a) − e^ε Φ(b)), a = Δ/2σ − εσ/Δ and b = −Δ/2σ − εσ/Δ; as φ(a)(R(−a) − R(−b)) in Mills' ratio, which keeps all digits.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double LogDelta(double noiseMultiplier, double epsilon)
    {
        Require.Positive(noiseMultiplier, nameof(noiseMultiplier));
        Require.NotNegative(epsilon, nameof(epsilon));
        double half = 0.5 / noiseMultiplier, a = half - (epsilon * noiseMultiplier), b = -half - (epsilon * noiseMultiplier);
        if (a <= 0) return NormalDistribution.LogDensity(a) + Math.Log(NormalDistribution.Mills(-a) - NormalDistribution.Mills(-b));
        double second = NormalDistribution.Mills(-b) * Math.Exp(NormalDistribution.LogDensity(a));   // e^ε φ(b) = φ(a)
        return LogDomain.Log1p(-(NormalDistribution.UpperTail(a) + second));
    }

    /// <summary>δ at ε.</summary>
    /// <param name="noiseMultiplier">σ/Δ₂ > 0.</param>
    /// <param name="epsilon">ε ≥ 0.</param>
    public static double Delta(double noiseMultiplier, double epsilon) => Math.Exp(LogDelta(noiseMultiplier, epsilon));

    /// <summary>The least ε ≥ 0 at δ.</summary>
    /// <param name="noiseMultiplier">σ/Δ₂ > 0.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Epsilon(double noiseMultiplier, double delta)
    {
        Require.Positive(noiseMultiplier, nameof(noiseMultiplier));
        Require.Delta(delta);
        double target = Math.Log(delta);
        bool Enough(double epsilon) => LogDelta(noiseMultiplier, epsilon) <= target;
        return Enough(0) ? 0 : Search.Boundary(Enough, 0, Search.Grow(Enough, 1 / noiseMultiplier));
    }

    /// <summary>The least noise multiplier for (ε, δ).</summary>
    /// <param name="epsilon">ε > 0.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <returns>σ at sensitivity one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double NoiseMultiplier(double epsilon, double delta)
    {
        Require.NotNegative(epsilon, nameof(epsilon));
        Require.Delta(delta);
        double target = Math.Log(delta);
        bool Enough(double multiplier) => LogDelta(multiplier, epsilon) <= target;
        double high = Search.Grow(Enough, 1e-3);
        return high == 1e-3 ? high : Search.Boundary(Enough, high / 2, high);
    }

    /// <summary>The noise multiplier of the classic bound, √(2 ln(1.25/δ))/ε.</summary>
    /// <param name="epsilon">ε in (0, 1): the theorem proves nothing from one on.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">ε is not in (0, 1), or δ not in (0, 1).</exception>
    /// <remarks>Dwork and Roth 2014, Theorem A.1. Never needed: <see cref="NoiseMultiplier"/> is smaller and holds for every ε.</remarks>
    public static double ClassicNoiseMultiplier(double epsilon, double delta)
    {
        if (!(epsilon is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "the classic theorem needs epsilon in (0, 1)");
        Require.Delta(delta);
        return Math.Sqrt(2 * Math.Log(1.25 / delta)) / epsilon;
    }
}
