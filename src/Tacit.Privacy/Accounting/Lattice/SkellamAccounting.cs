using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.Lattice;

/// <summary>The Skellam mechanism on one integer.</summary>
/// <remarks>Agarwal, Kairouz and Liu 2021. Pure functions; thread-safe. For vectors see <see cref="Distributed.DistributedSkellamAccounting"/>.</remarks>
public static class SkellamAccounting
{
    private const double Nats = 90;   // e^(−90) of the mass is left out, before tilting

    /// <summary>ln P(x) at several points.</summary>
    /// <param name="variance">μ > 0.</param>
    /// <param name="points">Integers.</param>
    /// <returns>One logarithm a point.</returns>
    public static IReadOnlyList<double> LogProbabilities(double variance, IReadOnlyList<int> points)
    {
        SkellamTable table = new(variance, points.Max(Math.Abs));
        return [.. points.Select(table.LogProbability)];
    }

    /// <summary>ln P(X ≥ x) at several points.</summary>
    /// <param name="variance">μ > 0.</param>
    /// <param name="points">Integers, at least 0.</param>
    /// <returns>One logarithm a point.</returns>
    public static double[] LogUpperTails(double variance, IReadOnlyList<int> points)
    {
        SkellamTable table = new(variance, points.Max() + SkellamTable.ReachOf(variance, Nats));
        double[] tails = new double[table.Reach + 1];
        double tail = double.NegativeInfinity;
        for (int x = table.Reach; x >= 0; x--) tails[x] = tail = LogDomain.Add(tail, table.LogProbability(x));
        return [.. points.Select(x => tails[x])];
    }

    /// <summary>D_α between the noise and the noise moved by Δ, exactly.</summary>
    /// <param name="variance">μ > 0.</param>
    /// <param name="sensitivity">Δ ≥ 1.</param>
    /// <param name="order">α > 1.</param>
    /// <returns>In nats; both directions are equal, by symmetry.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Renyi(double variance, int sensitivity, double order)
    {
        Require.Positive(variance, nameof(variance));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sensitivity);
        Require.Order(order);
        int reach = SkellamTable.ReachOf(variance, Nats) + (int)Math.Ceiling(2 * order * sensitivity);
        SkellamTable table = new(variance, reach + sensitivity);
        double[] terms = new double[(2 * reach) + 1];
        for (int x = -reach; x <= reach; x++)
        {
            double p = table.LogProbability(x);
            terms[x + reach] = p + ((order - 1) * (p - table.LogProbability(x - sensitivity)));
        }

        return LogDomain.Sum(terms) / (order - 1);
    }
}
