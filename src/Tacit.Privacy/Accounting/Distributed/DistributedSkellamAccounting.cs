using Tacit.Privacy.Accounting.Renyi;

namespace Tacit.Privacy.Accounting.Distributed;

/// <summary>What a sum of Skellam noises costs in privacy. Sums of Skellams are Skellam: there is no τ.</summary>
/// <remarks>Agarwal, Kairouz and Liu 2021, Theorem 3.5. Zero-out adjacency. Pure functions; thread-safe.</remarks>
public static class DistributedSkellamAccounting
{
    /// <summary>Δ₂: the largest L2 norm of one rounded contribution, unscaled.</summary>
    /// <param name="parameters">Of the round.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double L2Sensitivity(DistributedSkellamParameters parameters)
    {
        parameters.Validate();
        return Rounding.L2Sensitivity(parameters.Clip, parameters.Granularity, parameters.Dimension, parameters.Beta);
    }

    /// <summary>Δ₁: the largest L1 norm of one rounded contribution, unscaled.</summary>
    /// <param name="parameters">Of the round.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double L1Sensitivity(DistributedSkellamParameters parameters) =>
        Rounding.L1Sensitivity(L2Sensitivity(parameters), parameters.Granularity, parameters.Dimension);

    /// <summary>D_α of one unsampled round, at most.</summary>
    /// <param name="parameters">Of the round.</param>
    /// <param name="order">α > 1; the theorem is proved for integers.</param>
    /// <returns>In nats.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Renyi(DistributedSkellamParameters parameters, double order)
    {
        double steps = 1 / parameters.Granularity, l2 = L2Sensitivity(parameters), l1 = L1Sensitivity(parameters);
        return Renyi(l1 * steps, l2 * steps, parameters.Shares * parameters.Noise * parameters.Noise * steps * steps, order);
    }

    /// <summary>D_α of Skellam noise on an integer vector, at most.</summary>
    /// <param name="l1">Δ₁ > 0, in integer steps.</param>
    /// <param name="l2">Δ₂ > 0, in integer steps.</param>
    /// <param name="variance">μ > 0 of the summed noise of one coordinate, in squared steps.</param>
    /// <param name="order">α > 1; the theorem is proved for integers.</param>
    /// <returns>In nats: αΔ₂²/2μ + min{((2α−1)Δ₂² + 6Δ₁)/4μ², 3Δ₁/2μ}.</returns>
    public static double Renyi(double l1, double l2, double variance, double order)
    {
        double square = l2 * l2;
        return (order * square / (2 * variance)) + Math.Min(((((2 * order) - 1) * square) + (6 * l1)) / (4 * variance * variance), 3 * l1 / (2 * variance));
    }

    /// <summary>ε of sampled, composed rounds as published: the general bound on amplification, at the orders 2 … 128 and 256.</summary>
    /// <param name="parameters">Of every round.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <param name="rate">q in (0, 1] (Poisson sampling).</param>
    /// <param name="rounds">T ≥ 1.</param>
    /// <returns>ε and its order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static EpsilonAtOrder Epsilon(DistributedSkellamParameters parameters, double delta, double rate = 1, int rounds = 1)
    {
        parameters.Validate();
        return SampledRounds.Published(order => Renyi(parameters, order), delta, rate, rounds);
    }

    /// <summary>ε of sampled, composed rounds by the bound for symmetric noise; never above <see cref="Epsilon"/>.</summary>
    /// <param name="parameters">Of every round.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <param name="rate">q in (0, 1] (Poisson sampling).</param>
    /// <param name="rounds">T ≥ 1.</param>
    /// <returns>ε and its order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <remarks>See <see cref="PoissonAmplification.Symmetric"/>. Between integers the chord of (α − 1)D_α bounds the curve.</remarks>
    public static EpsilonAtOrder TighterEpsilon(DistributedSkellamParameters parameters, double delta, double rate = 1, int rounds = 1)
    {
        parameters.Validate();
        return SampledRounds.Tighter(order => Renyi(parameters, order), proved: false, delta, rate, rounds);
    }
}
