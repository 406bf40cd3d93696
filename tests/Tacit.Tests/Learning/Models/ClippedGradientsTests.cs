using Tacit.Cryptography.Randomness;
using Tacit.Learning.Models;
using Xunit;

namespace Tacit.Tests.Learning.Models;

/// <summary>Sums of clipped gradients against gradients that are formed one by one.</summary>
public sealed class ClippedGradientsTests
{
    private const int Batch = 7;
    private static readonly InputShape Picture = InputShape.Image(2, 9, 10);
    private static readonly InputShape Windows = new(2, 12);

    public static TheoryData<string> Models => ["linear", "mlp", "tanh", "mse", "conv1d", "conv1d ghost", "conv2d", "conv2d ghost", "mnist"];

    [Theory]
    [MemberData(nameof(Models))]
    public void The_sum_is_that_of_gradients_clipped_one_by_one(string model)
    {
        (Network network, float[] parameters, float[] features, int[] labels) = Setting(model);
        double[][] gradients = OneByOne(network, parameters, features, labels);
        double bound = gradients.Select(Norm).Order().ElementAt(Batch / 2);

        float[] sum = new float[network.ParameterCount];
        ClippedGradients result = network.AddClippedGradients(parameters, features, labels, bound, sum, new SeededRandomSource(1));

        double[] expected = new double[sum.Length];
        foreach (double[] gradient in gradients)
        {
            double factor = Math.Min(1, bound / Norm(gradient));
            for (int i = 0; i < expected.Length; i++) expected[i] += factor * gradient[i];
        }
        Assert.True(Distance(expected, sum) < 1e-5 * Norm(expected), $"{Distance(expected, sum)} of {Norm(expected)}");
        Assert.InRange(result.Clipped, Batch / 2 - 1, Batch / 2 + 1);
        Assert.Equal((Batch, 0), (result.Examples, result.NotFinite));
        Assert.Equal(network.LossAndGradient(parameters, features, labels, new float[sum.Length], new SeededRandomSource(1)), result.Loss / Batch, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void One_example_adds_at_most_the_bound(string model)
    {
        (Network network, float[] parameters, float[] features, int[] labels) = Setting(model);
        foreach (double bound in (double[])[1e-6, 0.01, 1])
        {
            for (int row = 0; row < Batch; row++)
            {
                float[] sum = new float[network.ParameterCount];
                network.AddClippedGradients(parameters, features.AsSpan(row * network.Input.Size, network.Input.Size), labels.AsSpan(row, 1), bound, sum, new SeededRandomSource(1));

                Assert.True(Norm([.. sum.Select(x => (double)x)]) <= bound * (1 + 1.0 / (1 << 12)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void An_example_that_is_not_finite_adds_nothing_and_is_counted(string model)
    {
        (Network network, float[] parameters, float[] features, int[] labels) = Setting(model);
        int size = network.Input.Size;
        float[] without = new float[network.ParameterCount], sum = new float[network.ParameterCount];
        float[] broken = [.. features[..size], .. Enumerable.Repeat(float.NaN, size), .. features[size..], .. Enumerable.Repeat(float.PositiveInfinity, size)];
        network.AddClippedGradients(parameters, features, labels, 0.1, without, new SeededRandomSource(1));

        ClippedGradients result = network.AddClippedGradients(parameters, broken, [labels[0], 1, .. labels[1..], 0], 0.1, sum, new SeededRandomSource(1));

        Assert.Equal((Batch + 2, 2), (result.Examples, result.NotFinite));
        Assert.True(double.IsFinite(result.Loss));
        for (int i = 0; i < sum.Length; i++) Assert.Equal(without[i], sum[i], 1e-5f);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Huge_finite_examples_stay_within_the_bound(string model)
    {
        (Network network, float[] parameters, float[] features, int[] labels) = Setting(model);
        foreach (float size in (float[])[1e10f, 1e18f, 1e30f, 3e38f])
        {
            float[] sum = new float[network.ParameterCount];
            network.AddClippedGradients(parameters, [.. features.Select(x => float.Clamp(x * size, -size, size))], labels, 1, sum, new SeededRandomSource(1));

            Assert.All(sum, x => Assert.True(float.IsFinite(x)));
            Assert.True(Norm([.. sum.Select(x => (double)x)]) <= Batch * (1 + 1.0 / (1 << 12)));
        }
    }

    [Fact]
    public void An_empty_batch_adds_nothing()
    {
        (Network network, float[] parameters, _, _) = Setting("mlp");
        float[] sum = new float[network.ParameterCount];

        Assert.Equal(default, network.AddClippedGradients(parameters, [], [], 1, sum, new SeededRandomSource(1)));
        Assert.All(sum, x => Assert.Equal(0, x));
    }

    [Fact]
    public void No_factor_lets_a_norm_above_the_bound()
    {
        SeededRandomSource random = new(3);
        double[] extremes = [double.Epsilon, double.MaxValue, 1e-300, 1e300, 0, 1, float.Epsilon, float.MaxValue];
        for (int i = 0; i < 1_000_000; i++)
        {
            double squaredNorm = i < extremes.Length ? extremes[i] : Math.Exp(1400 * (random.NextDouble() - 0.5));
            double bound = Math.Exp(60 * (random.NextDouble() - 0.5));

            float factor = ClipFactor.Of(squaredNorm, bound);

            double norm = Math.Sqrt(squaredNorm);
            if (factor is < 0 or > 1 || factor * norm > bound) Assert.Fail($"{factor} · {norm} is above {bound}");
            if (norm <= bound) Assert.Equal(1, factor);
            else if (bound / norm > 1e-30) Assert.InRange(factor * norm, bound * (1 - 1e-6), bound);
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void The_factor_of_what_is_not_finite_is_zero(double squaredNorm) => Assert.Equal(0, ClipFactor.Of(squaredNorm, 1));

    private static (Network Network, float[] Parameters, float[] Features, int[] Labels) Setting(string model)
    {
        SeededRandomSource random = new(12);
        ModelSpecification specification = model switch
        {
            "tanh" => new ModelSpecification { Kind = "mlp", Hidden = [6, 5], Activation = "tanh" },
            "mse" => new ModelSpecification { Kind = "mlp", Hidden = [6], Loss = "mse" },
            "conv1d" => new ModelSpecification { Kind = "conv1d", Dropout = 0 },
            "conv1d ghost" => new ModelSpecification { Kind = "conv1d", Dropout = 0, Filters = 16, Kernel = 10, Pool = 1 },
            "conv2d" => new ModelSpecification { Kind = "conv2d", Blocks = [new() { Filters = 3, Padding = 1, Pool = 2 }, new() { Filters = 4, Kernel = 2, Stride = 2 }] },
            "conv2d ghost" => new ModelSpecification { Kind = "conv2d", Activation = "tanh", Blocks = [new() { Filters = 18, Kernel = 5, Stride = 3, Pool = 2, PoolStride = 1 }] },
            _ => new ModelSpecification { Kind = model },
        };
        InputShape input = model switch { "mnist" => InputShape.Image(1, 28, 28), _ when model.StartsWith("conv2d", StringComparison.Ordinal) => Picture, _ => Windows };
        Network network = Network.Create(specification, input, 3);
        float[] parameters = Given.Normals(network.ParameterCount, random);
        for (int i = 0; i < parameters.Length; i++) parameters[i] *= 0.2f;
        return (network, parameters, Given.Normals(Batch * input.Size, random), [.. Enumerable.Range(0, Batch).Select(i => i % 3)]);
    }

    private static double[][] OneByOne(Network network, float[] parameters, float[] features, int[] labels)
    {
        double[][] gradients = new double[Batch][];
        for (int row = 0; row < Batch; row++)
        {
            float[] gradient = new float[network.ParameterCount];
            network.LossAndGradient(parameters, features.AsSpan(row * network.Input.Size, network.Input.Size), labels.AsSpan(row, 1), gradient, new SeededRandomSource(1));
            gradients[row] = [.. gradient.Select(x => (double)x)];
        }
        return gradients;
    }

    private static double Norm(double[] x) => Math.Sqrt(x.Sum(value => value * value));

    private static double Distance(double[] x, float[] y) => Math.Sqrt(x.Zip(y).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second)));
}
