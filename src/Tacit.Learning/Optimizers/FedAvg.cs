using Tacit.Learning.Training;

namespace Tacit.Learning.Optimizers;

/// <summary>x ← x + η Δ (McMahan et al. 2017, Algorithm 1, for η = 1).</summary>
/// <param name="learningRate">η; 1 replaces the model by the mean of the local ones.</param>
/// <param name="name">What the plan called it: <c>fedprox</c> is the same on this side.</param>
internal sealed class FedAvg(float learningRate, string name) : IServerOptimizer
{
    public string Name => name;

    public void Apply(Span<float> model, ReadOnlySpan<float> meanUpdate)
    {
        VectorLoops.RequireSameLength(model, meanUpdate, state: null);
        VectorLoops.AddScaled(model, meanUpdate, learningRate);
    }

    public float[] SaveState() => [];

    public void LoadState(ReadOnlySpan<float> state)
    {
        if (!state.IsEmpty) throw new ArgumentException($"Got {state.Length} floats of state; {name} has none.", nameof(state));
    }
}
