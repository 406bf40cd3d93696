using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Models;

/// <summary>The hyperbolic tangent, whose bounded values suit clipped gradients (Papernot et al. 2021).</summary>
/// <param name="size">Floats per example.</param>
internal sealed class Tanh(int size) : ILayer
{
    // Beyond, the result is ±1 in single precision, and exp stays far from overflow.
    private const float Saturated = 10;

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
        Vector<float> largest = new(Saturated);
        unchecked
        {
            for (int i = 0; i < input.Length; i++)
            {
                // tanh x = (e²ˣ − 1) / (e²ˣ + 1); NaN stays NaN.
                Vector<float> x = Vector.ConditionalSelect(Vector.GreaterThan(input[i], largest), largest, input[i]);
                x = Vector.ConditionalSelect(Vector.LessThan(x, -largest), -largest, x);
                Vector<float> power = Vector.Exp(x + x);
                output[i] = (power - Vector<float>.One) / (power + Vector<float>.One);
            }
            for (int i = input.Length * Vector<float>.Count; i < pass.Input.Length; i++) pass.Output[i] = MathF.Tanh(pass.Input[i]);
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
            for (int i = 0; i < output.Length; i++) result[i] = given[i] * (Vector<float>.One - output[i] * output[i]);
            for (int i = output.Length * Vector<float>.Count; i < pass.Output.Length; i++)
                gradients.Input[i] = gradients.Output[i] * (1 - pass.Output[i] * pass.Output[i]);
        }
    }
}
