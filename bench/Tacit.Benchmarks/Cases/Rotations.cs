using System.Runtime.InteropServices;
using Tacit.Aggregation.Encodings.Rotations;
using Tacit.Aggregation.Pipeline;
using Tacit.Benchmarks.Harness;
using Tacit.Benchmarks.Peers;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Sampling;

namespace Tacit.Benchmarks.Cases;

/// <summary>The transform behind distributed noise, and the whole encoding of one update.</summary>
internal sealed class Rotations : IBenchmark
{
    public string Name => "rotation";

    public string Summary => "Walsh-Hadamard transform against FFHT, and clip + rotate + round + noise of 2^20 values, one core";

    public void Run(Section section, Options options)
    {
        float[] large = Values(1 << 20), small = Values(1 << 10);
        for (int i = 0; i < 1000; i++) WalshHadamard.Transform(small);
        Samples product = Against(section, options, "2^20 floats", 20, 1, 1.2, () => WalshHadamard.Transform(large), out Samples? peer);
        Against(section, options, "1000 times 2^10 floats", 10, 1000, 2, () => Repeat(small), out _);
        foreach (double scale in new[] { 10.0, 1000, 2000, 1 << 14 }) Encode(section, options, scale, product.Median, peer?.Median);
    }

    private static unsafe Samples Against(Section section, Options options, string name, int logLength, int times, double bar, Action body, out Samples? peer)
    {
        if (!Ffht.IsFound)
        {
            peer = null;
            Samples alone = Timing.InTurns(options.Repeats, new Timed("product", body))[0];
            section.Add($"{name}: product", alone, "ms");
            section.Note("FFHT was not found: its ratio is left out");
            return alone;
        }

        float* values = (float*)NativeMemory.AlignedAlloc((nuint)sizeof(float) << logLength, 64);
        new Span<float>(values, 1 << logLength).Clear();
        Samples[] samples = Timing.InTurns(options.Repeats, new Timed("product", body), new Timed("FFHT", () =>
        {
            for (int i = 0; i < times; i++) Ffht.Transform(values, logLength);
        }));
        NativeMemory.AlignedFree(values);
        section.Add($"{name}: product", samples[0], "ms");
        section.Add($"{name}: FFHT", samples[1], "ms");
        section.AtLeast($"{name}: FFHT / product", bar, samples[1].Median / samples[0].Median, "x");
        peer = samples[1];
        return samples[0];
    }

    private static void Encode(Section section, Options options, double scale, double transform, double? peer)
    {
        NoisedSumPlan plan = new() { Dimension = 1 << 20, Participants = 100, Clip = 1, Granularity = 1e-5, ModulusBits = 24, NoiseScale = scale };
        IIntegerSampler sampler = NoiseSamplers.For(plan);
        NoisedSumPipeline pipeline = new(plan, sampler);
        ModularVector contribution = new(plan.Ring, plan.Length);
        float[] update = Values(1 << 20);
        for (int i = 0; i < 64; i++) pipeline.AddTo(update, SystemRandomSource.Instance, contribution);   // long enough for every method's final code
        Samples encode = Timing.InTurns(options.Repeats, new Timed("encode", () => pipeline.AddTo(update, SystemRandomSource.Instance, contribution)))[0];
        section.Add(FormattableString.Invariant($"encode 2^20 values, noise of {scale} steps"), encode, "ms");
        section.Add(FormattableString.Invariant($"encode / own transform, noise of {scale} steps"), encode.Median / transform, "x");
        if (peer is { } time) section.AtMost(FormattableString.Invariant($"encode / FFHT's transform, noise of {scale} steps"), 10, encode.Median / time, "x");
    }

    private static void Repeat(float[] values)
    {
        for (int i = 0; i < 1000; i++) WalshHadamard.Transform(values);
        values.AsSpan().Fill(1e-3f);   // or they would grow beyond floats
    }

    private static float[] Values(int length)
    {
        SeededRandomSource random = new(1);
        return [.. Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() - 0.5))];
    }
}
