using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Sampling;
using Tacit.Tests.Cryptography;
using Xunit;

namespace Tacit.Tests.Privacy.Sampling;

/// <summary>Holds draws against a distribution by chi-square, rare values pooled with their neighbours; one false alarm in 10⁹ each.</summary>
internal static class Fit
{
    private const double LeastExpected = 20;

    /// <summary>Draws and compares.</summary>
    /// <param name="sampler">What is tested.</param>
    /// <param name="weight">What its probabilities are proportional to.</param>
    /// <param name="low">The least value that could be seen at all.</param>
    /// <param name="high">The largest.</param>
    /// <param name="draws">How many, a multiple of 100,000 or below it.</param>
    /// <param name="width">Values in one bucket.</param>
    public static void AssertFits(IIntegerSampler sampler, Func<int, double> weight, int low, int high, int draws, int width = 1)
    {
        long[] counts = Count(sampler, low, high, draws, width);
        double[] probabilities = new double[counts.Length];
        for (int x = low; x <= high; x++) probabilities[(x - low) / width] += weight(x);
        double sum = probabilities.Sum();

        List<(double Expected, long Seen)> buckets = [(0, 0)];
        for (int i = 0; i < counts.Length; i++)
        {
            if (buckets[^1].Expected >= LeastExpected) buckets.Add((0, 0));
            buckets[^1] = (buckets[^1].Expected + draws * probabilities[i] / sum, buckets[^1].Seen + counts[i]);
        }

        if (buckets[^1].Expected < LeastExpected && buckets.Count > 1)
        {
            buckets[^2] = (buckets[^2].Expected + buckets[^1].Expected, buckets[^2].Seen + buckets[^1].Seen);
            buckets.RemoveAt(buckets.Count - 1);
        }

        Assert.Equal(draws, buckets.Sum(bucket => bucket.Seen));
        double statistic = buckets.Sum(bucket => (bucket.Seen - bucket.Expected) * (bucket.Seen - bucket.Expected) / bucket.Expected);
        if (buckets.Count > 1) Assert.InRange(statistic, 0, Statistics.ChiSquareLimit(buckets.Count - 1));
    }

    /// <summary>Compares mean and variance, for laws too wide to count.</summary>
    public static void AssertMoments(IIntegerSampler sampler, double mean, double variance, int draws)
    {
        int[] noise = new int[draws];
        sampler.Fill(new SeededRandomSource(11, sampler.GetType().Name), noise);
        double seenMean = noise.Average(x => (double)x), seenVariance = noise.Average(x => (x - mean) * (x - mean));

        Assert.InRange(seenMean - mean, -Statistics.OneInABillion * Math.Sqrt(variance / draws), Statistics.OneInABillion * Math.Sqrt(variance / draws));
        Assert.InRange(seenVariance / variance - 1, -Statistics.OneInABillion * Math.Sqrt(2.0 / draws), Statistics.OneInABillion * Math.Sqrt(2.0 / draws));
    }

    private static long[] Count(IIntegerSampler sampler, int low, int high, int draws, int width)
    {
        SeededRandomSource random = new(7, sampler.GetType().Name);
        long[] counts = new long[(high - low) / width + 1];
        int[] batch = new int[Math.Min(draws, 100_000)];
        for (int done = 0; done < draws; done += batch.Length)
        {
            sampler.Fill(random, batch);
            foreach (int x in batch) counts[(x - low) / width]++;
        }

        return counts;
    }
}

/// <summary>An algorithm as a sampler, to reach what only tests can choose.</summary>
internal sealed class Chosen(ICoinSampler algorithm) : IIntegerSampler
{
    public void Fill(IRandomSource random, Span<int> destination)
    {
        using CoinStream coins = CoinStream.From(random);
        algorithm.Fill(coins, destination);
    }
}
