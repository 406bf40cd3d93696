namespace Tacit.Learning.Clustering;

/// <summary>η_t: how far from its centre a point may be in round t, and how far the centre may move.</summary>
/// <remarks>Diaa, Humphries and Kerschbaum 2025, with the domain [−1, 1]^d: its diagonal is D = 2√d.</remarks>
public static class RadiusSchedule
{
    /// <summary>φ = α / (2 k^(1/d)).</summary>
    /// <param name="parameters">The job.</param>
    public static double Fraction(ClusteringParams parameters) => parameters.Alpha / (2 * Math.Pow(parameters.Clusters, 1.0 / parameters.Dimension));

    /// <summary>η_t, or null without a radius.</summary>
    /// <param name="parameters">The job.</param>
    /// <param name="round">t, from 0.</param>
    /// <remarks>A radius above the sensitivity that sums have without one (d for Laplace, √d otherwise) buys nothing and becomes D.</remarks>
    public static double? Radius(ClusteringParams parameters, int round)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(round);
        if (!parameters.HasRadius) return null;
        double root = Math.Sqrt(parameters.Dimension), diagonal = 2 * root;
        double radius = parameters.Method == RadiusMethod.DiagonalThenFrac && round == 0 ? root : diagonal * Fraction(parameters);
        if (radius > (parameters.Privacy == ClusteringPrivacy.Laplace ? parameters.Dimension : root)) radius = diagonal;
        return Math.Min(Math.Min(radius, diagonal), parameters.LargestRadius);   // sensitivities count on D even where centres have left the domain
    }
}
