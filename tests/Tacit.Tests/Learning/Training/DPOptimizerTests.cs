using Tacit.Cryptography.Randomness;
using Tacit.Learning.Training;
using Xunit;

namespace Tacit.Tests.Learning.Training;

public sealed class DPOptimizerTests
{
    private const int Length = 100_000;

    [Fact]
    public void The_step_is_the_sum_over_the_expected_size_and_not_the_realised_one()
    {
        float[] parameters = new float[4];

        Sgd(rate: 1, noiseMultiplier: 1e-6, batch: 50).Step(parameters, (float[])[100, -50, 25, 0]);

        float[] expected = [-2, 1, -0.5f, 0];
        for (int i = 0; i < 4; i++) Assert.Equal(expected[i], parameters[i], 1e-5f);
    }

    [Fact]
    public void The_noise_has_the_stated_deviation_also_for_an_empty_batch()
    {
        float[] parameters = new float[Length];
        DPOptimizer optimizer = Sgd(rate: 1, noiseMultiplier: 1.5, batch: 10);

        optimizer.Step(parameters, new float[Length]);

        double[] noise = [.. parameters.Select(x => x * 10.0)];
        double deviation = optimizer.NoiseDeviation(Length);
        Assert.InRange(deviation, 3, 3 * 1.001);

        // Mean and variance of 10⁵ draws lie within 6.2 of their own deviations with probability above 1 − 1e-9.
        Assert.InRange(noise.Average(), -6.2 * deviation / Math.Sqrt(Length), 6.2 * deviation / Math.Sqrt(Length));
        Assert.InRange(noise.Average(x => x * x) / (deviation * deviation), 1 - 6.2 * Math.Sqrt(2.0 / Length), 1 + 6.2 * Math.Sqrt(2.0 / Length));
        Assert.Equal(1, optimizer.Steps);
    }

    [Fact]
    public void Noised_sums_lie_on_the_grid()
    {
        float[] parameters = new float[64];
        float[] sum = Given.Normals(64, new SeededRandomSource(3));
        DPOptimizer optimizer = Sgd(rate: 1, noiseMultiplier: 1, batch: 1);

        optimizer.Step(parameters, sum);

        Assert.All(parameters, x => Assert.Equal(Math.Round(x / optimizer.GridStep), x / optimizer.GridStep));
        Assert.Equal(1, Math.Abs(BitConverter.DoubleToInt64Bits(optimizer.GridStep) << 12) + 1);
    }

    [Fact]
    public void Adam_is_wrapped_too()
    {
        float[] privately = new float[8], plainly = new float[8];
        float[] gradient = Given.Normals(8, new SeededRandomSource(3));
        DPOptimizer optimizer = new(new Adam(0.1f), 1e-7, 1) { ExpectedBatchSize = 1, Random = new SeededRandomSource(1) };

        optimizer.Step(privately, (float[])[.. gradient]);
        new Adam(0.1f).Step(plainly, gradient);

        for (int i = 0; i < 8; i++) Assert.Equal(plainly[i], privately[i], 1e-5f);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(double.NaN, 1, 1)]
    [InlineData(1, double.PositiveInfinity, 1)]
    public void Numbers_that_are_not_positive_are_refused(double noiseMultiplier, double bound, double batch) =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new DPOptimizer(new Sgd(1), noiseMultiplier, bound) { ExpectedBatchSize = batch, Random = new SeededRandomSource(1) });

    private static DPOptimizer Sgd(float rate, double noiseMultiplier, double batch) =>
        new(new Sgd(rate), noiseMultiplier, maxGradNorm: 2) { ExpectedBatchSize = batch, Random = new SeededRandomSource(1) };
}
