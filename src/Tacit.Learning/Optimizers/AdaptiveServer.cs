using System.Diagnostics;
using Tacit.Learning.Training;

namespace Tacit.Learning.Optimizers;

/// <summary>FedAdagrad, FedYogi and FedAdam: Reddi et al. 2021, "Adaptive Federated Optimization", Algorithm 2.</summary>
/// <remarks>No bias correction, as printed; v starts at τ², the least the algorithm allows, and m at 0.</remarks>
internal sealed class AdaptiveServer(ServerOptimization options) : IServerOptimizer
{
    private readonly float rate = (float)options.LearningRate!.Value;
    private readonly float beta1 = (float)options.Beta1;
    private readonly float beta2 = (float)options.Beta2;
    private readonly float tau = (float)options.Tau;
    private readonly Func<float, float, float, float> rule = options.Name switch
    {
        "fedadagrad" => static (v, square, _) => v + square,
        "fedyogi" => static (v, square, beta2) => v - (1 - beta2) * square * MathF.Sign(v - square),
        "fedadam" => static (v, square, beta2) => beta2 * v + (1 - beta2) * square,
        _ => throw new UnreachableException(),
    };
    private float[]? m;
    private float[]? v;

    public string Name => options.Name;

    public void Apply(Span<float> model, ReadOnlySpan<float> meanUpdate)
    {
        VectorLoops.RequireSameLength(model, meanUpdate, m);
        m ??= new float[model.Length];
        if (v is null)
        {
            v = new float[model.Length];
            v.AsSpan().Fill(tau * tau);
        }
        unchecked
        {
            for (int i = 0; i < m.Length; i++)
            {
                float delta = meanUpdate[i], square = delta * delta;
                m[i] = beta1 * m[i] + (1 - beta1) * delta;
                v[i] = rule(v[i], square, beta2);
                model[i] += rate * m[i] / (MathF.Sqrt(v[i]) + tau);
            }
        }
    }

    public float[] SaveState() => m is null ? [] : [.. m, .. v!];

    public void LoadState(ReadOnlySpan<float> state)
    {
        if (state.Length % 2 != 0)
            throw new ArgumentException($"Got {state.Length} floats of state; give m and v, the same length each.", nameof(state));
        (m, v) = state.IsEmpty ? (null, null) : (state[..(state.Length / 2)].ToArray(), state[(state.Length / 2)..].ToArray());
    }
}
