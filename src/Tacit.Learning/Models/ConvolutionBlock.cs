namespace Tacit.Learning.Models;

/// <summary>One stage of a network for images: Conv2D, the activation, and max-pooling.</summary>
public sealed record ConvolutionBlock
{
    /// <summary>Filters of the convolution, the channels of its output.</summary>
    /// <value>At least 1.</value>
    public required int Filters { get; init; }

    /// <summary>Height and width of a filter.</summary>
    /// <value>3, at least 1.</value>
    public int Kernel { get; init; } = 3;

    /// <summary>Pixels from one position of a filter to the next.</summary>
    /// <value>1, at least 1.</value>
    public int Stride { get; init; } = 1;

    /// <summary>Zeros put on each side of the image.</summary>
    /// <value>0, not negative, below <see cref="Kernel"/>.</value>
    public int Padding { get; init; }

    /// <summary>Height and width of the max-pooling; 1 for none.</summary>
    /// <value>1.</value>
    public int Pool { get; init; } = 1;

    /// <summary>Pixels from one pooling window to the next; 0 means <see cref="Pool"/>.</summary>
    /// <value>0.</value>
    public int PoolStride { get; init; }

    /// <summary>Pixels from one pooling window to the next.</summary>
    internal int PoolStep => PoolStride == 0 ? Pool : PoolStride;

    /// <summary>The shape behind the block, or null when a window does not fit.</summary>
    /// <param name="input">Channels, height and width.</param>
    internal InputShape? Output(InputShape input)
    {
        int height = Windows(Windows(input.Height + 2 * Padding, Kernel, Stride), Pool, PoolStep);
        int width = Windows(Windows(input.Width + 2 * Padding, Kernel, Stride), Pool, PoolStep);
        return height > 0 && width > 0 ? InputShape.Image(Filters, height, width) : null;
    }

    private static int Windows(int size, int window, int step) => size < window ? 0 : (size - window) / step + 1;
}
