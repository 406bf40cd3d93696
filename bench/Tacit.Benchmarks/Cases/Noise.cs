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
