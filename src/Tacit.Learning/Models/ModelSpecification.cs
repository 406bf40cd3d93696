using System.Collections.Immutable;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Models;

/// <summary>Which network to build, as a plan says it. The parameters are not part of it.</summary>
public sealed record ModelSpecification
{
    private const int MostWidth = 1 << 16;

    /// <summary>The kinds of network.</summary>
    public static ImmutableArray<string> Kinds { get; } = ["linear", "mlp", "conv1d", "conv2d", "mnist"];

    /// <summary>The losses.</summary>
    public static ImmutableArray<string> LossNames { get; } = ["cross-entropy", "mse"];

    /// <summary>The functions between layers.</summary>
    public static ImmutableArray<string> ActivationNames { get; } = ["relu", "tanh"];

    /// <summary>
    /// <c>linear</c>: one dense layer; <c>mlp</c>: dense layers with activations; <c>conv1d</c>: Conv1D, activation, dropout, max-pooling,
    /// then as <c>mlp</c>; <c>conv2d</c>: blocks of Conv2D, activation and max-pooling, then as <c>mlp</c>; <c>mnist</c>: the conv2d of
    /// <see cref="MnistBlocks"/> with 32 hidden units.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>Widths of the hidden dense layers, from input to output.</summary>
    /// <value>[20] for conv1d, [64] for mlp, [32] for conv2d and mnist, empty for linear. More is more capacity, and more coordinates to protect and to noise.</value>
    public ImmutableArray<int> Hidden
    {
        get => field.IsDefault ? DefaultHidden(Kind) : field;
        init;
    }

    /// <summary>Filters of the convolution; used by conv1d.</summary>
    /// <value>8, at least 1.</value>
    public int Filters { get; init; } = 8;

    /// <summary>Samples under one filter; used by conv1d.</summary>
    /// <value>3, from 1 to the steps of the input.</value>
    public int Kernel { get; init; } = 3;

    /// <summary>Width and stride of the max-pooling; used by conv1d.</summary>
    /// <value>3, from 1 (none) to the steps after the convolution.</value>
    public int Pool { get; init; } = 3;

    /// <summary>Probability of dropping a value after the convolution, in training; used by conv1d.</summary>
    /// <value>0.5, in [0, 1). Higher resists overfitting and needs more rounds.</value>
    public double Dropout { get; init; } = 0.5;

    /// <summary>The stages of conv2d, from input to output.</summary>
    /// <value>Those of <see cref="MnistBlocks"/> for mnist; required for conv2d.</value>
    public ImmutableArray<ConvolutionBlock> Blocks
    {
        get => field.IsDefault ? Kind == "mnist" ? MnistBlocks : [] : field;
        init;
    }

    /// <summary>Channels, height and width of the images of conv2d, where the data does not say it.</summary>
    /// <value>Empty: the shape of the data.</value>
    public ImmutableArray<int> Image
    {
        get => field.IsDefault ? [] : field;
        init;
    }

    /// <summary><c>relu</c> or <c>tanh</c>, which keeps gradients smaller when they are clipped (Papernot et al. 2021).</summary>
    /// <value>relu.</value>
    public string Activation { get; init; } = "relu";

    /// <summary>
    /// Two convolutions, 26,010 parameters with 32 hidden units: the usual small network for handwritten digits in private learning.
    /// </summary>
    public static ImmutableArray<ConvolutionBlock> MnistBlocks { get; } =
    [
        new ConvolutionBlock { Filters = 16, Kernel = 8, Stride = 2, Padding = 3, Pool = 2, PoolStride = 1 },
        new ConvolutionBlock { Filters = 32, Kernel = 4, Stride = 2, Pool = 2, PoolStride = 1 },
    ];

    /// <summary>
    /// <c>cross-entropy</c>, or <c>mse</c>: squared error of the softmax probabilities for labels, of the outputs for numeric targets.
    /// </summary>
    /// <value>cross-entropy.</value>
    public string Loss { get; init; } = "cross-entropy";

    /// <summary>Refuses what cannot be built for an input.</summary>
    /// <param name="input">The shape of one example.</param>
    /// <param name="outputs">Classes, or numbers to predict.</param>
    /// <exception cref="FailureException">INVALID_VALUE: names the field, its value and what is allowed.</exception>
    public void Validate(InputShape input, int outputs)
    {
        Require(Kinds.Contains(Kind), "model.kind", Kind, string.Join(", ", Kinds));
        Require(ActivationNames.Contains(Activation), "model.activation", Activation, string.Join(", ", ActivationNames));
        Require(LossNames.Contains(Loss), "model.loss", Loss, string.Join(", ", LossNames));
        Require(input.Channels > 0 && input.Steps > 0, "model input", input, "at least 1×1");
        Require(outputs > 0, "model outputs", outputs, "1 or more");
        Require(Hidden.All(width => width > 0), "model.hidden", string.Join(",", Hidden), "widths of 1 or more");
        Require(Hidden.All(width => width <= MostWidth), "model.hidden", string.Join(",", Hidden), $"widths of at most {MostWidth}");
        Require(Kind != "linear" || Hidden.IsEmpty, "model.hidden", string.Join(",", Hidden), "nothing for kind linear (use mlp)");
        if (Kind == "conv1d") ValidateConv1D(input);
        if (Kind is "conv2d" or "mnist") ValidateConv2D(input);
    }

    /// <summary>The shape of the images, from the specification or else the data.</summary>
    internal InputShape ImageShape(InputShape input) => Image.Length == 3 ? InputShape.Image(Image[0], Image[1], Image[2]) : input;

    private void ValidateConv1D(InputShape input)
    {
        Require(Filters > 0, "model.filters", Filters, "1 or more");
        Require(Kernel > 0 && Kernel <= input.Steps, "model.kernel", Kernel, $"1 to {input.Steps}, the steps of the input");
        int positions = input.Steps - Kernel + 1;
        Require(Pool > 0 && Pool <= positions, "model.pool", Pool, $"1 to {positions}, the steps after the convolution");
        Require(Dropout >= 0 && Dropout < 1, "model.dropout", Dropout, "0 up to but not including 1");
    }

    private void ValidateConv2D(InputShape input)
    {
        Require(Image.Length is 0 or 3 && Image.All(size => size > 0), "model.image", string.Join(",", Image), "[channels, height, width], each 1 or more");
        InputShape shape = ImageShape(input);
        Require(shape.Width > 0, "model.kind", Kind, "this kind for images alone; give model.image: [channels, height, width] to read rows as images");
        Require(shape.Size == input.Size, "model.image", string.Join(",", Image), $"sizes whose product is {input.Size}, the values of one example");
        Require(Blocks.Length > 0, "model.blocks", "", "one block or more");
        foreach ((int i, ConvolutionBlock block) in Blocks.Index())
        {
            string name = $"model.blocks[{i}]";
            Require(block.Filters > 0, $"{name}.filters", block.Filters, "1 or more");
            Require(block.Kernel > 0, $"{name}.kernel", block.Kernel, "1 or more");
            Require(block.Stride > 0, $"{name}.stride", block.Stride, "1 or more");
            Require(block.Padding >= 0 && block.Padding < block.Kernel, $"{name}.padding", block.Padding, $"0 to {block.Kernel - 1}");
            Require(block.Pool > 0, $"{name}.pool", block.Pool, "1 or more");
            Require(block.PoolStride >= 0, $"{name}.pool-stride", block.PoolStride, "0 or more");
            Require(block.Output(shape) is not null, $"{name}.kernel", block.Kernel, $"windows that fit into {shape}, with padding, before and after the convolution");
            shape = block.Output(shape)!.Value;
        }
    }

    private static ImmutableArray<int> DefaultHidden(string kind) => kind switch
    {
        "conv1d" => [20],
        "conv2d" or "mnist" => [32],
        "mlp" => [64],
        _ => [],
    };

    private static void Require(bool fulfilled, string field, object value, string allowed)
    {
        if (!fulfilled)
        {
            throw new FailureException(FailureCodes.InvalidValue,
                FormattableString.Invariant($"{field} is '{value}'; allowed: {allowed}; change the plan's model."));
        }
    }
}
