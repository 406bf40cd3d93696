using System.Diagnostics;
using Tacit.Benchmarks.Harness;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Sampling;

namespace Tacit.Benchmarks.Cases;

/// <summary>Draws of integer noise on one core.</summary>
internal sealed class Noise : IBenchmark
{
    private const int FastDraws = 1 << 20, PublishedDraws = 1 << 16;

    public string Name => "noise";

    public string Summary => "discrete Gaussian draws a second on one core, and whether time follows the values";

    public void Run(Section section, Options options)
    {
        (double Scale, double Bar)[] fast = [(1, 100), (100, 100), (1000, 100), (1 << 12, 30), (1 << 20, 30), (1 << 24, 30)];
        foreach ((double scale, double bar) in fast) Rate(section, options, scale, SamplerMode.Fast, FastDraws, bar);
        foreach (double scale in new[] { 1.0, 100, 1000 }) Rate(section, options, scale, SamplerMode.Published, PublishedDraws, 8);
        foreach (double scale in new[] { 10.1, 1 << 20 }) Rate(section, options, scale, SamplerMode.Published, PublishedDraws, null);
        foreach (double scale in new[] { 1.0, 1000, 1 << 20 }) Create(section, options, scale);
        foreach (double scale in new[] { 1.0, 1000, 1 << 20 }) Correlate(section, scale, SamplerMode.Fast, batch: 1, most: 0.02);
        Correlate(section, 1 << 20, SamplerMode.Fast, batch: 64, most: 0.02);
        Correlate(section, 1000, SamplerMode.Published, batch: 1, most: null);
        section.Note("correlations: 2^20 draws, each time capped at 4 medians so that interruptions do not hide the rest; chance alone gives 0.001, 0.008 in batches of 64");
    }

    private static void Create(Section section, Options options, double scale)
    {
        Samples samples = Timing.InTurns(options.Repeats, new Timed("create", () => DiscreteGaussianSampler.Create(scale)))[0];
        section.Add(FormattableString.Invariant($"create the fast sampler, scale {scale}"), samples, "ms");
    }

    // Whether the time of a call tells how large its noise was.
    private static void Correlate(Section section, double scale, SamplerMode mode, int batch, double? most)
    {
        const int draws = 1 << 20, warmup = 1 << 12;
        DiscreteGaussianSampler sampler = DiscreteGaussianSampler.Create(scale, mode);
        SeededRandomSource random = new(1);
        int[] noise = new int[batch];
        double[] ticks = new double[draws / batch], sizes = new double[ticks.Length];
        for (int i = -warmup; i < ticks.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            sampler.Fill(random, noise);
            long elapsed = Stopwatch.GetTimestamp() - start;
            if (i >= 0) (ticks[i], sizes[i]) = (elapsed, noise.Sum(x => Math.Abs((double)x)));
        }

        double cap = 4 * ticks.Order().ElementAt(ticks.Length / 2);
        double correlation = Math.Abs(Correlation([.. ticks.Select(t => Math.Min(t, cap))], sizes));
        string name = FormattableString.Invariant($"|correlation| of time and |noise|, {(mode == SamplerMode.Fast ? "fast" : "published")}, scale {scale}, {batch} a call");
        section.Add(name, correlation, "");
        if (most is { } limit) section.AtMost(name, limit, correlation);
    }

    private static double Correlation(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average();
        double covariance = x.Zip(y).Sum(pair => (pair.First - meanX) * (pair.Second - meanY));
        return covariance / Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
    }

    private static void Rate(Section section, Options options, double scale, SamplerMode mode, int draws, double? bar)
    {
        DiscreteGaussianSampler sampler = DiscreteGaussianSampler.Create(scale, mode);
        int[] noise = new int[draws];
        Samples samples = Timing.InTurns(options.Repeats, new Timed("fill", () => sampler.Fill(SystemRandomSource.Instance, noise)))[0];
        double variance = noise.Average(x => (double)x * x);
        Section.Verify(Math.Abs(variance / (scale * scale) - 1) < 0.05, $"the variance {variance} at a scale of {scale}");

        string name = FormattableString.Invariant($"{(mode == SamplerMode.Fast ? "fast" : "published")}, scale {scale}");
        double millions = draws / samples.Median / 1e6;
        section.Add(name, millions, "million draws a second");
        if (bar is { } least) section.AtLeast(name, least, millions, "million draws a second");
    }
}
