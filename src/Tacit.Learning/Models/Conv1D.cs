using System.Collections.Immutable;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Models;

/// <summary>
/// Correlation along time: [channels, steps] to [filters, steps − kernel + 1], no padding, stride 1, weights [filters, channels, kernel].
/// </summary>
/// <remarks>
/// Each example is unrolled to [channels · kernel, positions], whose rows are shifted copies of the channels, so that both directions are
/// products of small matrices that stay in the first-level cache.
/// </remarks>
internal sealed class Conv1D : ILayer
{
    private readonly string name;
    private readonly InputShape input;
    private readonly int filters;
    private readonly int kernel;
    private readonly int positions;
    private readonly int taps;
    private readonly float[] unrolled;
    private readonly float[] unrolledGradient;

    public Conv1D(string name, InputShape input, int filters, int kernel)
    {
        (this.name, this.input, this.filters, this.kernel) = (name, input, filters, kernel);
        positions = input.Steps - kernel + 1;
        taps = input.Channels * kernel;
        unrolled = new float[taps * positions];
        unrolledGradient = new float[taps * positions];
    }

    public int InputSize => input.Size;

    public int OutputSize => filters * positions;

    /// <summary>The shape of one example at the output.</summary>
    public InputShape OutputShape => new(filters, positions);

    public ImmutableArray<(string Name, ImmutableArray<int> Shape)> Parameters =>
        [($"{name}.weight", [filters, input.Channels, kernel]), ($"{name}.bias", [filters])];

    public void Initialize(Span<float> parameters, ref StatisticalGenerator random)
    {
        StartingValues.He(parameters[..(filters * taps)], taps, ref random);
        parameters[(filters * taps)..].Clear();
    }

    public void Forward(LayerPass pass, IRandomSource? random)
    {
        MatrixView weights = new(pass.Parameters, filters, taps);
        ReadOnlySpan<float> bias = pass.Parameters[(filters * taps)..];
        for (int row = 0; row < pass.Batch; row++)
        {
            Unroll(pass.Input.Slice(row * InputSize, InputSize));
            Span<float> output = pass.Output.Slice(row * OutputSize, OutputSize);
            for (int filter = 0; filter < filters; filter++) output.Slice(filter * positions, positions).Fill(bias[filter]);
            MatrixView columns = new(unrolled, taps, positions);
            MatrixProduct.Multiply(weights, columns, new MatrixTarget(output, filters, positions), accumulate: true);
        }
    }

    public void Backward(LayerPass pass, LayerGradients gradients)
    {
        gradients.Parameters.Clear();
        Span<float> bias = gradients.Parameters[(filters * taps)..];
        MatrixView weights = new(pass.Parameters, filters, taps);
        for (int row = 0; row < pass.Batch; row++)
        {
            ReadOnlySpan<float> slopes = gradients.Output.Slice(row * OutputSize, OutputSize);
            MatrixView delta = new(slopes, filters, positions);
            Unroll(pass.Input.Slice(row * InputSize, InputSize));
            MatrixView columns = new(unrolled, taps, positions);
            MatrixProduct.Multiply(delta, columns.Transposed, new MatrixTarget(gradients.Parameters, filters, taps), accumulate: true);
            for (int filter = 0; filter < filters; filter++)
            {
                float sum = 0;
                foreach (float slope in slopes.Slice(filter * positions, positions)) sum += slope;
                bias[filter] += sum;
            }

            if (gradients.Input.IsEmpty) continue;
            MatrixProduct.Multiply(weights.Transposed, delta, new MatrixTarget(unrolledGradient, taps, positions));
            Gather(gradients.Input.Slice(row * InputSize, InputSize));
        }
    }

    private void Unroll(ReadOnlySpan<float> example)
    {
        for (int channel = 0, to = 0; channel < input.Channels; channel++)
            for (int tap = 0; tap < kernel; tap++, to += positions)
                example.Slice(channel * input.Steps + tap, positions).CopyTo(unrolled.AsSpan(to));
    }

    private void Gather(Span<float> exampleGradient)
    {
        exampleGradient.Clear();
        unchecked
        {
            for (int channel = 0, from = 0; channel < input.Channels; channel++)
            {
                for (int tap = 0; tap < kernel; tap++, from += positions)
                {
                    Span<float> target = exampleGradient.Slice(channel * input.Steps + tap, positions);
                    ReadOnlySpan<float> source = unrolledGradient.AsSpan(from, positions);
                    for (int i = 0; i < target.Length; i++) target[i] += source[i];
                }
            }
        }
    }
}
