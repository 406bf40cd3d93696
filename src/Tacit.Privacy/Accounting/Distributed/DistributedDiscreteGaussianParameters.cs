namespace Tacit.Privacy.Accounting.Distributed;

/// <summary>What the privacy of one round of the distributed discrete Gaussian depends on.</summary>
/// <param name="Clip">c > 0: the L2 norm one participant's vector is clipped to, unscaled.</param>
/// <param name="Granularity">γ > 0: the value of one integer step.</param>
/// <param name="Dimension">D ≥ 1: coordinates after padding, those that are noised.</param>
/// <param name="Beta">β in [0, 1): the bias of conditional rounding; 0 never rejects.</param>
/// <param name="Noise">σ > 0: the standard deviation that each share adds, unscaled.</param>
/// <param name="Shares">n ≥ 1: noise shares of honest participants that are present. Colluding and dropped ones do not count.</param>
public readonly record struct DistributedDiscreteGaussianParameters(double Clip, double Granularity, int Dimension, double Beta, double Noise, int Shares)
{
    /// <summary>Below this many steps per share the theorem does not hold.</summary>
    public const double LeastNoiseInSteps = 0.5;

    /// <summary>σ/γ: the scale of each share's discrete Gaussian, in integer steps.</summary>
    public double NoiseInSteps => Noise / Granularity;

    /// <summary>Whether the theorem covers the parameters: σ/γ is at least a half.</summary>
    public bool IsCovered => NoiseInSteps >= LeastNoiseInSteps;

    /// <summary>Refuses values outside their ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range or not finite; the parameter name says which.</exception>
    public void Validate() => Rounding.Validate(Clip, Granularity, Dimension, Beta, Noise, Shares);
}
