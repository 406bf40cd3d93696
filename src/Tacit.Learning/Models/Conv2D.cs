using System.Collections.Immutable;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Models;

/// <summary>
/// Correlation over images stored pixel by pixel, [height, width, channels], to [height', width', filters]; weights
/// [filters, kernel, kernel, channels].
/// </summary>
/// <remarks>
/// A few examples at a time are unrolled to [positions, kernel · kernel · channels], which stays in the second-level cache, so that every
/// direction is one product of matrices.
/// </remarks>
internal sealed class Conv2D : IClippableLayer
{
    private const int UnrolledFloats = 1 << 16;

    private readonly string name;
    private readonly ImageWindows windows;
    private readonly int filters;
    private readonly int positions;
    private readonly int taps;
    private readonly int chunk;
    private readonly bool rectified;
    private readonly float[] unrolled;
    private readonly KeptGradients? kept;
    private readonly GhostNorm? ghost;
    private float[] unrolledGradient = [];

    /// <param name="name">Prefix of the tensors' names.</param>
    /// <param name="input">Channels, height and width of one example.</param>
    /// <param name="block">Filters, kernel, stride and padding; they fit the input.</param>
    /// <param name="rectified">A ReLU follows: start with He et al. 2015 instead of Glorot and Bengio 2010.</param>
    public Conv2D(string name, InputShape input, ConvolutionBlock block, bool rectified)
    {
        (this.name, filters, this.rectified) = (name, block.Filters, rectified);
        windows = new ImageWindows(input, block.Kernel, block.Stride, block.Padding);
        (positions, taps) = (windows.Positions, windows.Taps);
        chunk = Math.Max(1, UnrolledFloats / (positions * taps));
        unrolled = new float[chunk * positions * taps];
        if (KeptGradients.Pays(positions, taps, filters)) kept = new KeptGradients(filters * (taps + 1));
        else ghost = new GhostNorm(positions, taps, filters);
        OutputShape = InputShape.Image(filters, windows.OutputHeight, windows.OutputWidth);
    }

    public int InputSize => windows.Input.Size;

    public int OutputSize => OutputShape.Size;

    /// <summary>The shape of one example at the output.</summary>
    public InputShape OutputShape { get; }

    public ImmutableArray<(string Name, ImmutableArray<int> Shape)> Parameters =>
        [($"{name}.weight", [filters, windows.Kernel, windows.Kernel, windows.Input.Channels]), ($"{name}.bias", [filters])];

    public void Initialize(Span<float> parameters, ref StatisticalGenerator random)
    {
        Span<float> weights = parameters[..(filters * taps)];
        if (rectified) StartingValues.He(weights, taps, ref random);
        else StartingValues.Glorot(weights, taps, filters * windows.Kernel * windows.Kernel, ref random);
        parameters[(filters * taps)..].Clear();
    }

    public void Forward(LayerPass pass, IRandomSource? random)
    {
        MatrixView weights = new(pass.Parameters, filters, taps);
        ReadOnlySpan<float> bias = pass.Parameters[(filters * taps)..];
        for (int first = 0; first < pass.Batch; first += chunk)
        {
            int count = Math.Min(chunk, pass.Batch - first), rows = count * positions;
            Unroll(pass.Input, first, count);
            Span<float> output = pass.Output.Slice(first * OutputSize, count * OutputSize);
            for (int row = 0; row < rows; row++) bias.CopyTo(output[(row * filters)..]);
            MatrixProduct.Multiply(new MatrixView(unrolled, rows, taps), weights.Transposed, new MatrixTarget(output, rows, filters), accumulate: true);
        }
    }

    public void Backward(LayerPass pass, LayerGradients gradients)
    {
        gradients.Parameters.Clear();
        for (int first = 0; first < pass.Batch; first += chunk)
        {
            int count = Math.Min(chunk, pass.Batch - first);
            Unroll(pass.Input, first, count);
            AddProducts(gradients.Output.Slice(first * OutputSize, count * OutputSize), count * positions, unrolled, gradients.Parameters);
            BackwardInput(pass, gradients, first, count);
        }
    }

    public void BackwardPerExample(LayerPass pass, LayerGradients gradients, Span<double> squaredNorms)
    {
        kept?.Reserve(pass.Batch);
        for (int first = 0; first < pass.Batch; first += chunk)
        {
            int count = Math.Min(chunk, pass.Batch - first);
            Unroll(pass.Input, first, count);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<float> delta = gradients.Output.Slice((first + i) * OutputSize, OutputSize);
                ReadOnlySpan<float> columns = unrolled.AsSpan(i * positions * taps, positions * taps);
                squaredNorms[first + i] += ghost is null ? Keep(delta, columns, first + i) : ghost.Squared(columns, delta);
            }
            BackwardInput(pass, gradients, first, count);
        }
    }

    public void AddWeighted(LayerPass pass, Span<float> outputGradient, ReadOnlySpan<float> weights, Span<float> sum)
    {
        if (kept is not null)
        {
            kept.AddWeighted(weights, sum);
            return;
        }
        Sums.ScaleRows(outputGradient, weights);
        for (int first = 0; first < pass.Batch; first += chunk)
        {
            int count = Math.Min(chunk, pass.Batch - first);
            Unroll(pass.Input, first, count);
            AddProducts(outputGradient.Slice(first * OutputSize, count * OutputSize), count * positions, unrolled, sum);
        }
    }

    private double Keep(ReadOnlySpan<float> delta, ReadOnlySpan<float> columns, int example)
    {
        Span<float> gradient = kept!.Of(example);
        gradient.Clear();
        AddProducts(delta, positions, columns, gradient);
        return Sums.OfSquares(gradient);
    }

    private void AddProducts(ReadOnlySpan<float> delta, int rows, ReadOnlySpan<float> columns, Span<float> sum)
    {
        MatrixView slopes = new(delta, rows, filters);
        MatrixProduct.Multiply(slopes.Transposed, new MatrixView(columns, rows, taps), new MatrixTarget(sum, filters, taps), accumulate: true);
        Sums.AddRows(delta, sum[(filters * taps)..]);
    }

    private void BackwardInput(LayerPass pass, LayerGradients gradients, int first, int count)
    {
        if (gradients.Input.IsEmpty) return;
        if (unrolledGradient.Length == 0) unrolledGradient = new float[unrolled.Length];
        int rows = count * positions;
        MatrixView delta = new(gradients.Output.Slice(first * OutputSize, count * OutputSize), rows, filters);
        MatrixView weights = new(pass.Parameters, filters, taps);
        MatrixProduct.Multiply(delta, weights, new MatrixTarget(unrolledGradient, rows, taps));
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> source = unrolledGradient.AsSpan(i * positions * taps, positions * taps);
            windows.Gather(source, gradients.Input.Slice((first + i) * InputSize, InputSize));
        }
    }

    private void Unroll(ReadOnlySpan<float> input, int first, int count)
    {
        for (int i = 0; i < count; i++)
            windows.Unroll(input.Slice((first + i) * InputSize, InputSize), unrolled.AsSpan(i * positions * taps, positions * taps));
    }
}
