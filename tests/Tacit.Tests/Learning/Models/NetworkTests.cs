using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Models;
using Xunit;

namespace Tacit.Tests.Learning.Models;

public sealed class NetworkTests
{
    private static readonly InputShape Windows = new(2, 12);

    public static TheoryData<string, string> KindsAndLosses => new()
    {
        { "linear", "cross-entropy" }, { "linear", "mse" }, { "mlp", "cross-entropy" }, { "mlp", "mse" }, { "conv1d", "cross-entropy" }, { "conv1d", "mse" },
    };

    [Theory]
    [MemberData(nameof(KindsAndLosses))]
    public void LossAndGradient_equals_central_differences(string kind, string loss)
    {
        SeededRandomSource random = new(21);
        Network network = Network.Create(new ModelSpecification { Kind = kind, Loss = loss }, Windows, 3);
        float[] parameters = new float[network.ParameterCount], gradient = new float[network.ParameterCount], unused = new float[network.ParameterCount];
        network.Initialize(parameters, random);
        float[] features = Given.Normals(4 * Windows.Size, random);
        double Loss(float[] into) => network.LossAndGradient(parameters, features, [0, 1, 2, 1], into, new SeededRandomSource(5));
        Loss(gradient);

        // Along one direction: a kink of a single ReLU within the step moves the whole by little.
        float[] direction = Given.Normals(parameters.Length, random);
        const float step = 1f / 16384;
        for (int i = 0; i < parameters.Length; i++) parameters[i] += step * direction[i];
        double above = Loss(unused);
        for (int i = 0; i < parameters.Length; i++) parameters[i] -= 2 * step * direction[i];
        double below = Loss(unused);

        double expected = gradient.Zip(direction).Sum(pair => (double)pair.First * pair.Second);
        Assert.Equal(expected, (above - below) / (2 * step), 0.05 * Math.Max(0.1, Math.Abs(expected)));
    }

    [Fact]
    public void LossAndGradient_on_numbers_equals_central_differences()
    {
        SeededRandomSource random = new(2);
        Network network = Network.Create(new ModelSpecification { Kind = "linear", Loss = "mse" }, InputShape.Vector(3), 2);
        float[] parameters = Given.Normals(8, random), gradient = new float[8], unused = new float[8], features = Given.Normals(9, random);
        float[] targets = [1, 2, 3, 4, 5, 6];
        network.LossAndGradient(parameters, features, targets, gradient, random);

        parameters[3] += 0.01f;
        double above = network.LossAndGradient(parameters, features, targets, unused, random);
        parameters[3] -= 0.02f;
        double below = network.LossAndGradient(parameters, features, targets, unused, random);

        Assert.Equal((above - below) / 0.02, gradient[3], 1e-2);
    }

    [Fact]
    public void The_default_convolution_has_the_published_layout()
    {
        Network network = Network.Create(new ModelSpecification { Kind = "conv1d" }, new InputShape(6, 128), 6);

        Assert.Equal(["conv1d.weight", "conv1d.bias", "dense1.weight", "dense1.bias", "output.weight", "output.bias"],
            network.Layout.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(8 * 6 * 3 + 8 + 20 * 8 * 42 + 20 + 6 * 20 + 6, network.ParameterCount);
    }

    [Fact]
    public void Networks_of_one_specification_have_equal_layouts()
    {
        ModelSpecification specification = new() { Kind = "mlp", Hidden = [5, 7] };

        Assert.Equal(Network.Create(specification, Windows, 3).Layout, Network.Create(specification, Windows, 3).Layout);
        Assert.NotEqual(Network.Create(specification, Windows, 3).Layout, Network.Create(specification, Windows, 4).Layout);
    }

    [Fact]
    public void Predict_does_not_depend_on_the_size_of_the_batch()
    {
        SeededRandomSource random = new(8);
        Network network = Network.Create(new ModelSpecification { Kind = "conv1d" }, Windows, 3);
        float[] parameters = new float[network.ParameterCount], features = Given.Normals(7 * Windows.Size, random);
        network.Initialize(parameters, random);
        float[] all = new float[21], one = new float[3];

        network.Predict(parameters, features, all);
        network.Predict(parameters, features.AsSpan(5 * Windows.Size, Windows.Size), one);

        for (int i = 0; i < 3; i++) Assert.Equal(all[15 + i], one[i], 1e-5f);
    }

    [Fact]
    public void A_label_outside_the_outputs_is_refused()
    {
        Network network = Network.Create(new ModelSpecification { Kind = "linear" }, InputShape.Vector(2), 3);
        float[] parameters = new float[9];

        Given.Failure(FailureCodes.InvalidLabel, () =>
            network.LossAndGradient(parameters, [1, 2], [3], new float[9], new SeededRandomSource(1)), "3", "0 to 2");
    }

    public static TheoryData<string> BadFields => new() { "kind", "loss", "hidden", "kernel", "pool", "dropout", "filters" };

    [Theory]
    [MemberData(nameof(BadFields))]
    public void A_specification_that_cannot_be_built_names_its_field(string field)
    {
        ModelSpecification good = new() { Kind = "conv1d" };
        ModelSpecification bad = field switch
        {
            "kind" => good with { Kind = "transformer" },
            "loss" => good with { Loss = "hinge" },
            "hidden" => good with { Hidden = [0] },
            "kernel" => good with { Kernel = 13 },
            "pool" => good with { Pool = 11 },
            "dropout" => good with { Dropout = 1 },
            _ => good with { Filters = 0 },
        };

        Given.Failure(FailureCodes.InvalidValue, () => Network.Create(bad, Windows, 3), $"model.{field}");
    }
}
