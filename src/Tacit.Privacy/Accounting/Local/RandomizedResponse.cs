using Tacit.Privacy.Accounting.Numerics;

namespace Tacit.Privacy.Accounting.Local;

/// <summary>Local mechanisms at pure ε: what they keep and how noisy their estimates are.</summary>
/// <remarks>Pure functions; thread-safe.</remarks>
public static class RandomizedResponse
{
    /// <summary>The probability of the true answer among k.</summary>
    /// <param name="epsilon">ε > 0.</param>
    /// <param name="answers">k ≥ 2.</param>
    /// <remarks>e^ε/(e^ε + k − 1): Kairouz, Bonawitz and Ramage 2016; for k = 2 Warner 1965.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Truth(double epsilon, int answers = 2)
    {
        Validate(epsilon, answers);
        return 1 / (1 + ((answers - 1) * Math.Exp(-epsilon)));
    }

    /// <summary>The probability of each other answer.</summary>
    /// <param name="epsilon">ε > 0.</param>
    /// <param name="answers">k ≥ 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double Other(double epsilon, int answers = 2) => Math.Exp(-epsilon) * Truth(epsilon, answers);

    /// <summary>The variance of the unbiased estimate of a mean of n bits, whatever the bits: e^ε/((e^ε − 1)² n).</summary>
    /// <param name="epsilon">ε > 0.</param>
    /// <param name="count">n ≥ 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double MeanVariance(double epsilon, double count)
    {
        Validate(epsilon, 2);
        Require.Positive(count, nameof(count));
        double rest = -LogDomain.Expm1(-epsilon);
        return Math.Exp(-epsilon) / (rest * rest * count);
    }

    /// <summary>Optimised unary encoding: the probability that a bit of another answer is sent as one, 1/(e^ε + 1). The true bit is sent with one half.</summary>
    /// <param name="epsilon">ε > 0.</param>
    /// <remarks>Wang, Blocki, Li and Jha 2017, section 4.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double UnaryFlip(double epsilon) => Other(epsilon);

    /// <summary>Optimised unary encoding: the variance of a rare answer's estimated frequency, 4e^ε/((e^ε − 1)² n).</summary>
    /// <param name="epsilon">ε > 0.</param>
    /// <param name="count">n ≥ 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double UnaryVariance(double epsilon, double count) => 4 * MeanVariance(epsilon, count);

    private static void Validate(double epsilon, int answers)
    {
        Require.Positive(epsilon, nameof(epsilon));
        ArgumentOutOfRangeException.ThrowIfLessThan(answers, 2);
    }
}
