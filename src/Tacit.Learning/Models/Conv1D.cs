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
internal sealed class Conv1D : IClippableLayer
{
    private readonly string name;
    private readonly InputShape input;
    private readonly int filters;
    private readonly int kernel;
    private readonly int positions;
    private readonly int taps;
    private readonly float[] unrolled;
    private readonly float[] unrolledGradient;
    private readonly KeptGradients? kept;
    private readonly GhostNorm? ghost;

    public Conv1D(string name, InputShape input, int filters, int kernel)
    {
        (this.name, this.input, this.filters, this.kernel) = (name, input, filters, kernel);
        positions = input.Steps - kernel + 1;
        taps = input.Channels * kernel;
        unrolled = new float[taps * positions];
        unrolledGradient = new float[taps * positions];
        if (KeptGradients.Pays(positions, taps, filters)) kept = new KeptGradients(filters * (taps + 1));
        else ghost = new GhostNorm(positions, taps, filters);
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
        for (int row = 0; row < pass.Batch; row++)
        {
            ReadOnlySpan<float> slopes = gradients.Output.Slice(row * OutputSize, OutputSize);
            Unroll(pass.Input.Slice(row * InputSize, InputSize));
            AddProducts(slopes, gradients.Parameters);
            BackwardInput(pass, gradients, row);
        }
    }

    public void BackwardPerExample(LayerPass pass, LayerGradients gradients, Span<double> squaredNorms)
    {
        kept?.Reserve(pass.Batch);
        for (int row = 0; row < pass.Batch; row++)
        {
            ReadOnlySpan<float> slopes = gradients.Output.Slice(row * OutputSize, OutputSize);
            Unroll(pass.Input.Slice(row * InputSize, InputSize));
            if (kept is not null)
            {
                kept.Of(row).Clear();
                AddProducts(slopes, kept.Of(row));
                squaredNorms[row] += Sums.OfSquares(kept.Of(row));
            }
            else
            {
                squaredNorms[row] += ghost!.Squared(new MatrixView(unrolled, taps, positions).Transposed, new MatrixView(slopes, filters, positions).Transposed);
            }
            BackwardInput(pass, gradients, row);
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
        for (int row = 0; row < pass.Batch; row++)
        {
            Unroll(pass.Input.Slice(row * InputSize, InputSize));
            AddProducts(outputGradient.Slice(row * OutputSize, OutputSize), sum);
        }
    }

    private void AddProducts(ReadOnlySpan<float> slopes, Span<float> sum)
    {
        MatrixView columns = new(unrolled, taps, positions);
        MatrixProduct.Multiply(new MatrixView(slopes, filters, positions), columns.Transposed, new MatrixTarget(sum, filters, taps), accumulate: true);
        Span<float> bias = sum[(filters * taps)..];
        for (int filter = 0; filter < filters; filter++)
        {
            float total = 0;
            foreach (float slope in slopes.Slice(filter * positions, positions)) total += slope;
            bias[filter] += total;
        }
    }

    private void BackwardInput(LayerPass pass, LayerGradients gradients, int row)
    {
        if (gradients.Input.IsEmpty) return;
        MatrixView weights = new(pass.Parameters, filters, taps);
        MatrixView delta = new(gradients.Output.Slice(row * OutputSize, OutputSize), filters, positions);
        MatrixProduct.Multiply(weights.Transposed, delta, new MatrixTarget(unrolledGradient, taps, positions));
        Gather(gradients.Input.Slice(row * InputSize, InputSize));
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
