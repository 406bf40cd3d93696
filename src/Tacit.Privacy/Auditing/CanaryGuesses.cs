using Tacit.Privacy.Accounting;

namespace Tacit.Privacy.Auditing;

/// <summary>How often a fixed guesser was wrong about whether a canary was there.</summary>
/// <param name="FalsePositives">Jobs without it that were taken for jobs with it.</param>
/// <param name="Absent">Jobs without it, at least 1, independent of each other.</param>
/// <param name="FalseNegatives">Jobs with it that were taken for jobs without it.</param>
/// <param name="Present">Jobs with it, at least 1, independent of each other.</param>
public sealed record CanaryGuesses(int FalsePositives, int Absent, int FalseNegatives, int Present)
{
    /// <summary>Counts the errors of "present where the score is above the threshold".</summary>
    /// <param name="absent">Scores of jobs without the canary.</param>
    /// <param name="present">Scores of jobs with it.</param>
    /// <param name="threshold">Must not have been chosen by looking at these scores.</param>
    public static CanaryGuesses Count(ReadOnlySpan<double> absent, ReadOnlySpan<double> present, double threshold)
    {
        int falsePositives = 0, falseNegatives = 0;
        foreach (double score in absent) falsePositives += score > threshold ? 1 : 0;
        foreach (double score in present) falseNegatives += score > threshold ? 0 : 1;
        return new CanaryGuesses(falsePositives, absent.Length, falseNegatives, present.Length);
    }

    /// <summary>Bounds on both error rates that hold together.</summary>
    /// <param name="confidence">In (0, 1), such as 0.95; what is left is halved between the two, so they may depend on each other.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public GuessErrors Bound(double confidence)
    {
        Require.Positive(confidence, nameof(confidence));
        double error = (1 - confidence) / 2;
        return new GuessErrors(ClopperPearson.Upper(FalsePositives, Absent, error), ClopperPearson.Upper(FalseNegatives, Present, error));
    }
}

/// <summary>Upper bounds on the error rates of a guesser, and what they refute.</summary>
/// <param name="FalsePositive">Above P(present is said | absent).</param>
/// <param name="FalseNegative">Above P(absent is said | present).</param>
public readonly record struct GuessErrors(double FalsePositive, double FalseNegative)
{
    /// <summary>No (ε, δ) with a smaller ε allows a guesser this good, in whichever direction is worse.</summary>
    /// <param name="delta">In (0, 1).</param>
    /// <returns>ε ≥ 0; 0 says nothing.</returns>
    /// <remarks>
    /// (ε, δ) demands α + e^ε β ≥ 1 − δ and e^ε α + β ≥ 1 − δ of every test with error rates α and β (Kairouz, Oh and Viswanath 2015, Theorem
    /// 2.1). It holds for all δ at once, so one guesser audits a whole curve ε(δ).
    /// </remarks>
    public double Epsilon(double delta)
    {
        Require.Delta(delta);
        return Math.Max(Direction(FalsePositive, FalseNegative, delta), Direction(FalseNegative, FalsePositive, delta));
    }

    private static double Direction(double divided, double other, double delta)
    {
        double rest = 1 - other - delta;
        return rest > divided ? Math.Log(rest / divided) : 0;
    }
}
