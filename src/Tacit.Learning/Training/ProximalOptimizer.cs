namespace Tacit.Learning.Training;

/// <summary>Adds the pull of FedProx to gradients: it depends on the parameters alone, so it comes after the noise.</summary>
/// <param name="optimizer">Takes the step.</param>
/// <param name="anchor">Length d: the global parameters; must not change.</param>
/// <param name="proximal">μ; not negative.</param>
/// <remarks>Li et al. 2020, equation 2.</remarks>
internal sealed class ProximalOptimizer(ILocalOptimizer optimizer, float[] anchor, float proximal) : ILocalOptimizer
{
    private readonly float[] pulled = new float[anchor.Length];

    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient)
    {
        gradient.CopyTo(pulled);
        VectorLoops.AddScaledDifference(pulled, parameters, anchor, proximal);
        optimizer.Step(parameters, pulled);
    }
}
