using System.Collections.Immutable;
using System.Numerics;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Models;

/// <summary>
/// The largest of each square of pixels, channel by channel, of images stored [height, width, channels]; a rest at the edge that fills no
/// square is dropped. The first of equals takes the gradient.
/// </summary>
/// <param name="input">The shape of one example.</param>
/// <param name="size">Height and width of a square.</param>
/// <param name="stride">Pixels from one square to the next.</param>
internal sealed class MaxPool2D(InputShape input, int size, int stride) : ILayer
{
    private readonly int channels = input.Channels;
    private readonly int height = (input.Height - size) / stride + 1;
    private readonly int width = (input.Width - size) / stride + 1;

    public int InputSize => input.Size;

    public int OutputSize => channels * height * width;

    /// <summary>The shape of one example at the output.</summary>
    public InputShape OutputShape => InputShape.Image(channels, height, width);

    public ImmutableArray<(string Name, ImmutableArray<int> Shape)> Parameters => [];

    public void Initialize(Span<float> parameters, ref StatisticalGenerator random)
    {
    }

    public void Forward(LayerPass pass, IRandomSource? random)
    {
        int to = 0;
        for (int example = 0; example < pass.Batch; example++)
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++, to += channels)
                    Largest(pass.Input, First(example, y, x), pass.Output.Slice(to, channels));
    }

    public void Backward(LayerPass pass, LayerGradients gradients)
    {
        if (gradients.Input.IsEmpty) return;
        gradients.Input.Clear();
        int at = 0;
        for (int example = 0; example < pass.Batch; example++)
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++, at += channels)
                    Distribute(pass, gradients, First(example, y, x), at);
    }

    private int First(int example, int y, int x) => example * input.Size + (y * stride * input.Width + x * stride) * channels;

    private int Tap(int tap) => (tap / size * input.Width + tap % size) * channels;

    private void Largest(ReadOnlySpan<float> values, int first, Span<float> target)
    {
        unchecked
        {
            values.Slice(first, channels).CopyTo(target);
            for (int tap = 1; tap < size * size; tap++)
            {
                ReadOnlySpan<float> source = values.Slice(first + Tap(tap), channels);
                int c = 0;
                for (; c + Vector<float>.Count <= target.Length; c += Vector<float>.Count)
                {
                    Vector<float> best = new(target[c..]), x = new(source[c..]);
                    Vector.ConditionalSelect(Vector.GreaterThan(x, best), x, best).CopyTo(target[c..]);
                }
                for (; c < target.Length; c++)
                    if (source[c] > target[c]) target[c] = source[c];
            }
        }
    }

    // Which one was the largest is found again, which is quicker than writing it down and reading it.
    private void Distribute(LayerPass pass, LayerGradients gradients, int first, int at)
    {
        unchecked
        {
            int c = 0;
            for (; c + Vector<float>.Count <= channels; c += Vector<float>.Count)
            {
                Vector<float> best = new(pass.Output[(at + c)..]), slope = new(gradients.Output[(at + c)..]);
                for (int tap = 0; tap < size * size; tap++)
                {
                    int from = first + Tap(tap) + c;
                    Vector<int> chosen = Vector.Equals(new Vector<float>(pass.Input[from..]), best);
                    Span<float> target = gradients.Input[from..];
                    (new Vector<float>(target) + Vector.ConditionalSelect(chosen, slope, Vector<float>.Zero)).CopyTo(target);
                    slope = Vector.ConditionalSelect(chosen, Vector<float>.Zero, slope);
                }
            }
            for (; c < channels; c++)
            {
                int tap = 0;
                while (tap < size * size - 1 && pass.Input[first + Tap(tap) + c] != pass.Output[at + c]) tap++;
                gradients.Input[first + Tap(tap) + c] += gradients.Output[at + c];
            }
        }
    }
}
