using Tacit.Cryptography.Randomness;
using Tacit.Learning.Models;
using Xunit;

namespace Tacit.Tests.Learning.Models;

public sealed class LossesTests
{
    private static readonly int[] Labels = [2, 0, 1];

    [Fact]
    public void CrossEntropy_gradient_equals_central_differences() => Check((outputs, slopes) =>
        Losses.CrossEntropy(outputs, Labels, slopes));

    [Fact]
    public void SquaredErrorOfProbabilities_gradient_equals_central_differences() =>
        Check((outputs, slopes) => Losses.SquaredErrorOfProbabilities(outputs, Labels, slopes));

    [Fact]
    public void SquaredError_gradient_equals_central_differences() =>
        Check((outputs, slopes) => Losses.SquaredError(outputs, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], slopes));

    [Fact]
    public void CrossEntropy_of_equal_outputs_is_the_logarithm_of_the_classes() =>
        Assert.Equal(Math.Log(4), Losses.CrossEntropy([7, 7, 7, 7], [1], []), 1e-12);

    [Fact]
    public void CrossEntropy_of_huge_outputs_stays_finite()
    {
        float[] slopes = new float[2];

        double loss = Losses.CrossEntropy([3e38f, -3e38f], [0], slopes);

        Assert.Equal(0, loss);
        Assert.Equal([0, 0], slopes);
    }

    [Fact]
    public void SquaredErrorOfProbabilities_of_even_odds_is_a_quarter() =>
        Assert.Equal(0.25, Losses.SquaredErrorOfProbabilities([1, 1], [0], []), 1e-12);

    private static void Check(Func<float[], float[], double> loss)
    {
        const float step = 1f / 128;
        float[] outputs = Given.Normals(12, new SeededRandomSource(4)), slopes = new float[12], unused = new float[12];
        loss(outputs, slopes);
        for (int i = 0; i < outputs.Length; i++)
        {
            float kept = outputs[i];
            outputs[i] = kept + step;
            double above = loss(outputs, unused);
            outputs[i] = kept - step;
            double below = loss(outputs, unused);
            outputs[i] = kept;
            Assert.Equal((above - below) / (2 * step), slopes[i], 2e-4);
        }
    }
}
