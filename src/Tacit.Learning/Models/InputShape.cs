namespace Tacit.Learning.Models;

/// <summary>The shape of one example: channels × steps, stored channel by channel.</summary>
/// <param name="Channels">Signals measured at once, or colours of an image; 1 for plain feature vectors.</param>
/// <param name="Steps">Samples in time, the number of features, or the pixels of one colour.</param>
public readonly record struct InputShape(int Channels, int Steps)
{
    /// <summary>Pixels of one row of an image, which divide <see cref="Steps"/>; 0 for anything else.</summary>
    public int Width { get; private init; }

    /// <summary>Rows of an image; 1 for anything else.</summary>
    public int Height => Width == 0 ? 1 : Steps / Width;

    /// <summary>Floats per example.</summary>
    public int Size => Channels * Steps;

    /// <summary>A plain feature vector.</summary>
    /// <param name="features">Its length.</param>
    public static InputShape Vector(int features) => new(1, features);

    /// <summary>An image, stored colour by colour and row by row.</summary>
    /// <param name="channels">Colours; 1 for grey.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Pixels of a row; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public static InputShape Image(int channels, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        return new InputShape(channels, height * width) { Width = width };
    }

    /// <inheritdoc/>
    public override string ToString() => Width == 0 ? $"{Channels}×{Steps}" : $"{Channels}×{Height}×{Width}";
}
