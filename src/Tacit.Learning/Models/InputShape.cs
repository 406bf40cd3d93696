namespace Tacit.Learning.Models;

/// <summary>The shape of one example: channels × steps, stored channel by channel.</summary>
/// <param name="Channels">Signals measured at once; 1 for plain feature vectors.</param>
/// <param name="Steps">Samples in time, or the number of features.</param>
public readonly record struct InputShape(int Channels, int Steps)
{
    /// <summary>Floats per example.</summary>
    public int Size => Channels * Steps;

    /// <summary>A plain feature vector.</summary>
    /// <param name="features">Its length.</param>
    public static InputShape Vector(int features) => new(1, features);

    /// <inheritdoc/>
    public override string ToString() => $"{Channels}×{Steps}";
}
