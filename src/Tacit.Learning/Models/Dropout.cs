using System.Collections.Immutable;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Models;

/// <summary>
/// Inverted dropout: in training each value is zeroed with probability <c>rate</c> and the rest grow by 1 / (1 − rate); in evaluation
/// nothing changes.
/// </summary>
/// <param name="size">Floats per example.</param>
/// <param name="rate">In [0, 1); rounded to a multiple of 2⁻¹⁶.</param>
/// <remarks>Srivastava et al. 2014.</remarks>
internal sealed class Dropout(int size, double rate) : ILayer
{
    private readonly uint threshold = (uint)Math.Round(rate * 65536);
    private float[] factors = [];

    public int InputSize => size;

    public int OutputSize => size;

    public ImmutableArray<(string Name, ImmutableArray<int> Shape)> Parameters => [];

    public void Initialize(Span<float> parameters, ref StatisticalGenerator random)
    {
    }

    public void Forward(LayerPass pass, IRandomSource? random)
    {
        if (random is null || threshold == 0)
        {
            pass.Input.CopyTo(pass.Output);
            return;
        }
        if (factors.Length < pass.Input.Length) factors = new float[pass.Input.Length];
        Draw(factors.AsSpan(0, pass.Input.Length), random);
        unchecked
        {
            for (int i = 0; i < pass.Input.Length; i++) pass.Output[i] = pass.Input[i] * factors[i];
        }
    }

    public void Backward(LayerPass pass, LayerGradients gradients)
    {
        if (gradients.Input.IsEmpty) return;
        if (threshold == 0)
        {
            gradients.Output.CopyTo(gradients.Input);
            return;
        }
        unchecked
        {
            for (int i = 0; i < gradients.Input.Length; i++) gradients.Input[i] = gradients.Output[i] * factors[i];
        }
    }

    private void Draw(Span<float> target, IRandomSource random)
    {
        StatisticalGenerator generator = new(random);
        float kept = (float)(1 / (1 - threshold / 65536.0));
        unchecked
        {
            ulong word = 0;
            for (int i = 0; i < target.Length; i++, word >>= 16)
            {
                if (i % 4 == 0) word = generator.Next();
                target[i] = (uint)(word & 0xffff) < threshold ? 0 : kept;
            }
        }
    }
}
