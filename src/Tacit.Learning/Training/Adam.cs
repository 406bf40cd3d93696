using System.Numerics;
using System.Runtime.InteropServices;

namespace Tacit.Learning.Training;

/// <summary>Adam with bias correction.</summary>
/// <param name="learningRate">α; positive.</param>
/// <param name="beta1">Decay of the mean of the gradients, in [0, 1).</param>
/// <param name="beta2">Decay of the mean of their squares, in [0, 1).</param>
/// <param name="epsilon">ε̂, added to the root; positive.</param>
/// <remarks>Kingma and Ba 2015, Algorithm 1, in its given order of operations. State: 2 d floats.</remarks>
public sealed class Adam(float learningRate, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f) : ILocalOptimizer
{
    private float[]? first;
    private float[]? second;
    private int steps;

    /// <inheritdoc/>
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient)
    {
        VectorLoops.RequireSameLength(parameters, gradient, first);
        first ??= new float[parameters.Length];
        second ??= new float[parameters.Length];
        steps++;
        float firstScale = (float)(learningRate / (1 - Math.Pow(beta1, steps)));
        float secondScale = (float)(1 / (1 - Math.Pow(beta2, steps)));

        Span<Vector<float>> w = MemoryMarshal.Cast<float, Vector<float>>(parameters);
        ReadOnlySpan<Vector<float>> g = MemoryMarshal.Cast<float, Vector<float>>(gradient)[..w.Length];
        Span<Vector<float>> m = MemoryMarshal.Cast<float, Vector<float>>(first.AsSpan())[..w.Length];
        Span<Vector<float>> v = MemoryMarshal.Cast<float, Vector<float>>(second.AsSpan())[..w.Length];
        unchecked
        {
            for (int i = 0; i < w.Length; i++)
            {
                m[i] = beta1 * m[i] + (1 - beta1) * g[i];
                v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
                w[i] -= firstScale * m[i] / (Vector.SquareRoot(v[i] * secondScale) + new Vector<float>(epsilon));
            }
            for (int i = w.Length * Vector<float>.Count; i < parameters.Length; i++)
            {
                first[i] = beta1 * first[i] + (1 - beta1) * gradient[i];
                second[i] = beta2 * second[i] + (1 - beta2) * gradient[i] * gradient[i];
                parameters[i] -= firstScale * first[i] / (MathF.Sqrt(second[i] * secondScale) + epsilon);
            }
        }
    }
}
