using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Mechanisms;

/// <summary>What Gaussian noise guarantees, and how much of it a guarantee needs: any two of (ε, δ) and σ give the third.</summary>
/// <remarks>
/// Balle and Wang 2018, Theorem 8: δ(ε) = Φ(a/2 − ε/a) − e^ε·Φ(−a/2 − ε/a) with a = Δ₂/σ. Because e^ε·φ(ε/a + a/2) = φ(ε/a − a/2), this is
/// φ(x₁)·(R(x₁) − R(x₂)), x₁,₂ = ε/a ∓ a/2, in Mills' ratio R: no cancellation of e^ε, and logarithms below the least double. For a small a
/// the difference is the integral of −R′ over [x₁, x₂].
/// </remarks>
public static class GaussianCalibration
{
    private const double SmallShift = 0.5, FarLeft = -5;
    private const int Bisections = 200;

    // Gauss and Legendre on [−1, 1], 8 points.
    private static readonly double[] nodes = [0.18343464249564980, 0.52553240991632899, 0.79666647741362674, 0.96028985649753623];
    private static readonly double[] weights = [0.36268378337836198, 0.31370664587788729, 0.22238103445337447, 0.10122853629037626];

    /// <summary>The least δ for which the noise is (ε, δ)-differentially private.</summary>
    /// <param name="sigma">σ, positive.</param>
    /// <param name="epsilon">ε, not negative.</param>
    /// <param name="sensitivity">Δ₂, in the units of σ.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public static double Delta(double sigma, double epsilon, L2Sensitivity sensitivity) => Math.Exp(LogDelta(sigma, epsilon, sensitivity));

    /// <summary>ln δ, also where δ is no double any more.</summary>
    /// <param name="sigma">σ, positive.</param>
    /// <param name="epsilon">ε, not negative.</param>
    /// <param name="sensitivity">Δ₂, in the units of σ.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public static double LogDelta(double sigma, double epsilon, L2Sensitivity sensitivity)
    {
        if (!(epsilon >= 0 && double.IsFinite(epsilon))) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be finite and not negative.");
        return LogDelta(Shift(sigma, sensitivity), epsilon);
    }

    /// <summary>The least ε for which the noise is (ε, δ)-differentially private; 0 if δ alone is enough.</summary>
    /// <param name="sigma">σ, positive.</param>
    /// <param name="delta">δ, in (0, 1).</param>
    /// <param name="sensitivity">Δ₂, in the units of σ.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public static double Epsilon(double sigma, double delta, L2Sensitivity sensitivity)
    {
        double a = Shift(sigma, sensitivity), target = Math.Log(PositiveNumber.BelowOne(delta, nameof(delta)));
        if (LogDelta(a, 0) <= target) return 0;
        double low = 0, high = a;
        for (; LogDelta(a, high) > target; high *= 2) low = high;
        for (int i = 0; i < Bisections && Middle(low, high, out double middle); i++)
        {
            if (LogDelta(a, middle) > target) low = middle;
            else high = middle;
        }

        return high;
    }

    /// <summary>The least σ for which the noise is (ε, δ)-differentially private.</summary>
    /// <param name="epsilon">ε, not negative.</param>
    /// <param name="delta">δ, in (0, 1).</param>
    /// <param name="sensitivity">Δ₂, in the units of σ.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public static double Sigma(double epsilon, double delta, L2Sensitivity sensitivity)
    {
        double target = Math.Log(PositiveNumber.BelowOne(delta, nameof(delta)));
        double low = 1, high = 1;   // of a = Δ₂/σ
        if (!(epsilon >= 0 && double.IsFinite(epsilon))) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be finite and not negative.");
        while (LogDelta(low, epsilon) > target) low /= 2;
        while (LogDelta(high, epsilon) <= target) high *= 2;
        for (int i = 0; i < Bisections && Middle(low, high, out double middle); i++)
        {
            if (LogDelta(middle, epsilon) > target) high = middle;
            else low = middle;
        }

        return PositiveNumber.Checked(sensitivity.Value, nameof(sensitivity)) / low;
    }

    /// <summary>σ of the classic bound, √(2 ln(1.25/δ))·Δ₂/ε: for comparison, always more than <see cref="Sigma"/>.</summary>
    /// <param name="epsilon">ε, in (0, 1): above, the bound does not hold (Balle and Wang 2018).</param>
    /// <param name="delta">δ, in (0, 1).</param>
    /// <param name="sensitivity">Δ₂.</param>
    /// <exception cref="ArgumentOutOfRangeException">ε is 1 or more, or a parameter is out of range.</exception>
    /// <remarks>Dwork and Roth 2014, Theorem A.1.</remarks>
    public static double ClassicSigma(double epsilon, double delta, L2Sensitivity sensitivity)
    {
        if (!(epsilon is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "The classic Gaussian mechanism is valid for epsilon below 1 only.");
        return Math.Sqrt(2 * Math.Log(1.25 / PositiveNumber.BelowOne(delta, nameof(delta)))) * PositiveNumber.Checked(sensitivity.Value, nameof(sensitivity)) / epsilon;
    }

    private static double Shift(double sigma, L2Sensitivity sensitivity) =>
        PositiveNumber.Checked(sensitivity.Value, nameof(sensitivity)) / PositiveNumber.Checked(sigma, nameof(sigma));

    private static double LogDelta(double a, double epsilon)
    {
        double near = epsilon / a - a / 2, far = epsilon / a + a / 2;
        if (a <= SmallShift) return NormalDistribution.LogDensity(near) + Math.Log(Fall(near, a));
        if (near >= FarLeft) return NormalDistribution.LogDensity(near) + Math.Log(NormalDistribution.MillsRatio(near) - NormalDistribution.MillsRatio(far));
        return Math.Log(NormalDistribution.Cdf(-near) - NormalDistribution.Density(near) * NormalDistribution.MillsRatio(far));
    }

    // R(x) − R(x + width), as the integral of −R′.
    private static double Fall(double x, double width)
    {
        double half = width / 2, middle = x + half, sum = 0;
        for (int i = 0; i < nodes.Length; i++)
        {
            sum += weights[i] * (NormalDistribution.MillsSlope(middle - half * nodes[i]) + NormalDistribution.MillsSlope(middle + half * nodes[i]));
        }

        return half * sum;
    }

    private static bool Middle(double low, double high, out double middle)
    {
        middle = low + (high - low) / 2;
        return middle > low && middle < high;
    }
}
