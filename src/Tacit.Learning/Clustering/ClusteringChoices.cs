namespace Tacit.Learning.Clustering;

/// <summary>How the sums and counts of a round are noised: <c>dp</c>.</summary>
public enum ClusteringPrivacy
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Two-sided geometric noise on the grid; pure ε.</summary>
    Laplace,

    /// <summary>Gaussian noise of exact (ε, δ) calibration (Balle and Wang 2018), drawn on the grid.</summary>
    GaussianAnalytic,

    /// <summary>Discrete Gaussian noise accounted by zero-concentrated privacy alone (Canonne, Kamath and Steinke 2020): a little more of it.</summary>
    DiscreteGaussian,
}

/// <summary>How the radius η_t of a round follows from the domain: <c>method</c>.</summary>
public enum RadiusMethod
{
    /// <summary>No radius: absolute sums, every point counts, centres move freely.</summary>
    None,

    /// <summary>Half of the domain's diagonal in the first round, then the fraction φ of it.</summary>
    DiagonalThenFrac,

    /// <summary>The fraction φ of the diagonal in every round.</summary>
    FracStay,
}

/// <summary>What becomes of a centre whose noisy count is mostly noise: <c>sparse</c>. Either way nothing is ever divided by a count near zero.</summary>
public enum SparseCentres
{
    /// <summary>
    /// Its sum is divided by the least count instead: a step that is too short where there are points, and a random one where there are none, which finds
    /// points again. Needs a radius; without one the centre stays.
    /// </summary>
    Shrink,

    /// <summary>It stays where it is.</summary>
    Stay,
}

/// <summary>How a centre that left [−1, 1]^d comes back: <c>post</c>.</summary>
public enum CentrePost
{
    /// <summary>It stays where it is.</summary>
    None,

    /// <summary>Each coordinate to the nearest end.</summary>
    Truncate,

    /// <summary>Each coordinate reflected at the ends.</summary>
    Fold,
}
