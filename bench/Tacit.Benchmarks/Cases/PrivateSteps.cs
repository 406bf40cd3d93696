using Tacit.Benchmarks.Harness;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Models;
using Tacit.Learning.Training;

namespace Tacit.Benchmarks.Cases;

/// <summary>One step of private training against the plain step on the same batch of 256, on one thread.</summary>
/// <remarks>
/// The private step is the trainer's: microbatches, norms, clipping, exact noise on the sum and the optimiser. Choosing the batch and
/// copying its rows is in neither. Memory is what is alive after a step: network, parameters, gradients, kept gradients, optimiser.
/// </remarks>
internal sealed class PrivateSteps : IBenchmark
{
    private const int Batch = 256;
    private const float LearningRate = 0.05f;

    private static readonly ModelSpecification cifar = new()
    {
        Kind = "conv2d",
        Blocks =
        [
            new ConvolutionBlock { Filters = 32, Padding = 1, Pool = 2 },
            new ConvolutionBlock { Filters = 64, Padding = 1, Pool = 2 },
            new ConvolutionBlock { Filters = 64, Padding = 1, Pool = 2 },
        ],
        Hidden = [256],
    };

    public string Name => "dpsgd";

    public string Summary => "a step of DP-SGD against the plain step: MLP 784-256-10, the MNIST CNN, a CIFAR-size CNN; batch 256";

    public void Run(Section section, Options options)
    {
        One(section, options, "MLP 784-256-10", new ModelSpecification { Kind = "mlp", Hidden = [256] }, InputShape.Vector(784), 1.5);
        One(section, options, "MNIST CNN", new ModelSpecification { Kind = "mnist" }, InputShape.Image(1, 28, 28), 1.4);
        One(section, options, "CIFAR-size CNN", cifar, InputShape.Image(3, 32, 32), 1.25);
    }

    private static void One(Section section, Options options, string name, ModelSpecification specification, InputShape input, double limit)
    {
        Random random = new(input.Size);
        float[] features = [.. Enumerable.Range(0, Batch * input.Size).Select(_ => random.NextSingle())];
        int[] labels = [.. Enumerable.Range(0, Batch).Select(_ => random.Next(10))];
        Network network = Network.Create(specification, input, 10);
        float[] start = new float[network.ParameterCount];
        network.Initialize(start, new SeededRandomSource(1));
        VerifySameDirection(network, start, features, labels);

        long before = GC.GetTotalMemory(forceFullCollection: true);
        Action plain = Plain(specification, input, start, features, labels);
        plain();
        long afterPlain = GC.GetTotalMemory(forceFullCollection: true);
        Action withNoise = Private(specification, input, start, features, labels);
        withNoise();
        long afterPrivate = GC.GetTotalMemory(forceFullCollection: true);

        // Rounds that are thrown away: the runtime replaces the code of so many loops one after the other.
        for (int round = 0; round < 3; round++) Timing.InTurns(repeats: 9, new Timed("plain", plain), new Timed("private", withNoise));
        Samples[] times = Timing.InTurns(options.ManyRepeats, new Timed("plain", plain), new Timed("private", withNoise));
        section.Add($"{name}, {network.ParameterCount} parameters: plain step", times[0], "ms");
        section.Add($"{name}: private step", times[1], "ms");
        section.Add($"{name}: private examples a second", Batch / times[1].Median, "1/s");
        section.Add($"{name}: memory of the plain step", (afterPlain - before) / 1048576.0, "MiB");
        section.Add($"{name}: memory of the private step", (afterPrivate - afterPlain) / 1048576.0, "MiB");
        section.AtMost($"{name}: private / plain, time", limit, times[1].Median / times[0].Median, "x");
        section.AtMost($"{name}: private / plain, memory", 1.5, (afterPrivate - afterPlain) / (double)(afterPlain - before), "x");
    }

    private static Action Plain(ModelSpecification specification, InputShape input, float[] start, float[] features, int[] labels)
    {
        Network network = Network.Create(specification, input, 10);
        float[] parameters = [.. start], gradient = new float[start.Length];
        Sgd optimizer = new(LearningRate);
        SeededRandomSource coins = new(1);
        return () =>
        {
            network.LossAndGradient(parameters, features, labels, gradient, coins);
            optimizer.Step(parameters, gradient);
        };
    }

    private static Action Private(ModelSpecification specification, InputShape input, float[] start, float[] features, int[] labels)
    {
        Network network = Network.Create(specification, input, 10);
        float[] parameters = [.. start], sum = new float[start.Length];
        DPOptimizer optimizer = new(new Sgd(LearningRate), noiseMultiplier: 1, maxGradNorm: 1) { ExpectedBatchSize = Batch, Random = SystemRandomSource.Instance };
        SeededRandomSource coins = new(1);
        return () =>
        {
            sum.AsSpan().Clear();
            for (int first = 0; first < Batch; first += network.MicrobatchSize)
            {
                int count = Math.Min(network.MicrobatchSize, Batch - first);
                ReadOnlySpan<float> rows = features.AsSpan(first * input.Size, count * input.Size);
                network.AddClippedGradients(parameters, rows, labels.AsSpan(first, count), bound: 1, sum, coins);
            }
            optimizer.Step(parameters, sum);
        };
    }

    // With a bound that nothing reaches, the sum is the batch size times the gradient of the mean.
    private static void VerifySameDirection(Network network, float[] parameters, float[] features, int[] labels)
    {
        float[] gradient = new float[parameters.Length], sum = new float[parameters.Length];
        SeededRandomSource coins = new(1);
        network.LossAndGradient(parameters, features, labels, gradient, coins);
        ClippedGradients result = network.AddClippedGradients(parameters, features, labels, bound: 1e6, sum, coins);
        double apart = 0, squares = 0;
        for (int i = 0; i < sum.Length; i++)
        {
            apart += Math.Pow(sum[i] - ((double)Batch * gradient[i]), 2);
            squares += (double)sum[i] * sum[i];
        }
        Section.Verify(result.Clipped == 0 && apart < 1e-8 * squares, "the sum of unclipped gradients");
    }
}
