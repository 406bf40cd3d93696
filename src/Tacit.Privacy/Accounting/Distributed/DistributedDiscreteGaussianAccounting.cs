using Tacit.Privacy.Accounting.Renyi;

namespace Tacit.Privacy.Accounting.Distributed;

/// <summary>What a sum of discrete Gaussians, one share a participant, costs in privacy.</summary>
/// <remarks>
/// Kairouz, Liu and Steinke 2021, Theorem 1 and Proposition 14. Zero-out adjacency: one participant's vector against the zero
/// vector, with the same number of noise shares in both. Pure functions; thread-safe.
/// </remarks>
public static class DistributedDiscreteGaussianAccounting
{
    private const int ExactShares = 1 << 16;

    /// <summary>Δ₂: the largest L2 norm of one rounded contribution, unscaled.</summary>
    /// <param name="parameters">Of the round.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double L2Sensitivity(DistributedDiscreteGaussianParameters parameters)
    {
        parameters.Validate();
        return Rounding.L2Sensitivity(parameters.Clip, parameters.Granularity, parameters.Dimension, parameters.Beta);
    }

    /// <summary>Δ₁: the largest L1 norm of one rounded contribution, unscaled.</summary>
    /// <param name="parameters">Of the round.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double L1Sensitivity(DistributedDiscreteGaussianParameters parameters) =>
        Rounding.L1Sensitivity(L2Sensitivity(parameters), parameters.Granularity, parameters.Dimension);

    /// <summary>τ: bounds the log ratio of a sum of discrete Gaussians to the discrete Gaussian of the summed variance.</summary>
    /// <param name="scaleInSteps">σ/γ > 0 of each share; the bound is proved from a half.</param>
    /// <param name="shares">n ≥ 1.</param>
    /// <returns>τ = 10 Σ exp(−2π²(σ/γ)² k/(k+1)) over k = 1 … n−1; 0 where that underflows, see <see cref="LogTau"/>.</returns>
    public static double Tau(double scaleInSteps, int shares) => Math.Exp(LogTau(scaleInSteps, shares));

    /// <summary>ln τ, which does not underflow.</summary>
    /// <param name="scaleInSteps">σ/γ > 0 of each share.</param>
    /// <param name="shares">n ≥ 1; from 65,536 the summands, which fall, are bounded by the last one that is computed.</param>
    /// <returns>Minus infinity for one share.</returns>
    public static double LogTau(double scaleInSteps, int shares)
    {
        Require.Positive(scaleInSteps, nameof(scaleInSteps));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shares);
        if (shares == 1) return double.NegativeInfinity;
        double rate = -2 * Math.PI * Math.PI * scaleInSteps * scaleInSteps, largest = rate / 2, sum = 0;
        int last = Math.Min(shares - 1, ExactShares);
        for (int k = 1; k <= last; k++) sum += Math.Exp((rate * k / (k + 1)) - largest);
        sum += (shares - 1 - last) * Math.Exp((rate * last / (last + 1)) - largest);
        return Math.Log(10) + largest + Math.Log(sum);
    }

    /// <summary>The ε of ½ε²-concentrated privacy of one unsampled round.</summary>
    /// <param name="parameters">Of the round.</param>
    /// <returns>ε; ρ = ε²/2.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double ConcentratedEpsilon(DistributedDiscreteGaussianParameters parameters)
    {
        Terms t = Terms.Of(parameters);
        double shift = t.Ratio + (t.Tau * t.RootDimension);
        return Math.Min(Math.Sqrt(Math.Min((t.Ratio * t.Ratio) + (2 * t.Tau * t.Dimension), t.SquareWithL1)), shift);
    }

    /// <summary>D_α of one unsampled round, at most.</summary>
    /// <param name="parameters">Of the round.</param>
    /// <param name="order">α > 1.</param>
    /// <returns>In nats.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Renyi(DistributedDiscreteGaussianParameters parameters, double order) => Terms.Of(parameters).Renyi(order);

    /// <summary>ε of sampled, composed rounds as published: the general bound on amplification, at the orders 2 … 128 and 256.</summary>
    /// <param name="parameters">Of every round.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <param name="rate">q in (0, 1]: each participant takes part with this probability (Poisson sampling).</param>
    /// <param name="rounds">T ≥ 1.</param>
    /// <returns>ε and its order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static EpsilonAtOrder Epsilon(DistributedDiscreteGaussianParameters parameters, double delta, double rate = 1, int rounds = 1) =>
        SampledRounds.Published(Terms.Of(parameters).Renyi, delta, rate, rounds);

    /// <summary>ε of sampled, composed rounds by the bound for symmetric noise; never above <see cref="Epsilon"/>.</summary>
    /// <param name="parameters">Of every round.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <param name="rate">q in (0, 1]: each participant takes part with this probability (Poisson sampling).</param>
    /// <param name="rounds">T ≥ 1.</param>
    /// <returns>ε and its order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <remarks>See <see cref="PoissonAmplification.Symmetric"/> and decision 0008; the noise is a sum of symmetric shares, hence symmetric.</remarks>
    public static EpsilonAtOrder TighterEpsilon(DistributedDiscreteGaussianParameters parameters, double delta, double rate = 1, int rounds = 1) =>
        SampledRounds.Tighter(Terms.Of(parameters).Renyi, proved: true, delta, rate, rounds);

    /// <summary>The largest 1/γ at which the sum of n contributions stays below 2^B, up to k standard deviations.</summary>
    /// <param name="clip">c > 0, unscaled.</param>
    /// <param name="dimension">D ≥ 1.</param>
    /// <param name="noise">σ ≥ 0 a share, unscaled.</param>
    /// <param name="participants">n ≥ 1.</param>
    /// <param name="bits">B: the width of the aggregate.</param>
    /// <param name="deviations">k > 0.</param>
    /// <returns>1/γ.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range, or 2^(2B) ≤ nk²: no granularity fits.</exception>
    /// <remarks>Kairouz, Liu and Steinke 2021, section 5: 2k√(c²n²/D + (γ²/4 + σ²)n)/γ = 2^B, solved for 1/γ.</remarks>
    public static double StepsPerUnit(double clip, int dimension, double noise, int participants, int bits, double deviations = 4)
    {
        Require.Positive(clip, nameof(clip));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        Require.NotNegative(noise, nameof(noise));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(participants);
        Require.Positive(deviations, nameof(deviations));
        double n = participants, room = Math.Pow(2, 2 * bits) - (n * deviations * deviations);
        if (!(room > 0)) throw new ArgumentOutOfRangeException(nameof(bits), bits, $"bits must be above {Math.Log2(n * deviations * deviations) / 2:F2} for {participants} participants");
        return Math.Sqrt(room) / (2 * deviations * Math.Sqrt((clip * clip * n * n / dimension) + (n * noise * noise)));
    }

    /// <summary>The quantities of the theorem, each computed once.</summary>
    private readonly record struct Terms(double Ratio, double ScaledL1, double Tau, double Dimension)
    {
        public double RootDimension => Math.Sqrt(Dimension);

        public double SquareWithL1 => (Ratio * Ratio) + (2 * Tau * ScaledL1) + (Tau * Tau * Dimension);

        public static Terms Of(DistributedDiscreteGaussianParameters parameters)
        {
            double l2 = L2Sensitivity(parameters), l1 = Rounding.L1Sensitivity(l2, parameters.Granularity, parameters.Dimension);
            double noise = Math.Sqrt(parameters.Shares) * parameters.Noise;
            return new Terms(l2 / noise, l1 / noise, DistributedDiscreteGaussianAccounting.Tau(parameters.NoiseInSteps, parameters.Shares), parameters.Dimension);
        }

        public double Renyi(double order)
        {
            double shift = Ratio + (Tau * RootDimension);
            return Math.Min((order / 2 * Ratio * Ratio) + (Tau * Dimension), order / 2 * Math.Min(SquareWithL1, shift * shift));
        }
    }
}
