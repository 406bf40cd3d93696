using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Sampling;
using Tacit.Tests.Cryptography;
using Xunit;

namespace Tacit.Tests.Privacy.Sampling;

/// <summary>Holds draws against a distribution: bodies by chi-square, tails by their counts; one false alarm in 10⁹ each.</summary>
internal static class Fit
{
    private const double LeastExpected = 20;

    /// <summary>Draws and compares.</summary>
    /// <param name="sampler">What is tested.</param>
    /// <param name="pmf">What it should be.</param>
    /// <param name="low">The least value that could be seen at all.</param>
    /// <param name="high">The largest.</param>
    /// <param name="draws">How many.</param>
    public static void AssertFits(IIntegerSampler sampler, Func<int, double> pmf, int low, int high, int draws)
    {
        long[] counts = Count(sampler, low, high, draws);

        // Neighbours are pooled until a bucket expects enough: rare values end up in the tails together.
        List<double> expected = [0];
        List<long> seen = [0];
        for (int x = low; x <= high; x++)
        {
            if (expected[^1] >= LeastExpected) { expected.Add(0); seen.Add(0); }
            expected[^1] += draws * pmf(x);
            seen[^1] += counts[x - low];
        }

        if (expected[^1] < LeastExpected && expected.Count > 1)
        {
            (expected[^2], seen[^2]) = (expected[^2] + expected[^1], seen[^2] + seen[^1]);
            expected.RemoveAt(expected.Count - 1);
            seen.RemoveAt(seen.Count - 1);
        }

        Assert.Equal(draws, expected.Sum(), draws * 1e-9);
        Assert.Equal(draws, seen.Sum());
        double statistic = expected.Zip(seen).Sum(pair => (pair.Second - pair.First) * (pair.Second - pair.First) / pair.First);
        if (expected.Count > 1) Assert.InRange(statistic, 0, Statistics.ChiSquareLimit(expected.Count - 1));
    }

    private static long[] Count(IIntegerSampler sampler, int low, int high, int draws)
    {
        SeededRandomSource random = new(7, sampler.GetType().Name);
        long[] counts = new long[high - low + 1];
        int[] batch = new int[Math.Min(draws, 100_000)];
        for (int done = 0; done < draws; done += batch.Length)
        {
            sampler.Fill(random, batch);
            foreach (int x in batch) counts[x - low]++;
        }

        return counts;
    }
}
