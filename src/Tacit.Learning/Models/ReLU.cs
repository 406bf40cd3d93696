using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Models;

/// <summary>max(x, 0), with slope 0 at 0.</summary>
/// <param name="size">Floats per example.</param>
internal sealed class ReLU(int size) : ILayer
{
    public int InputSize => size;

    public int OutputSize => size;

    public ImmutableArray<(string Name, ImmutableArray<int> Shape)> Parameters => [];

    public void Initialize(Span<float> parameters, ref StatisticalGenerator random)
    {
    }

    public void Forward(LayerPass pass, IRandomSource? random)
    {
        ReadOnlySpan<Vector<float>> input = MemoryMarshal.Cast<float, Vector<float>>(pass.Input);
        Span<Vector<float>> output = MemoryMarshal.Cast<float, Vector<float>>(pass.Output)[..input.Length];
        unchecked
        {
            // x > 0 ? x : 0 would turn NaN into 0 and hide a model that has diverged.
            for (int i = 0; i < input.Length; i++)
                output[i] = Vector.ConditionalSelect(Vector.LessThan(input[i], Vector<float>.Zero), Vector<float>.Zero, input[i]);
            for (int i = input.Length * Vector<float>.Count; i < pass.Input.Length; i++)
                pass.Output[i] = pass.Input[i] < 0 ? 0 : pass.Input[i];
        }
    }

    public void Backward(LayerPass pass, LayerGradients gradients)
    {
        if (gradients.Input.IsEmpty) return;
        ReadOnlySpan<Vector<float>> output = MemoryMarshal.Cast<float, Vector<float>>(pass.Output);
        ReadOnlySpan<Vector<float>> given = MemoryMarshal.Cast<float, Vector<float>>(gradients.Output)[..output.Length];
        Span<Vector<float>> result = MemoryMarshal.Cast<float, Vector<float>>(gradients.Input)[..output.Length];
        unchecked
        {
            for (int i = 0; i < output.Length; i++)
                result[i] = Vector.ConditionalSelect(Vector.GreaterThan(output[i], Vector<float>.Zero), given[i], Vector<float>.Zero);
            for (int i = output.Length * Vector<float>.Count; i < pass.Output.Length; i++)
                gradients.Input[i] = pass.Output[i] > 0 ? gradients.Output[i] : 0;
        }
    }
}
