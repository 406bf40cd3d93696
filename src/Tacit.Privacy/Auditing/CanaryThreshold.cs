using Tacit.Privacy.Accounting;
using Tacit.Privacy.Numerics;

namespace Tacit.Privacy.Auditing;

/// <summary>Chooses the guesser from trials of its own; other trials count its errors.</summary>
public static class CanaryThreshold
{
    private const int Steps = 200;
    private const double Margin = 3;

    /// <summary>The threshold from which the largest lower bound is to be expected, as if scores were normal. They need not be: it is a choice, not a claim.</summary>
    /// <param name="absent">Scores of jobs without the canary, at least 2; not those whose errors are counted later.</param>
    /// <param name="present">Scores of jobs with it, at least 2.</param>
    /// <param name="trials">Jobs of each kind whose errors will be counted.</param>
    /// <param name="delta">δ, in (0, 1).</param>
    /// <param name="confidence">In (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Choose(ReadOnlySpan<double> absent, ReadOnlySpan<double> present, int trials, double delta, double confidence)
    {
        Require.Delta(delta);
        ScoreMoments without = ScoreMoments.Of(absent), with = ScoreMoments.Of(present);
        double error = (1 - confidence) / 2, low = without.Mean - (Margin * without.Deviation), high = with.Mean + (Margin * with.Deviation);
        double best = (without.Mean + with.Mean) / 2, largest = 0;
        if (!(high > low)) return best;
        for (int i = 0; i <= Steps; i++)
        {
            double threshold = low + ((high - low) * i / Steps);
            GuessErrors expected = new(
                ClopperPearson.Upper(trials * without.Above(threshold), trials, error),
                ClopperPearson.Upper(trials * (1 - with.Above(threshold)), trials, error));
            double epsilon = expected.Epsilon(delta);
            if (epsilon <= largest) continue;
            (best, largest) = (threshold, epsilon);
        }

        return best;
    }
}

/// <summary>Mean and standard deviation of scores.</summary>
/// <param name="Mean">Of all.</param>
/// <param name="Deviation">Of one, unbiased variance.</param>
public readonly record struct ScoreMoments(double Mean, double Deviation)
{
    /// <summary>From at least two scores.</summary>
    /// <param name="scores">Independent.</param>
    public static ScoreMoments Of(ReadOnlySpan<double> scores)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scores.Length, 2);
        double mean = 0, squares = 0;
        foreach (double score in scores) mean += score / scores.Length;
        foreach (double score in scores) squares += (score - mean) * (score - mean);
        return new ScoreMoments(mean, Math.Sqrt(squares / (scores.Length - 1)));
    }

    /// <summary>How far apart two kinds of scores lie, in their common standard deviation.</summary>
    /// <param name="absent">Of jobs without the canary.</param>
    /// <param name="present">Of jobs with it.</param>
    /// <returns>Infinite where neither varies.</returns>
    public static double Separation(ScoreMoments absent, ScoreMoments present) =>
        (present.Mean - absent.Mean) / Math.Sqrt(((absent.Deviation * absent.Deviation) + (present.Deviation * present.Deviation)) / 2);

    internal double Above(double threshold) => Deviation == 0 ? (Mean > threshold ? 1 : 0) : NormalDistribution.Cdf((Mean - threshold) / Deviation);
}
