using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.Lattice;

/// <summary>The discrete Laplace law, P(x) ∝ e^(−a|x|): pure privacy at ε = aΔ.</summary>
/// <remarks>Ghosh, Roughgarden and Sundararajan 2009 (the two-sided geometric mechanism). Pure functions; thread-safe.</remarks>
public static class DiscreteLaplaceAccounting
{
    /// <summary>P(x).</summary>
    /// <param name="decay">a > 0.</param>
    /// <param name="x">Any integer.</param>
    public static double Probability(double decay, long x) => Math.Exp(LogProbability(decay, x));

    /// <summary>ln P(x) = ln tanh(a/2) − a|x|.</summary>
    /// <param name="decay">a > 0.</param>
    /// <param name="x">Any integer.</param>
    public static double LogProbability(double decay, long x)
    {
        Require.Positive(decay, nameof(decay));
        return Math.Log(-LogDomain.Expm1(-decay) / (1 + Math.Exp(-decay))) - (decay * Math.Abs((double)x));
    }

    /// <summary>The variance, 2e^(−a)/(1 − e^(−a))².</summary>
    /// <param name="decay">a > 0.</param>
    public static double Variance(double decay)
    {
        Require.Positive(decay, nameof(decay));
        double rest = LogDomain.Expm1(-decay);
        return 2 * Math.Exp(-decay) / (rest * rest);
    }

    /// <summary>P(X ≤ x).</summary>
    /// <param name="decay">a > 0.</param>
    /// <param name="x">Any integer.</param>
    public static double Cumulative(double decay, long x)
    {
        Require.Positive(decay, nameof(decay));
        double below = 1 / (1 + Math.Exp(-decay));
        return x < 0 ? Math.Exp(decay * x) * below : 1 - (Math.Exp(-decay * (x + 1.0)) * below);
    }
}
