using System.Text.Json;
using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Encodings.Rotations;
using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Rings;
using Tacit.Tests.Vectors;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Aggregation.Noised;

/// <summary>The published end-to-end example, every intermediate value of it.</summary>
public sealed class DiscreteGaussianVectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_step_of_the_published_example_is_reproduced()
    {
        if (SharedVectors.FindDocument("ddg_vectors", output) is not { } file) return;
        double clip = file.Number("c"), step = file.Number("gamma");
        NoisedSumPlan plan = new()
        {
            Dimension = file.Int("d"), Participants = file.GetProperty("clients").GetArrayLength(), Clip = clip, Granularity = step,
            ModulusBits = (int)Math.Log2(file.Int("modulus")), NoiseScale = 1, Bias = file.Number("beta"),
        };
        Rotation rotation = new(plan.Shape, RandomSigns.From([.. file.GetProperty("signs").EnumerateArray().Select(s => s.GetInt32())]));
        ModularVector sum = new(plan.Ring, plan.Length);

        Assert.Equal(file.Int("padded"), plan.Length);
        Assert.Equal(file.Number("l2_bound_scaled"), Math.Sqrt(plan.SquaredRoundedBound), 1e-9);
        foreach (JsonElement client in file.GetProperty("clients").EnumerateArray()) sum.Add(Encode(client, plan, rotation));
        Decode(file, plan, rotation, sum);
    }

    private static ModularVector Encode(JsonElement client, NoisedSumPlan plan, Rotation rotation)
    {
        double[] update = Numbers(client, "x"), rotated = new double[plan.Length];
        double norm = Math.Sqrt(update.Sum(x => x * x)), factor = Math.Min(1, plan.Clip / norm);
        Assert.Equal(client.Number("norm"), norm, 1e-12);
        Assert.Equal(client.Number("clip_factor"), factor, 1e-12);

        rotation.Apply(update, rotated, factor / plan.Granularity);
        AssertClose(Numbers(client, "rotated"), rotated);

        double[] coins = Numbers(client, "coins");
        int[] rounded = [.. rotated.Select((x, i) => ConditionalRounding.Round(x, coins[i]))];
        Assert.Equal(Numbers(client, "rounded").Select(r => (int)r), rounded);
        Assert.Equal(client.GetProperty("accepted").GetBoolean(), new ConditionalRounding(plan.SquaredRoundedBound).Accepts(rounded));

        ModularVector encoded = new(plan.Ring, plan.Length);
        SignedResidues.Add(encoded, 0, rounded);
        SignedResidues.Add(encoded, 0, [.. Numbers(client, "noise").Select(z => (int)z)]);
        Assert.Equal(Numbers(client, "encoded").Select(y => (ulong)y), encoded.ToArray());
        return encoded;
    }

    private static void Decode(JsonElement file, NoisedSumPlan plan, Rotation rotation, ModularVector sum)
    {
        Assert.Equal(Numbers(file, "sum_mod").Select(y => (ulong)y), sum.ToArray());

        int[] centred = new int[plan.Length];
        SignedResidues.Centre(sum, 0, centred);
        Assert.Equal(Numbers(file, "centered").Select(y => (int)y), centred);

        double[] values = [.. centred.Select(y => (double)y)];
        rotation.Invert(values, plan.Granularity);
        AssertClose(Numbers(file, "decoded_sum"), values[..plan.Dimension]);
        AssertClose(Numbers(file, "mean"), [.. values[..plan.Dimension].Select(v => v / plan.Participants)]);
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-9);
    }

    private static double[] Numbers(JsonElement element, string field) => [.. element.GetProperty(field).EnumerateArray().Select(CaseFields.Number)];
}
