namespace Tacit.Learning.Training;

/// <summary>Stochastic gradient descent: v ← m v + g, w ← w − η v.</summary>
/// <param name="learningRate">η; positive.</param>
/// <param name="momentum">m in [0, 1); 0 keeps no state (Polyak 1964).</param>
public sealed class Sgd(float learningRate, float momentum = 0) : ILocalOptimizer
{
    private float[]? velocity;

    /// <inheritdoc/>
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient)
    {
        VectorLoops.RequireSameLength(parameters, gradient, momentum == 0 ? null : velocity);
        if (momentum == 0)
        {
            VectorLoops.AddScaled(parameters, gradient, -learningRate);
            return;
        }
        velocity ??= new float[parameters.Length];
        unchecked
        {
            for (int i = 0; i < velocity.Length; i++) velocity[i] = momentum * velocity[i] + gradient[i];
        }
        VectorLoops.AddScaled(parameters, velocity, -learningRate);
    }
}
