namespace Tacit.Aggregation.Pipeline;

/// <summary>Which law the noise on a block of a sum over records follows.</summary>
public enum NoiseLaw
{
    /// <summary>Discrete Gaussian (Canonne, Kamath and Steinke 2020); shares are discrete Gaussians of σ/√m.</summary>
    DiscreteGaussian,

    /// <summary>Discrete Laplace: a pure guarantee; shares are differences of negative binomial numbers.</summary>
    DiscreteLaplace,

    /// <summary>None: the sum is exact, and no accountant accepts it.</summary>
    None,
}
