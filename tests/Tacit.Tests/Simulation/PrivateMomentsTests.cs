using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Models;
using Tacit.Privacy.Mechanisms;
using Tacit.Simulation.Jobs;
using Xunit;

namespace Tacit.Tests.Simulation;

public sealed class PrivateMomentsTests
{
    private const int Rows = 400, Features = 50;

    [Fact]
    public void Means_carry_the_noise_that_was_paid_for()
    {
        Dataset rows = Data(outlier: 0);
        GaussianSum noise = new(norm: 20, noiseMultiplier: 3, Features);

        double[] noised = PrivateMoments.Mean(rows, noise, 20, null, new SeededRandomSource(1));
        double[] exact = [.. Enumerable.Range(0, Features).Select(i => Enumerable.Range(0, Rows).Average(row => (double)rows.Row(row)[i]))];

        // Nothing is clipped, so the difference is noise of 60/400 a coordinate; 50 of them: a relative deviation of 10 % on the root mean square.
        double spread = Math.Sqrt(noised.Zip(exact).Average(pair => (pair.First - pair.Second) * (pair.First - pair.Second)));
        Assert.InRange(spread / (noise.Deviation / Rows), 0.4, 1.7);
        Assert.InRange(noise.Deviation, 60, 60.01);
    }

    [Fact]
    public void One_row_moves_a_sum_by_its_norm_at_most()
    {
        GaussianSum noise = new(norm: 5, noiseMultiplier: 1, Features);

        double[] usual = PrivateMoments.Mean(Data(outlier: 0), noise, 5, null, new SeededRandomSource(1));
        double[] extreme = PrivateMoments.Mean(Data(outlier: 1e6f), noise, 5, null, new SeededRandomSource(1));

        // The same noise: what is left is the one row, at most 5 before and 5 after, and half a step of the grid a coordinate.
        double moved = Math.Sqrt(usual.Zip(extreme).Sum(pair => Math.Pow((pair.First - pair.Second) * Rows, 2)));
        Assert.InRange(moved, 1, 10.001);
    }

    [Fact]
    public void A_variance_below_the_noise_is_not_blown_up()
    {
        Standardization scales = PrivateMoments.Standardize(new double[2], [-0.5, 4], deviation: 0.01);

        Assert.Equal(1 / Math.Sqrt(0.02), scales.Scale[0], 1e-4);
        Assert.Equal(0.5, scales.Scale[1], 1e-6);
    }

    private static Dataset Data(float outlier)
    {
        SeededRandomSource random = new(5, "moments");
        float[] features = [.. Enumerable.Range(0, Rows * Features).Select(_ => (float)random.NextNormal())];
        if (outlier > 0) features.AsSpan(0, Features).Fill(outlier);
        return new Dataset(InputShape.Vector(Features), features, new int[Rows], ["a", "b"]);
    }
}
