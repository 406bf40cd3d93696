using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.Curves;

/// <summary>The Laplace mechanism: pure privacy at ε = Δ₁/b.</summary>
public static class LaplaceAccounting
{
    /// <summary>D_α of the mechanism, exactly.</summary>
    /// <param name="epsilon">Δ₁/b > 0.</param>
    /// <param name="order">α > 1.</param>
    /// <returns>In nats.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <remarks>Mironov 2017, Proposition 6; written as one plus what is positive, so that small ε keeps its digits.</remarks>
    public static double Renyi(double epsilon, double order)
    {
        Require.Positive(epsilon, nameof(epsilon));
        Require.Order(order);
        double grows = (order - 1) * epsilon;
        if (grows > 1)
        {
            return LogDomain.Add(Math.Log(order / ((2 * order) - 1)) + grows, Math.Log((order - 1) / ((2 * order) - 1)) - (order * epsilon)) / (order - 1);
        }

        double excess = ((order * LogDomain.Expm1(grows)) + ((order - 1) * LogDomain.Expm1(-order * epsilon))) / ((2 * order) - 1);
        return LogDomain.Log1p(excess) / (order - 1);
    }
}
