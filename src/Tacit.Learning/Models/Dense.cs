using System.Collections.Immutable;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Models;

/// <summary>y = W x + b with W of shape [outputs, inputs].</summary>
/// <param name="name">Prefix of the tensors' names.</param>
/// <param name="inputs">Floats per example at the input.</param>
/// <param name="outputs">Floats per example at the output.</param>
/// <param name="rectified">A ReLU follows: start with He et al. 2015 instead of Glorot and Bengio 2010.</param>
/// <remarks>An example's gradient is δ xᵀ and δ, so its squared norm is ‖δ‖² (‖x‖² + 1) (Goodfellow 2015).</remarks>
internal sealed class Dense(string name, int inputs, int outputs, bool rectified) : IClippableLayer
{
    public int InputSize => inputs;

    public int OutputSize => outputs;

    public ImmutableArray<(string Name, ImmutableArray<int> Shape)> Parameters =>
        [($"{name}.weight", [outputs, inputs]), ($"{name}.bias", [outputs])];

    public void Initialize(Span<float> parameters, ref StatisticalGenerator random)
    {
        Span<float> weights = parameters[..(outputs * inputs)];
        if (rectified) StartingValues.He(weights, inputs, ref random);
        else StartingValues.Glorot(weights, inputs, outputs, ref random);
        parameters[weights.Length..].Clear();
    }

    public void Forward(LayerPass pass, IRandomSource? random)
    {
        ReadOnlySpan<float> bias = pass.Parameters[(outputs * inputs)..];
        for (int row = 0; row < pass.Batch; row++) bias.CopyTo(pass.Output[(row * outputs)..]);

        MatrixView x = new(pass.Input, pass.Batch, inputs);
        MatrixView weights = new(pass.Parameters, outputs, inputs);
        MatrixProduct.Multiply(x, weights.Transposed, new MatrixTarget(pass.Output, pass.Batch, outputs), accumulate: true);
    }

    public void Backward(LayerPass pass, LayerGradients gradients)
    {
        gradients.Parameters.Clear();
        AddProducts(pass, gradients.Output, gradients.Parameters);
        BackwardInput(pass, gradients);
    }

    public void BackwardPerExample(LayerPass pass, LayerGradients gradients, Span<double> squaredNorms)
    {
        for (int row = 0; row < pass.Batch; row++)
        {
            double slopes = Sums.OfSquares(gradients.Output.Slice(row * outputs, outputs));
            squaredNorms[row] += slopes * (Sums.OfSquares(pass.Input.Slice(row * inputs, inputs)) + 1);
        }
        BackwardInput(pass, gradients);
    }

    public void AddWeighted(LayerPass pass, Span<float> outputGradient, ReadOnlySpan<float> weights, Span<float> sum)
    {
        Sums.ScaleRows(outputGradient, weights);
        AddProducts(pass, outputGradient, sum);
    }

    private void AddProducts(LayerPass pass, ReadOnlySpan<float> outputGradient, Span<float> sum)
    {
        MatrixView x = new(pass.Input, pass.Batch, inputs);
        MatrixView delta = new(outputGradient, pass.Batch, outputs);
        MatrixProduct.Multiply(delta.Transposed, x, new MatrixTarget(sum, outputs, inputs), accumulate: true);
        Sums.AddRows(outputGradient, sum[(outputs * inputs)..]);
    }

    private void BackwardInput(LayerPass pass, LayerGradients gradients)
    {
        if (gradients.Input.IsEmpty) return;
        MatrixView delta = new(gradients.Output, pass.Batch, outputs);
        MatrixView weights = new(pass.Parameters, outputs, inputs);
        MatrixProduct.Multiply(delta, weights, new MatrixTarget(gradients.Input, pass.Batch, inputs));
    }
}
