using Tacit.Cryptography.Randomness;
using Tacit.Learning.Models;
using Xunit;

namespace Tacit.Tests.Learning.Models;

/// <summary>Every layer against central differences of a random linear functional of its output.</summary>
public sealed class LayerGradientTests
{
    private const int Batch = 3;
    private const float Step = 1f / 64;

    [Fact]
    public void Dense_gradients_equal_central_differences() => Check(new Dense("d", 5, 4, rectified: true));

    [Fact]
    public void Conv1D_gradients_equal_central_differences() => Check(new Conv1D("c", new InputShape(3, 11), filters: 5, kernel: 4));

    [Fact]
    public void Conv1D_of_the_whole_length_gradients_equal_central_differences() =>
        Check(new Conv1D("c", new InputShape(2, 4), filters: 2, kernel: 4));

    [Theory]
    [InlineData(3, 1, 0)]
    [InlineData(3, 2, 1)]
    [InlineData(4, 3, 3)]
    public void Conv2D_gradients_equal_central_differences(int kernel, int stride, int padding) => Check(
        new Conv2D("c", InputShape.Image(2, 4, 5), new ConvolutionBlock { Filters = 3, Kernel = kernel, Stride = stride, Padding = padding }, rectified: true));

    [Theory]
    [InlineData(1, 2, 2)]
    [InlineData(3, 2, 1)]
    [InlineData(17, 3, 2)]
    public void MaxPool2D_gradients_equal_central_differences(int channels, int size, int stride) =>
        Check(new MaxPool2D(InputShape.Image(channels, 5, 6), size, stride));

    [Fact]
    public void PixelOrder_gradients_equal_central_differences() => Check(new PixelOrder(InputShape.Image(3, 2, 5)));

    [Fact]
    public void Tanh_gradients_equal_central_differences() => Check(new Tanh(19));

    [Fact]
    public void Conv2D_is_the_correlation_written_out()
    {
        SeededRandomSource random = new(4);
        ConvolutionBlock block = new() { Filters = 3, Kernel = 3, Stride = 2, Padding = 1 };
        float[] input = Given.Normals(5 * 6 * 2, random), parameters = Given.Normals(3 * 9 * 2 + 3, random), output = new float[3 * 3 * 3];

        new Conv2D("c", InputShape.Image(2, 5, 6), block, rectified: true).Forward(Pass(1, parameters, input, output), random: null);

        for (int i = 0; i < output.Length; i++)
        {
            (int y, int x, int filter) = (i / 9, i / 3 % 3, i % 3);
            double expected = parameters[54 + filter];
            for (int tap = 0; tap < 9; tap++)
            {
                (int v, int u) = (2 * y - 1 + tap / 3, 2 * x - 1 + tap % 3);
                if (v is < 0 or > 4 || u is < 0 or > 5) continue;
                for (int c = 0; c < 2; c++) expected += (double)parameters[(filter * 9 + tap) * 2 + c] * input[(v * 6 + u) * 2 + c];
            }
            Assert.Equal(expected, output[i], 1e-5);
        }
    }

    [Fact]
    public void ReLU_gradients_equal_central_differences() => Check(new ReLU(19));

    [Fact]
    public void MaxPool1D_gradients_equal_central_differences() => Check(new MaxPool1D(new InputShape(2, 11), pool: 3));

    [Fact]
    public void Dropout_gradients_equal_central_differences_for_one_mask() => Check(new Dropout(23, 0.5));

    [Fact]
    public void Dropout_keeps_the_mean_and_drops_the_rate()
    {
        float[] ones = new float[100_000], output = new float[100_000];
        ones.AsSpan().Fill(1);

        new Dropout(100_000, 0.3).Forward(Pass(1, [], ones, output), new SeededRandomSource(5));

        Assert.Equal(0.3, output.Count(x => x == 0) / 100_000.0, 0.01);
        Assert.Equal(1.0, output.Average(), 0.01);
    }

    [Fact]
    public void Dropout_changes_nothing_when_evaluating()
    {
        float[] output = new float[4];

        new Dropout(4, 0.9).Forward(Pass(1, [], [1, 2, 3, 4], output), random: null);

        Assert.Equal([1, 2, 3, 4], output);
    }

    private static void Check(ILayer layer)
    {
        SeededRandomSource random = new(11);
        int count = layer.Parameters.Sum(tensor => tensor.Shape.Aggregate(1, (product, size) => product * size));
        float[] parameters = Given.Normals(count, random);
        float[] input = Apart(Batch * layer.InputSize, random);
        float[] weights = Given.Normals(Batch * layer.OutputSize, random);
        float[] output = new float[weights.Length], inputGradient = new float[input.Length], parameterGradient = new float[count];
        inputGradient.AsSpan().Fill(float.NaN);
        parameterGradient.AsSpan().Fill(float.NaN);

        Value(layer, parameters, input, weights, output);
        layer.Backward(Pass(Batch, parameters, input, output), new LayerGradients { Output = weights, Input = inputGradient, Parameters = parameterGradient });

        Compare(input, inputGradient, () => Value(layer, parameters, input, weights, output));
        Compare(parameters, parameterGradient, () => Value(layer, parameters, input, weights, output));
    }

    private static void Compare(float[] variables, float[] gradient, Func<double> value)
    {
        for (int i = 0; i < variables.Length; i++)
        {
            float kept = variables[i];
            variables[i] = kept + Step;
            double above = value();
            variables[i] = kept - Step;
            double below = value();
            variables[i] = kept;
            Assert.Equal((above - below) / (2 * Step), gradient[i], 1e-3);
        }
    }

    /// <summary>
    /// Distinct values farther than two steps from each other and from zero, so that no kink lies between the two evaluations.
    /// </summary>
    private static float[] Apart(int length, SeededRandomSource random)
    {
        float[] values = [.. Enumerable.Range(0, length).Select(i => (i - length / 2 + 0.5f) * 4 * Step)];
        random.Shuffle(values.AsSpan());
        return values;
    }

    private static double Value(ILayer layer, float[] parameters, float[] input, float[] weights, float[] output)
    {
        layer.Forward(Pass(Batch, parameters, input, output), new SeededRandomSource(99));
        return output.Zip(weights).Sum(pair => (double)pair.First * pair.Second);
    }

    private static LayerPass Pass(int batch, float[] parameters, float[] input, float[] output) =>
        new() { Batch = batch, Parameters = parameters, Input = input, Output = output };
}
