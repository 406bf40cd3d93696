using Tacit.Privacy.Accounting.Renyi;

namespace Tacit.Privacy.Accounting.Distributed;

/// <summary>ε of Poisson-sampled, composed rounds whose unsampled Rényi curve is known.</summary>
internal static class SampledRounds
{
    public static EpsilonAtOrder Published(Func<double, double> curve, double delta, double rate, int rounds)
    {
        Validate(delta, rate, rounds);
        Func<int, double> integers = Remembered(curve);
        return Best(RenyiOrders.Integers.Select(order => ((double)order, rounds * PoissonAmplification.General(integers, order, rate))), delta);
    }

    /// <param name="curve">Bounds D_α.</param>
    /// <param name="proved">Whether the curve is proved at every α > 1, not only at integers.</param>
    /// <param name="delta">In (0, 1).</param>
    /// <param name="rate">q in (0, 1].</param>
    /// <param name="rounds">T ≥ 1.</param>
    public static EpsilonAtOrder Tighter(Func<double, double> curve, bool proved, double delta, double rate, int rounds)
    {
        Validate(delta, rate, rounds);
        if (rate == 1 && proved) return Best(Fractions().Concat(RenyiOrders.Integers.Select(order => (double)order)).Select(order => (order, rounds * curve(order))), delta);
        Func<int, double> integers = Remembered(curve);
        double[] sampled = [.. RenyiOrders.Integers.Select(order => PoissonAmplification.Symmetric(integers, order, rate))];
        IEnumerable<(double, double)> at = RenyiOrders.Integers.Select((order, i) => ((double)order, rounds * sampled[i]));
        return Best(at.Concat(Fractions().Where(order => proved || order > 2).Select(order => (order, rounds * Math.Min(Chord(sampled, order), proved ? PoissonAmplification.SymmetricBetween(curve, order, rate) : double.PositiveInfinity)))), delta);
    }

    // (a − 1) D_a is convex in a (van Erven and Harremoës 2014, Corollary 2): the chord between two integers lies above it.
    private static double Chord(double[] sampled, double order)
    {
        if (order < 2) return sampled[0];
        int below = (int)Math.Floor(order);
        double part = order - below;
        double left = (below - 1) * sampled[below - 2], right = below * sampled[below - 1];
        return (((1 - part) * left) + (part * right)) / (order - 1);
    }

    private static IEnumerable<double> Fractions() => Enumerable.Range(1, 480).Select(step => 1 + (step / 40.0)).Where(order => order != Math.Floor(order));

    private static Func<int, double> Remembered(Func<double, double> curve)
    {
        double[] known = new double[RenyiOrders.Integers[^1] + 1];
        Array.Fill(known, double.NaN);
        return order => double.IsNaN(known[order]) ? known[order] = curve(order) : known[order];
    }

    private static EpsilonAtOrder Best(IEnumerable<(double Order, double Divergence)> curve, double delta)
    {
        EpsilonAtOrder best = new(double.PositiveInfinity, double.NaN);
        foreach ((double order, double divergence) in curve)
        {
            double epsilon = RenyiConversion.Epsilon(order, divergence, delta);
            if (epsilon < best.Epsilon) best = new EpsilonAtOrder(epsilon, order);
        }

        return best;
    }

    private static void Validate(double delta, double rate, int rounds)
    {
        Require.Delta(delta);
        Require.Rate(rate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rounds);
    }
}
