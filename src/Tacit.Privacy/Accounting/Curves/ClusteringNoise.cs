namespace Tacit.Privacy.Accounting.Curves;

/// <summary>The noise of private Lloyd iterations: sums and counts of clusters, all rounds one Gaussian mechanism.</summary>
/// <param name="SumSensitivity">Δ of a cluster's sum, L2.</param>
/// <param name="SumDeviation">Standard deviation added to each coordinate of each sum.</param>
/// <param name="CountDeviation">Standard deviation added to each count.</param>
/// <param name="Mu">μ of the whole run under Gaussian differential privacy; 1/σ of (ε, δ) at sensitivity one.</param>
/// <remarks>
/// Diaa, Humphries and Kerschbaum 2025 (FastLloyd). (Δ/σ_sum)² + (1/σ_count)² = μ²/T: rounds and the two queries compose, clusters are disjoint.
/// Add-or-remove-one. Sum and count noise must be independent.
/// </remarks>
public readonly record struct ClusteringNoise(double SumSensitivity, double SumDeviation, double CountDeviation, double Mu)
{
    /// <summary>Splits (ε, δ) over the rounds, and within a round between sums and counts.</summary>
    /// <param name="epsilon">ε ≥ 0 of the whole run.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <param name="dimension">d ≥ 1; points lie in [−1, 1]^d.</param>
    /// <param name="iterations">T ≥ 1.</param>
    /// <param name="radius">The radius a point's offset from its centre is clipped to, or null without that constraint.</param>
    /// <param name="countWeight">ρ > 0: the weight of counts without a radius.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static ClusteringNoise For(double epsilon, double delta, int dimension, int iterations, double? radius, double countWeight = 0.225)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(iterations);
        Require.Positive(countWeight, nameof(countWeight));
        if (radius is { } given) Require.Positive(given, nameof(radius));
        double once = GaussianAccounting.NoiseMultiplier(epsilon, delta), round = once * Math.Sqrt(iterations), root = Math.Sqrt(dimension);
        if (radius is { } eta)
        {
            double sensitivity = Math.Min(2 * root, eta), count = round * Math.Sqrt(1 + (2 * root));
            return new ClusteringNoise(sensitivity, sensitivity * count / Math.Sqrt(2 * root), count, 1 / once);
        }

        double spread = round * Math.Sqrt((2 * countWeight) + root);
        return new ClusteringNoise(root, root * spread / Math.Sqrt(root), spread / Math.Sqrt(2 * countWeight), 1 / once);
    }
}
