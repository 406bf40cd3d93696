using Tacit.Cryptography.Randomness;
using Tacit.Learning.Clustering.Stages;
using Xunit;

namespace Tacit.Tests.Learning.Clustering.Stages;

public sealed class StageNoiseTests
{
    [Fact]
    public void Kept_weights_are_noised_counts_that_add_up_to_about_all_records()
    {
        SeededRandomSource random = new(1);
        for (int trial = 0; trial < 200; trial++)
        {
            double[] noisy = [.. Enumerable.Range(0, 1 + (int)random.NextBelow(60)).Select(_ => Math.Round(200 * (random.NextDouble() - 0.4)))];
            double records = 10 + (random.NextDouble() * 3000);

            double[] kept = StageNoise.KeepLargest(noisy, records);

            Assert.All(kept.Zip(noisy), pair => Assert.True(pair.First == 0 || (pair.First == pair.Second && pair.First > 0)));
            double all = noisy.Where(x => x > 0).Sum(), largest = Math.Max(0, noisy.Max());
            Assert.InRange(kept.Sum(), Math.Min(all, records - (largest / 2)) - 1e-9, Math.Max(records + (largest / 2), largest) + 1e-9);
            if (kept.Any(x => x > 0)) Assert.True(kept.Where(x => x > 0).Min() >= noisy.Where((x, i) => kept[i] == 0).DefaultIfEmpty(double.NegativeInfinity).Max());
        }
    }

    [Fact]
    public void Zeros_and_negative_counts_are_never_kept_and_one_count_above_all_records_is()
    {
        Assert.Equal([0, 0, 0], StageNoise.KeepLargest([0, -5, -1], 10));
        Assert.Equal([0, 1000, 0], StageNoise.KeepLargest([5, 1000, 7], 10));
        Assert.Empty(StageNoise.KeepLargest([], 10));
    }

    [Fact]
    public void Support_decides_between_equal_counts() => Assert.Equal([0, 10, 0], StageNoise.KeepLargest([10, 10, 10], 10, [0, 3, 1]));

    [Theory]
    [InlineData(0, 1, 2, 0)]
    [InlineData(8, 1, 4, 0.5)]
    [InlineData(2, 1, 4, 0)]
    [InlineData(100, 0, 4, 1)]
    public void Shrinkage_is_the_positive_part_of_James_and_Stein(double squares, double deviation, int dimension, double factor) =>
        Assert.Equal(factor, StageNoise.Shrinkage(squares, deviation, dimension), 1e-12);

    [Theory]
    [InlineData(100, 2, new[] { 10, 10 })]
    [InlineData(1, 2, new[] { 2, 2 })]
    [InlineData(5, 1, new[] { 5 })]
    [InlineData(1000, 3, new[] { 10, 10, 10 })]
    [InlineData(20, 3, new[] { 3, 3, 2 })]
    public void Shapes_have_about_as_many_cells_as_wanted(double cells, int dimension, int[] shape) => Assert.Equal(shape, HistogramStage.ShapeFor(cells, dimension).ToArray());

    [Fact]
    public void Shapes_are_near_the_wanted_number_in_all_dimensions()
    {
        for (int d = 1; d <= 10; d++)
        {
            for (double cells = Math.Pow(2, d); cells < 1 << 17; cells *= 1.7)
            {
                double made = HistogramStage.ShapeFor(cells, d).Aggregate(1.0, (product, side) => product * side);
                Assert.InRange(made / cells, 0.5, 2.0);
            }
        }
    }

    [Fact]
    public void Every_point_is_in_one_cell_and_cells_halve_the_domain()
    {
        HistogramStage stage = new([2, 3]);

        Assert.Equal(0, stage.CellOf([-1, -1]));
        Assert.Equal(5, stage.CellOf([1, 1]));
        Assert.Equal(4, stage.CellOf([0, 0]));
        Assert.Equal(1, stage.CellOf([-0.001f, 0]));
        Assert.Equal(5, stage.CellOf([1e9f, 1e9f]));
    }
}
