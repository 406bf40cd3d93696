namespace Tacit.Learning.Models;

/// <summary>What is known after the gradients of some examples were clipped and added up. Sensitive: it never leaves the participant.</summary>
/// <param name="Examples">Examples looked at.</param>
/// <param name="Clipped">Of them, how many had a gradient longer than the bound.</param>
/// <param name="NotFinite">Of them, how many had a gradient with NaN or infinity, which was left out.</param>
/// <param name="Loss">The sum of the losses of the others.</param>
public readonly record struct ClippedGradients(int Examples, int Clipped, int NotFinite, double Loss)
{
    /// <summary>Both together.</summary>
    /// <param name="left">Of some examples.</param>
    /// <param name="right">Of other examples.</param>
    public static ClippedGradients operator +(ClippedGradients left, ClippedGradients right) => Add(left, right);

    /// <inheritdoc cref="op_Addition"/>
    public static ClippedGradients Add(ClippedGradients left, ClippedGradients right) => new(
        left.Examples + right.Examples, left.Clipped + right.Clipped, left.NotFinite + right.NotFinite, left.Loss + right.Loss);
}
