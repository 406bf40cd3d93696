using System.Numerics;

namespace Tacit.Learning.Models;

/// <summary>The square windows of an image stored pixel by pixel, [height, width, channels], and the way there and back.</summary>
internal sealed class ImageWindows
{
    private readonly int stride;
    private readonly int padding;
    private readonly int paddedRow;
    private readonly float[] padded;

    /// <param name="input">Channels, height and width.</param>
    /// <param name="kernel">Height and width of a window; at most those of the padded image.</param>
    /// <param name="stride">Pixels from one window to the next.</param>
    /// <param name="padding">Zeros on each side.</param>
    public ImageWindows(InputShape input, int kernel, int stride, int padding)
    {
        (Input, Kernel, this.stride, this.padding) = (input, kernel, stride, padding);
        OutputHeight = (input.Height + 2 * padding - kernel) / stride + 1;
        OutputWidth = (input.Width + 2 * padding - kernel) / stride + 1;
        paddedRow = (input.Width + 2 * padding) * input.Channels;
        padded = new float[(input.Height + 2 * padding) * paddedRow];
    }

    public InputShape Input { get; }

    public int Kernel { get; }

    public int OutputHeight { get; }

    public int OutputWidth { get; }

    public int Positions => OutputHeight * OutputWidth;

    /// <summary>Floats of one window.</summary>
    public int Taps => Kernel * Kernel * Input.Channels;

    /// <summary>Overwrites [positions, taps] with the windows of one example.</summary>
    public void Unroll(ReadOnlySpan<float> example, Span<float> columns)
    {
        int row = Input.Width * Input.Channels;
        for (int y = 0; y < Input.Height; y++) example.Slice(y * row, row).CopyTo(padded.AsSpan(Inside(y)));

        int run = Kernel * Input.Channels, to = 0;
        for (int y = 0; y < OutputHeight; y++)
        {
            for (int x = 0; x < OutputWidth; x++)
            {
                int from = y * stride * paddedRow + x * stride * Input.Channels;
                for (int tap = 0; tap < Kernel; tap++, to += run, from += paddedRow) Copy(padded.AsSpan(from, run), columns.Slice(to, run));
            }
        }
    }

    /// <summary>Overwrites the gradient of one example with the sum over the windows that every pixel lies in.</summary>
    public void Gather(ReadOnlySpan<float> columns, Span<float> exampleGradient)
    {
        padded.AsSpan().Clear();
        int run = Kernel * Input.Channels, from = 0;
        for (int y = 0; y < OutputHeight; y++)
        {
            for (int x = 0; x < OutputWidth; x++)
            {
                int to = y * stride * paddedRow + x * stride * Input.Channels;
                for (int tap = 0; tap < Kernel; tap++, from += run, to += paddedRow) Add(columns.Slice(from, run), padded.AsSpan(to, run));
            }
        }

        int row = Input.Width * Input.Channels;
        for (int y = 0; y < Input.Height; y++) padded.AsSpan(Inside(y), row).CopyTo(exampleGradient[(y * row)..]);
        if (padding > 0) padded.AsSpan().Clear();   // the next image relies on zeros around it
    }

    private int Inside(int y) => (y + padding) * paddedRow + padding * Input.Channels;

    private static void Copy(ReadOnlySpan<float> source, Span<float> target)
    {
        unchecked
        {
            int i = 0;
            for (; i + Vector<float>.Count <= target.Length; i += Vector<float>.Count) new Vector<float>(source[i..]).CopyTo(target[i..]);
            for (; i < target.Length; i++) target[i] = source[i];
        }
    }

    private static void Add(ReadOnlySpan<float> source, Span<float> target)
    {
        unchecked
        {
            int i = 0;
            for (; i + Vector<float>.Count <= target.Length; i += Vector<float>.Count)
                (new Vector<float>(target[i..]) + new Vector<float>(source[i..])).CopyTo(target[i..]);
            for (; i < target.Length; i++) target[i] += source[i];
        }
    }
}
