namespace Tacit.Learning.Clustering;

/// <summary>How many iterations a budget is spread over: more points and more ε afford more.</summary>
/// <remarks>Diaa, Humphries and Kerschbaum 2025; for Laplace Su et al. 2016. It uses public numbers only.</remarks>
public static class IterationFormula
{
    /// <summary>T: the formula within [2, 7], its whole part; 7 without privacy.</summary>
    /// <param name="parameters">The job.</param>
    public static int Rounds(ClusteringParams parameters) => parameters.Privacy == ClusteringPrivacy.None
        ? ClusteringParams.MostIterations
        : (int)Math.Clamp(Raw(parameters), ClusteringParams.LeastIterations, ClusteringParams.MostIterations);

    /// <summary>The formula before it is clamped.</summary>
    /// <param name="parameters">The job; with noise.</param>
    /// <exception cref="ArgumentException">The job has no noise.</exception>
    public static double Raw(ClusteringParams parameters)
    {
        double n = parameters.DataSize, k = parameters.Clusters, d = parameters.Dimension;
        double points = n * n / (k * k * k);
        switch (parameters.Privacy)
        {
            case ClusteringPrivacy.Laplace:
                return parameters.Epsilon / Math.Sqrt(500 / points * Math.Pow(d + ClusteringScales.LaplaceCountWeight(parameters), 3));
            case ClusteringPrivacy.GaussianAnalytic or ClusteringPrivacy.DiscreteGaussian:
                double once = ClusteringScales.NoiseMultiplier(parameters, parameters.Delta);
                if (!parameters.HasRadius) return 0.004 * points / (d * Math.Pow((2 * parameters.Rho) + Math.Sqrt(d), 2) * once * once);
                double reach = 2 * Math.Sqrt(d) * RadiusSchedule.Fraction(parameters);
                return 0.016 * points / (reach * reach * Math.Pow(1 + Math.Sqrt(4 * d), 2) * once * once);
            default:
                throw new ArgumentException("Without noise there is no formula.", nameof(parameters));
        }
    }
}
