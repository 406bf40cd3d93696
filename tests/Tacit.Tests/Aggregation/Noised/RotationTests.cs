using System.Numerics;
using Tacit.Aggregation.Encodings.Rotations;
using Tacit.Cryptography.Randomness;
using Xunit;

namespace Tacit.Tests.Aggregation.Noised;

public sealed class RotationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    [InlineData(1 << 14)]
    [InlineData(1 << 17)]
    [InlineData(1 << 18)]
    public void Transform_of_any_power_of_two_is_the_same_on_every_path(int length)
    {
        float[] wide = Random(length), portable = [.. wide];

        WalshHadamard.Transform(wide);
        WalshHadamard.Portable<float>(portable);

        Assert.Equal(portable, wide);
    }

    [Fact]
    public void Transform_is_the_product_with_the_signs_of_the_inner_products_of_indices()
    {
        const int Length = 64;
        double[] values = [.. Random(Length).Select(x => (double)x)], expected = new double[Length];
        for (int j = 0; j < Length; j++)
        {
            for (int k = 0; k < Length; k++) expected[j] += BitOperations.PopCount((uint)(j & k)) % 2 == 0 ? values[k] : -values[k];
        }

        WalshHadamard.Transform(values.AsSpan());

        for (int j = 0; j < Length; j++) Assert.Equal(expected[j], values[j], 1e-12);
    }

    [Fact]
    public void Transform_refuses_a_length_that_is_not_a_power_of_two() =>
        Assert.Contains("power of two", Assert.Throws<ArgumentException>(() => WalshHadamard.Transform(new float[48])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(RotationKind.Hadamard, 5)]
    [InlineData(RotationKind.Hadamard, 1000)]
    [InlineData(RotationKind.Hartley, 5)]
    [InlineData(RotationKind.Hartley, 1100)]
    [InlineData(RotationKind.Hartley, 70_000)]
    public void Invert_of_Apply_is_the_update(RotationKind kind, int dimension)
    {
        RotationShape shape = RotationShape.For(kind, dimension);
        Rotation rotation = new(shape, new RandomSigns(new byte[32], shape.PaddedDimension));
        double[] update = [.. Random(dimension).Select(x => (double)x)], rotated = new double[shape.PaddedDimension];

        rotation.Apply(update, rotated, 3);
        double norm = Math.Sqrt(rotated.Sum(x => x * x));
        rotation.Invert(rotated, 1 / 3.0);

        for (int i = 0; i < dimension; i++) Assert.Equal(update[i], rotated[i], 1e-12);
        for (int i = dimension; i < rotated.Length; i++) Assert.Equal(0, rotated[i], 1e-12);
        Assert.Equal(3 * Math.Sqrt(update.Sum(x => x * x)), norm, 1e-9);
    }

    [Fact]
    public void Single_and_double_precision_agree()
    {
        RotationShape shape = RotationShape.For(RotationKind.Hartley, 5000);
        Rotation rotation = new(shape, new RandomSigns([.. Enumerable.Range(0, 32).Select(i => (byte)i)], shape.PaddedDimension));
        float[] update = Random(5000), single = new float[shape.PaddedDimension];
        double[] wide = new double[shape.PaddedDimension];

        rotation.Apply(update, single, 0.7);
        rotation.Apply([.. update.Select(x => (double)x)], wide, 0.7);

        for (int i = 0; i < wide.Length; i++) Assert.Equal(wide[i], single[i], 1e-5);
    }

    [Theory]
    [InlineData(1_018_174, 1 << 20)]
    [InlineData(1_100_000, 1_114_112)]
    [InlineData(1_048_577, 17 << 16)]
    [InlineData(200, 200)]
    public void Hartley_pads_by_at_most_a_sixteenth(int dimension, int padded) =>
        Assert.Equal(padded, RotationShape.For(RotationKind.Hartley, dimension).PaddedDimension);

    [Theory]
    [InlineData(RotationKind.Hadamard)]
    [InlineData(RotationKind.Hartley)]
    public void One_large_coordinate_is_spread_as_evenly_as_stated(RotationKind kind)
    {
        RotationShape shape = RotationShape.For(kind, 5000);
        Rotation rotation = new(shape, new RandomSigns(new byte[32], shape.PaddedDimension));
        for (int at = 0; at < 5000; at += 311)
        {
            double[] update = new double[5000], rotated = new double[shape.PaddedDimension];
            update[at] = 1;

            rotation.Apply(update, rotated, 1);

            Assert.True(rotated.Max(x => x * x) * shape.PaddedDimension <= shape.Flatness * (1 + 1e-9));
        }
    }

    [Fact]
    public void Signs_are_those_of_the_seed_and_half_of_each()
    {
        RandomSigns signs = new([.. Enumerable.Repeat((byte)7, 32)], 100_001), again = new([.. Enumerable.Repeat((byte)7, 32)], 100_001);
        float[] ones = [.. Enumerable.Repeat(1f, 100_001)], applied = new float[100_001];

        signs.Apply(ones, applied, 2);

        Assert.All(Enumerable.Range(0, 100_001), i => Assert.Equal(2 * again[i], applied[i]));
        Assert.InRange(applied.Count(x => x < 0), 50_000 - 1000, 50_000 + 1000);   // 6.3 standard deviations
    }

    private static float[] Random(int length)
    {
        SeededRandomSource random = new(1, "rotation");
        return [.. Enumerable.Range(0, length).Select(_ => (float)random.NextNormal())];
    }
}
