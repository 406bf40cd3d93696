using Tacit.Privacy.Mechanisms;

namespace Tacit.Privacy.Accounting.Curves;

/// <summary>The Gaussian mechanism, exactly, by its noise multiplier: σ over the L2 sensitivity of the neighbouring relation in use.</summary>
/// <remarks><see cref="GaussianCalibration"/> at sensitivity one. Pure functions; thread-safe.</remarks>
public static class GaussianAccounting
{
    private static readonly L2Sensitivity one = new(1);

    /// <summary>ln δ at ε.</summary>
    /// <param name="noiseMultiplier">σ/Δ₂ > 0.</param>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double LogDelta(double noiseMultiplier, double epsilon)
    {
        Require.Positive(noiseMultiplier, nameof(noiseMultiplier));
        return GaussianCalibration.LogDelta(noiseMultiplier, epsilon, one);
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
        return GaussianCalibration.Epsilon(noiseMultiplier, delta, one);
    }

    /// <summary>The least noise multiplier for (ε, δ).</summary>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <returns>σ at sensitivity one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double NoiseMultiplier(double epsilon, double delta)
    {
        Require.NotNegative(epsilon, nameof(epsilon));
        Require.Delta(delta);
        return GaussianCalibration.Sigma(epsilon, delta, one);
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
        return GaussianCalibration.ClassicSigma(epsilon, delta, one);
    }
}
