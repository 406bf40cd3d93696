namespace Tacit.Learning.Models;

/// <summary>The layers of each kind of network, in order.</summary>
internal static class NetworkLayers
{
    /// <summary>The layers of a valid specification.</summary>
    public static ILayer[] Of(ModelSpecification specification, InputShape input, int outputs)
    {
        List<ILayer> layers = [];
        bool rectified = specification.Activation == "relu";
        int width = specification.Kind switch
        {
            "conv1d" => AddConv1D(layers, specification, input),
            "conv2d" or "mnist" => AddConv2D(layers, specification, input),
            _ => input.Size,
        };
        foreach (int hidden in specification.Hidden)
        {
            layers.AddRange([new Dense($"dense{layers.OfType<Dense>().Count() + 1}", width, hidden, rectified), Activation(specification, hidden)]);
            width = hidden;
        }
        layers.Add(new Dense("output", width, outputs, rectified: false));
        return [.. layers];
    }

    private static int AddConv1D(List<ILayer> layers, ModelSpecification specification, InputShape input)
    {
        Conv1D convolution = new("conv1d", input, specification.Filters, specification.Kernel);
        MaxPool1D pooling = new(convolution.OutputShape, specification.Pool);
        int size = convolution.OutputSize;
        layers.AddRange([convolution, Activation(specification, size), new Dropout(size, specification.Dropout), pooling]);
        return pooling.OutputSize;
    }

    private static int AddConv2D(List<ILayer> layers, ModelSpecification specification, InputShape input)
    {
        InputShape shape = specification.ImageShape(input);
        if (shape.Channels > 1) layers.Add(new PixelOrder(shape));
        foreach ((int i, ConvolutionBlock block) in specification.Blocks.Index())
        {
            Conv2D convolution = new($"conv{i + 1}", shape, block, specification.Activation == "relu");
            layers.AddRange([convolution, Activation(specification, convolution.OutputSize)]);
            shape = convolution.OutputShape;
            if (block.Pool == 1 && block.PoolStep == 1) continue;
            MaxPool2D pooling = new(shape, block.Pool, block.PoolStep);
            layers.Add(pooling);
            shape = pooling.OutputShape;
        }
        return shape.Size;
    }

    private static ILayer Activation(ModelSpecification specification, int size) =>
        specification.Activation == "tanh" ? new Tanh(size) : new ReLU(size);
}
