using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Tests.Cryptography;
using Xunit;

namespace Tacit.Tests.Aggregation;

public sealed class QuantizationTests
{
    private static readonly ResidueRing ring = new(64);

    private readonly SeededRandomSource random = new(81);

    [Theory]
    [InlineData(0.3f)]
    [InlineData(-0.3f)]
    [InlineData(0.01f)]
    [InlineData(-0.99f)]
    public void Rounding_is_unbiased(float value)
    {
        // The mean of m roundings is within z / (2 √m) steps of the value, but for one seed in 5 · 10⁸.
        const int Count = 40_000;
        Quantization grid = new(range: 1, bits: 4);
        ModularVector levels = Encode(grid, [.. Enumerable.Repeat(value, Count)]);

        double mean = levels.ToArray().Average(level => (double)ring.Centre(level));

        Assert.InRange(mean - value / grid.Step, -Statistics.OneInABillion / (2 * Math.Sqrt(Count)), Statistics.OneInABillion / (2 * Math.Sqrt(Count)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(50)]
    public void No_level_is_beyond_the_magnitude_and_each_is_a_neighbour_of_its_value(int bits)
    {
        Quantization grid = new(range: 0.7, bits);
        float[] values = [0.7f, -0.7f, MathF.BitDecrement(0.7f), 0, -0f, float.Epsilon, -float.Epsilon, .. Enumerable.Range(0, 5000).Select(_ => (float)(random.NextDouble() * 1.6 - 0.8))];

        ModularVector levels = Encode(grid, values);

        for (int i = 0; i < values.Length; i++)
        {
            double exact = Math.Clamp(values[i] / grid.Step, -grid.Magnitude, grid.Magnitude);
            Assert.InRange(ring.Centre(levels[i]), -grid.Magnitude, grid.Magnitude);
            Assert.InRange(ring.Centre(levels[i]) - exact, -1 - 1e-9, 1 + 1e-9);
        }
    }

    [Fact]
    public void Values_on_the_grid_stay_where_they_are()
    {
        Quantization grid = new(range: 127, bits: 8);
        float[] values = [.. Enumerable.Range(-127, 255).Select(i => (float)i)];

        ModularVector levels = Encode(grid, values);

        Assert.Equal(values, levels.ToArray().Select(level => (float)grid.Decode(level, ring)));
    }

    [Fact]
    public void Values_beyond_the_range_saturate_and_are_counted()
    {
        Quantization grid = new(range: 1, bits: 8);
        ModularVector levels = new(ring, 5);

        int saturated = grid.Encode([2, -3, 1, -1, float.MaxValue], 1, random, levels);

        Assert.Equal(3, saturated);
        Assert.Equal([127, -127, 127, -127, 127], levels.ToArray().Select(ring.Centre));
    }

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(float.PositiveInfinity, 1024)]
    [InlineData(float.NegativeInfinity, 2999)]
    public void The_first_value_that_is_not_finite_is_named(float value, int index)
    {
        float[] values = new float[3000];
        values[index] = value;

        Given.Failure(FailureCodes.UpdateNotFinite, () => new Quantization(1, 8).Encode(values, 1, random, new ModularVector(ring, 3000)), $"update[{index}]");
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(-1, 8)]
    [InlineData(double.NaN, 8)]
    [InlineData(double.PositiveInfinity, 8)]
    [InlineData(1, 1)]
    [InlineData(1, 51)]
    public void Grids_that_do_not_exist_are_refused(double range, int bits) => Assert.Throws<ArgumentOutOfRangeException>(() => new Quantization(range, bits));

    private ModularVector Encode(Quantization grid, float[] values)
    {
        ModularVector levels = new(ring, values.Length);
        grid.Encode(values, 1, random, levels);
        return levels;
    }
}
