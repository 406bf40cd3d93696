using Tacit.Learning.Kernels;

namespace Tacit.Learning.Models;

/// <summary>The gradients of the examples of one batch at one layer, where forming them is cheaper than going without.</summary>
/// <param name="length">Floats of one gradient.</param>
/// <remarks>
/// Mixed ghost clipping (Li et al. 2022; Bu et al. 2022): at T positions with p inputs and q outputs each, norms from the inner products
/// of positions take T² (p + q) multiplications and the gradients themselves T p q. Where the latter is less, p q is below T (p + q): the
/// gradients that are kept are no larger than the unrolled input and the output together.
/// </remarks>
internal sealed class KeptGradients(int length)
{
    private float[] values = [];

    /// <summary>Whether gradients are formed and kept.</summary>
    public static bool Pays(int positions, int inputs, int outputs) =>
        (long)inputs * outputs <= (long)positions * (inputs + outputs);

    /// <summary>Room for so many examples.</summary>
    public void Reserve(int examples)
    {
        if (values.Length < examples * length) values = new float[examples * length];
    }

    /// <summary>The gradient of one example.</summary>
    public Span<float> Of(int example) => values.AsSpan(example * length, length);

    /// <summary>Adds Σᵢ weightᵢ · gᵢ.</summary>
    public void AddWeighted(ReadOnlySpan<float> weights, Span<float> sum) => MatrixProduct.Multiply(
        new MatrixView(weights, 1, weights.Length),
        new MatrixView(values, weights.Length, length),
        new MatrixTarget(sum, 1, length),
        accumulate: true);
}
