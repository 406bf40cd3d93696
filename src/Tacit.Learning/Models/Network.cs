using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Models;

/// <summary>A feed-forward network whose parameters live outside it, in one flat vector.</summary>
/// <remarks>
/// The instance owns the activations of one batch and reuses them, so no memory is allocated after the first batch of a size. Instances
/// are not thread-safe: give each participant that trains in parallel its own.
/// </remarks>
public sealed partial class Network
{
    private const int CachedFloats = 1 << 20;

    private readonly ILayer[] layers;
    private readonly int[] offsets;
    private readonly int[] lengths;
    private readonly float[][] activations;
    private readonly float[][] gradients;
    private readonly int firstWithParameters;

    private Network(ModelSpecification specification, InputShape input, ILayer[] layers)
    {
        (Specification, Input, this.layers) = (specification, input, layers);
        Outputs = layers[^1].OutputSize;
        Layout = ParameterLayout.From(layers.SelectMany(layer => layer.Parameters));
        lengths = [.. layers.Select(layer => layer.Parameters.Sum(tensor => tensor.Shape.Aggregate(1, (product, size) => product * size)))];
        offsets = [.. layers.Select((_, i) => lengths.Take(i).Sum())];
        activations = [.. layers.Select(_ => Array.Empty<float>())];
        gradients = [.. layers.Select(_ => Array.Empty<float>())];
        firstWithParameters = Array.FindIndex(layers, layer => layer is IClippableLayer);
    }

    /// <summary>What the network was built from.</summary>
    public ModelSpecification Specification { get; }

    /// <summary>The shape of one example.</summary>
    public InputShape Input { get; }

    /// <summary>Outputs per example: classes, or numbers predicted.</summary>
    public int Outputs { get; }

    /// <summary>The tensors in the flat parameter vector.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>The length d of the flat parameter vector.</summary>
    public int ParameterCount => Layout.Count;

    /// <summary>
    /// Examples to work on at a time where the choice is free, as in private training: their activations stay near the processor.
    /// </summary>
    public int MicrobatchSize => Math.Clamp(CachedFloats / Math.Max(1, 2 * layers.Sum(layer => layer.OutputSize)), 16, 256);

    /// <summary>Builds the network of a specification.</summary>
    /// <param name="specification">Kind, sizes and loss.</param>
    /// <param name="input">The shape of one example.</param>
    /// <param name="outputs">Classes, or numbers to predict.</param>
    /// <exception cref="FailureException">INVALID_VALUE: the specification does not fit the input.</exception>
    public static Network Create(ModelSpecification specification, InputShape input, int outputs)
    {
        ArgumentNullException.ThrowIfNull(specification);
        specification.Validate(input, outputs);

        return new Network(specification, input, NetworkLayers.Of(specification, input, outputs));
    }

    /// <summary>Another network of the same specification, to work beside this one.</summary>
    public Network Twin() => Create(Specification, Input, Outputs);

    /// <summary>Overwrites a parameter vector with starting values: random weights and zero biases; all zero for a linear model.</summary>
    /// <param name="parameters">Length <see cref="ParameterCount"/>.</param>
    /// <param name="random">32 bytes are drawn.</param>
    /// <remarks>
    /// He et al. 2015 before a ReLU, Glorot and Bengio 2010 at the output. Without a hidden layer there is no symmetry to break, and
    /// random weights would only have to be unlearnt.
    /// </remarks>
    public void Initialize(Span<float> parameters, IRandomSource random)
    {
        Layout.RequireLength(parameters.Length);
        StatisticalGenerator generator = new(random);
        if (layers.Length == 1)
        {
            parameters.Clear();
            return;
        }
        for (int i = 0; i < layers.Length; i++) layers[i].Initialize(parameters.Slice(offsets[i], lengths[i]), ref generator);
    }

    /// <summary>The mean loss of a labelled batch, and its gradient.</summary>
    /// <param name="parameters">Length <see cref="ParameterCount"/>.</param>
    /// <param name="features">[batch, Input.Size], row major.</param>
    /// <param name="labels">Length batch, each in [0, <see cref="Outputs"/>).</param>
    /// <param name="gradient">Length <see cref="ParameterCount"/>; overwritten with the gradient of the mean loss.</param>
    /// <param name="random">For dropout; unused by networks without it.</param>
    /// <returns>The mean loss: cross-entropy in nats, or the mean squared error of the probabilities.</returns>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="FailureException">INVALID_LABEL: a label is outside the outputs.</exception>
    public double LossAndGradient(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, ReadOnlySpan<int> labels, Span<float> gradient, IRandomSource random)
    {
        Layout.RequireLength(gradient.Length);
        Span<float> outputs = Forward(parameters, features, labels.Length, random);
        double loss = LabelLoss(outputs, labels, gradients[^1].AsSpan(0, outputs.Length));
        Backward(parameters, features, labels.Length, gradient);
        return loss;
    }

    /// <summary>The mean squared error of a batch with numeric targets, and its gradient.</summary>
    /// <param name="parameters">Length <see cref="ParameterCount"/>.</param>
    /// <param name="features">[batch, Input.Size], row major.</param>
    /// <param name="targets">[batch, Outputs], row major.</param>
    /// <param name="gradient">Length <see cref="ParameterCount"/>; overwritten with the gradient of the mean loss.</param>
    /// <param name="random">For dropout; unused by networks without it.</param>
    /// <returns>The mean over batch and outputs of the squared error, in squared units of the targets.</returns>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="FailureException">INVALID_VALUE: the specification's loss is not mse.</exception>
    public double LossAndGradient(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, ReadOnlySpan<float> targets, Span<float> gradient, IRandomSource random)
    {
        if (Specification.Loss != "mse")
        {
            throw new FailureException(FailureCodes.InvalidValue,
                $"model.loss is '{Specification.Loss}'; numeric targets need mse; change the plan's model.");
        }
        if (targets.Length % Outputs != 0)
            throw new ArgumentException($"Got {targets.Length} targets; give a multiple of {Outputs}.", nameof(targets));

        Layout.RequireLength(gradient.Length);
        int batch = targets.Length / Outputs;
        Span<float> outputs = Forward(parameters, features, batch, random);
        double loss = Losses.SquaredError(outputs, targets, gradients[^1].AsSpan(0, outputs.Length));
        Backward(parameters, features, batch, gradient);
        return loss;
    }

    /// <summary>The outputs of a batch, nothing dropped.</summary>
    /// <param name="parameters">Length <see cref="ParameterCount"/>.</param>
    /// <param name="features">[batch, Input.Size], row major.</param>
    /// <param name="outputs">[batch, Outputs], overwritten; before the softmax, see <see cref="Softmax"/>.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Predict(ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, Span<float> outputs)
    {
        int batch = features.Length / Input.Size;
        if (outputs.Length != batch * Outputs)
            throw new ArgumentException($"Got room for {outputs.Length} outputs; {batch} examples have {batch * Outputs}.", nameof(outputs));
        Forward(parameters, features, batch, random: null).CopyTo(outputs);
    }

    /// <summary>The mean loss of outputs that <see cref="Predict"/> gave.</summary>
    internal double LabelLoss(ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels, Span<float> slopes)
    {
        foreach (int label in labels)
        {
            if ((uint)label >= (uint)Outputs)
            {
                throw new FailureException(FailureCodes.InvalidLabel,
                    $"label {label} is outside 0 to {Outputs - 1}; check the classes of the data set.");
            }
        }
        return Specification.Loss == "mse"
            ? Losses.SquaredErrorOfProbabilities(outputs, labels, slopes)
            : Losses.CrossEntropy(outputs, labels, slopes);
    }

    private Span<float> Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, int batch, IRandomSource? random)
    {
        Layout.RequireLength(parameters.Length);
        if (batch == 0 || features.Length != batch * Input.Size)
        {
            throw new ArgumentException(
                $"Got {features.Length} features; a batch of {batch} (1 or more) has {batch * Input.Size}.", nameof(features));
        }

        ReadOnlySpan<float> input = features;
        Span<float> output = default;
        for (int i = 0; i < layers.Length; i++)
        {
            int length = batch * layers[i].OutputSize;
            if (activations[i].Length < length) (activations[i], gradients[i]) = (new float[length], new float[length]);
            output = activations[i].AsSpan(0, length);
            layers[i].Forward(Pass(i, parameters, input, output, batch), random);
            input = output;
        }
        return output;
    }

    private void Backward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, int batch, Span<float> gradient)
    {
        for (int i = layers.Length - 1; i >= firstWithParameters; i--)
        {
            layers[i].Backward(PassAt(i, parameters, features, batch), new LayerGradients
            {
                Output = gradients[i].AsSpan(0, batch * layers[i].OutputSize),
                Input = i == firstWithParameters ? [] : gradients[i - 1].AsSpan(0, batch * layers[i].InputSize),
                Parameters = gradient.Slice(offsets[i], lengths[i]),
            });
        }
    }

    private LayerPass Pass(int layer, ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, int batch) => new()
    {
        Batch = batch,
        Parameters = parameters.Slice(offsets[layer], lengths[layer]),
        Input = input,
        Output = output,
    };
}
