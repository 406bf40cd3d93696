using System.Collections.Immutable;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Models;

/// <summary>
/// The largest of each <c>pool</c> neighbours in time; a shorter rest at the end is dropped. The first of equals takes the gradient.
/// </summary>
/// <param name="input">The shape of one example.</param>
/// <param name="pool">Width and stride of the window.</param>
internal sealed class MaxPool1D(InputShape input, int pool) : ILayer
{
    private int[] chosen = [];

    public int InputSize => input.Size;

    public int OutputSize => OutputShape.Size;

    /// <summary>The shape of one example at the output.</summary>
    public InputShape OutputShape => new(input.Channels, input.Steps / pool);

    public ImmutableArray<(string Name, ImmutableArray<int> Shape)> Parameters => [];

    public void Initialize(Span<float> parameters, ref StatisticalGenerator random)
    {
    }

    public void Forward(LayerPass pass, IRandomSource? random)
    {
        if (chosen.Length < pass.Batch * OutputSize) chosen = new int[pass.Batch * OutputSize];
        int windows = OutputShape.Steps;
        unchecked
        {
            for (int signal = 0, to = 0; signal < pass.Batch * input.Channels; signal++)
            {
                for (int window = 0; window < windows; window++, to++)
                {
                    int first = signal * input.Steps + window * pool;
                    int best = first;
                    for (int i = first + 1; i < first + pool; i++)
                        if (pass.Input[i] > pass.Input[best]) best = i;
                    chosen[to] = best;
                    pass.Output[to] = pass.Input[best];
                }
            }
        }
    }

    public void Backward(LayerPass pass, LayerGradients gradients)
    {
        if (gradients.Input.IsEmpty) return;
        gradients.Input.Clear();
        unchecked
        {
            for (int i = 0; i < pass.Batch * OutputSize; i++) gradients.Input[chosen[i]] += gradients.Output[i];
        }
    }
}
