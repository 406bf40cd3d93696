namespace Tacit.Aggregation.Pipeline;

/// <summary>Which noise makes a sum private.</summary>
public enum NoiseKind
{
    /// <summary>Discrete Gaussian (Canonne, Kamath and Steinke 2020).</summary>
    DiscreteGaussian,

    /// <summary>Skellam: the difference of two Poisson variables; sums of it are Skellam again (Agarwal, Kairouz and Liu 2021).</summary>
    Skellam,
}

/// <summary>Who draws the noise, and so who has to be trusted with sums that have none yet.</summary>
public enum NoisePlacement
{
    /// <summary>Every participant adds a share that is enough only together with the others'; nobody sees a sum without noise.</summary>
    Distributed,

    /// <summary>The coordinator adds all of it to the sum it opened: whoever reads the model is kept out, the coordinator is not.</summary>
    Central,

    /// <summary>Every participant adds enough on its own. Nobody is trusted, and the sum carries n times the noise.</summary>
    Local,
}
