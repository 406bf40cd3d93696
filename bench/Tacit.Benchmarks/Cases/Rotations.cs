using Tacit.Aggregation.Encodings.Rotations;
using Tacit.Aggregation.Pipeline;
using Tacit.Benchmarks.Harness;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Sampling;

namespace Tacit.Benchmarks.Cases;

/// <summary>The transform behind distributed noise, and the whole encoding of one update.</summary>
internal sealed class Rotations : IBenchmark
{
    // Medians of FFHT, published for the machine that the bars refer to.
    private const double PeerLargeMicroseconds = 464, PeerSmallMicroseconds = 0.26;

    public string Name => "rotation";

    public string Summary => "Walsh-Hadamard transform, and clip + rotate + round + noise of 2^20 values, one core";

    public void Run(Section section, Options options)
    {
        float[] large = Values(1 << 20), small = Values(1 << 10);
        WalshHadamard.Transform(small);
        Samples[] times = Timing.InTurns(
            options.Repeats,
            new Timed("2^20", () => WalshHadamard.Transform(large)),
            new Timed("2^10 x 1000", () => Repeat(small)));
        section.Add("transform of 2^20 floats", times[0], "ms");
        section.Add("1000 transforms of 2^10 floats", times[1], "ms");
        section.AtMost("2^20 floats, ms, for 1.2 x FFHT's published 464 us", PeerLargeMicroseconds / 1.2 / 1000, times[0].Median * 1000);
        section.AtMost("2^10 floats, us, for 2 x FFHT's published 0.26 us", PeerSmallMicroseconds / 2, times[1].Median * 1000);

        foreach (double scale in new[] { 10.0, 1000, 2000, 1 << 14 }) Encode(section, options, scale, times[0].Median);
    }

    private static void Encode(Section section, Options options, double scale, double transform)
    {
        NoisedSumPlan plan = new() { Dimension = 1 << 20, Participants = 100, Clip = 1, Granularity = 1e-5, ModulusBits = 24, NoiseScale = scale };
        IIntegerSampler sampler = NoiseSamplers.For(plan);
        NoisedSumPipeline pipeline = new(plan, sampler);
        ModularVector contribution = new(plan.Ring, plan.Length);
        float[] update = Values(1 << 20);
        for (int i = 0; i < 64; i++) pipeline.AddTo(update, SystemRandomSource.Instance, contribution);   // long enough for every method's final code
        Samples encode = Timing.InTurns(options.Repeats, new Timed("encode", () => pipeline.AddTo(update, SystemRandomSource.Instance, contribution)))[0];
        section.Add(FormattableString.Invariant($"encode 2^20 values, noise of {scale} steps"), encode, "ms");
        section.AtMost(FormattableString.Invariant($"encode over transform, noise of {scale} steps"), 10, encode.Median / transform);
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
