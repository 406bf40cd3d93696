using System.Collections.Immutable;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Models;

/// <summary>Turns images stored colour by colour, [channels, height · width], into images stored pixel by pixel.</summary>
/// <param name="input">The shape of one example.</param>
internal sealed class PixelOrder(InputShape input) : ILayer
{
    public int InputSize => input.Size;

    public int OutputSize => input.Size;

    public ImmutableArray<(string Name, ImmutableArray<int> Shape)> Parameters => [];

    public void Initialize(Span<float> parameters, ref StatisticalGenerator random)
    {
    }

    public void Forward(LayerPass pass, IRandomSource? random) => Transpose(pass.Input, pass.Output, pass.Batch, input.Channels, input.Steps);

    public void Backward(LayerPass pass, LayerGradients gradients)
    {
        if (!gradients.Input.IsEmpty) Transpose(gradients.Output, gradients.Input, pass.Batch, input.Steps, input.Channels);
    }

    private static void Transpose(ReadOnlySpan<float> from, Span<float> to, int batch, int rows, int columns)
    {
        for (int first = 0; first < batch * rows * columns; first += rows * columns)
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++)
                    to[first + j * rows + i] = from[first + i * columns + j];
    }
}
