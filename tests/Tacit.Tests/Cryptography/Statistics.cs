namespace Tacit.Tests.Cryptography;

/// <summary>Tests of distributions. Sources are seeded, so a test that passes once passes always; the rates are those of a fresh seed.</summary>
internal static class Statistics
{
    /// <summary>The quantile of the standard normal distribution that is exceeded with probability 10⁻⁹.</summary>
    public const double OneInABillion = 5.9978;

    /// <summary>Pearson's statistic against the uniform distribution over the buckets.</summary>
    public static double ChiSquare(IReadOnlyCollection<long> counts)
    {
        double expected = counts.Average();
        return counts.Sum(count => (count - expected) * (count - expected) / expected);
    }

    /// <summary>What the statistic stays below, but for one run in 10⁹ (Wilson and Hilferty 1931).</summary>
    public static double ChiSquareLimit(int degrees)
    {
        double ninth = 2.0 / (9.0 * degrees), root = 1 - ninth + OneInABillion * Math.Sqrt(ninth);
        return degrees * root * root * root;
    }
}
