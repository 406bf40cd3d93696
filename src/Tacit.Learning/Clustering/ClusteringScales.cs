using Tacit.Privacy.Accounting.Curves;

namespace Tacit.Learning.Clustering;

/// <summary>The noise of one round in real units, before it is put on a grid.</summary>
/// <param name="SumSensitivity">How far one point moves a cluster's sum: L2 for Gaussian noise, L1 for Laplace.</param>
/// <param name="Sum">σ, or b of Laplace, of each coordinate of each sum.</param>
/// <param name="Count">σ, or b, of each count.</param>
/// <remarks>
/// Gaussian: (Δ/σ_sum)² + (1/σ_count)² = 1/(T σ₁²), so the job is one Gaussian mechanism of σ₁ (<see cref="ClusteringNoise"/>). Laplace: each round spends ε/T,
/// sums and counts in the ratio d : (4dρ²)^(1/3) (Su et al. 2016). A count has sensitivity 1; clusters are disjoint.
/// </remarks>
public readonly record struct ClusteringScales(double SumSensitivity, double Sum, double Count)
{
    /// <summary>The noise of a round.</summary>
    /// <param name="parameters">The job.</param>
    /// <param name="round">t, from 0.</param>
    public static ClusteringScales For(ClusteringParams parameters, int round) => For(parameters, round, parameters.Delta);

    /// <summary>The standard deviation of a count's noise; 0 without noise.</summary>
    /// <param name="parameters">The job.</param>
    public double CountDeviation(ClusteringParams parameters) => parameters.Privacy == ClusteringPrivacy.Laplace ? Math.Sqrt(2) * Count : Count;

    /// <summary>ε of the sums and of the counts of one round with Laplace noise; T times their sum is ε.</summary>
    /// <param name="parameters">The job.</param>
    public static (double Sum, double Count) LaplaceSplit(ClusteringParams parameters)
    {
        double weight = LaplaceCountWeight(parameters), round = parameters.Epsilon / parameters.Iterations;
        double sum = round * parameters.Dimension / (parameters.Dimension + weight);
        return (sum, round - sum);
    }

    internal static ClusteringScales For(ClusteringParams parameters, int round, double delta)
    {
        double? radius = RadiusSchedule.Radius(parameters, round);
        switch (parameters.Privacy)
        {
            case ClusteringPrivacy.None:
                return default;
            case ClusteringPrivacy.Laplace:
                (double sum, double count) = LaplaceSplit(parameters);
                double sensitivity = parameters.Dimension * (radius is { } eta ? Math.Min(2, eta) : 1);
                return new ClusteringScales(sensitivity, sensitivity / sum, 1 / count);
            default:
                ClusteringNoise noise = ClusteringNoise.For(parameters.Epsilon, delta, parameters.Dimension, parameters.Iterations, radius, parameters.Rho);
                double ratio = NoiseMultiplier(parameters, delta) * noise.Mu;   // 1 but for the discrete Gaussian's own accounting
                return new ClusteringScales(noise.SumSensitivity, noise.SumDeviation * ratio, noise.CountDeviation * ratio);
        }
    }

    /// <summary>σ₁: the Gaussian noise of (ε, δ) at sensitivity 1.</summary>
    internal static double NoiseMultiplier(ClusteringParams parameters, double delta) => parameters.Privacy == ClusteringPrivacy.DiscreteGaussian
        ? 1 / Math.Sqrt(2 * ConcentratedConversion.Rho(parameters.Epsilon, delta))
        : GaussianAccounting.NoiseMultiplier(parameters.Epsilon, delta);

    internal static double LaplaceCountWeight(ClusteringParams parameters) => Math.Cbrt(4 * parameters.Dimension * parameters.Rho * parameters.Rho);
}
