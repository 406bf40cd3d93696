using Tacit.Privacy.Accounting;

namespace Tacit.Privacy.Auditing;

/// <summary>Exact bounds on a probability from independent trials (Clopper and Pearson 1934): no approximation, at any count.</summary>
public static class ClopperPearson
{
    /// <summary>The smallest probability that still explains so few successes; below the true one with chance at most <paramref name="error"/>.</summary>
    /// <param name="successes">k in [0, n].</param>
    /// <param name="trials">n ≥ 1.</param>
    /// <param name="error">In (0, 1); one-sided.</param>
    /// <returns>In (0, 1].</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Upper(int successes, int trials, double error)
    {
        Check(successes, trials, error);
        return Upper((double)successes, trials, error);
    }

    /// <summary>The largest probability that still explains so many successes; above the true one with chance at most <paramref name="error"/>.</summary>
    /// <param name="successes">k in [0, n].</param>
    /// <param name="trials">n ≥ 1.</param>
    /// <param name="error">In (0, 1); one-sided.</param>
    /// <returns>In [0, 1).</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Lower(int successes, int trials, double error)
    {
        Check(successes, trials, error);
        return successes == 0 ? 0 : BetaDistribution.LowerQuantile(error, successes, trials - successes + 1);
    }

    /// <summary>The same upper bound for an expected, hence not whole, count: to foresee what an experiment may show.</summary>
    internal static double Upper(double successes, int trials, double error) =>
        successes >= trials ? 1 : BetaDistribution.UpperQuantile(error, successes + 1, trials - successes);

    private static void Check(int successes, int trials, double error)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        Require.Positive(error, nameof(error));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(error, 1);
    }
}
