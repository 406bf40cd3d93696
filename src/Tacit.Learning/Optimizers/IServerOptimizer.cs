namespace Tacit.Learning.Optimizers;

/// <summary>Turns the mean update of a round into the next global model.</summary>
/// <remarks>The state can be saved beside the model, so that a job that restarts continues where it was.</remarks>
public interface IServerOptimizer
{
    /// <summary>The name it is created by.</summary>
    string Name { get; }

    /// <summary>Moves the model once, in place.</summary>
    /// <param name="model">Length d; overwritten.</param>
    /// <param name="meanUpdate">Length d: the weighted mean of local minus global parameters (Δ in Reddi et al. 2021).</param>
    /// <exception cref="ArgumentException">The lengths differ, or differ from the first call.</exception>
    void Apply(Span<float> model, ReadOnlySpan<float> meanUpdate);

    /// <summary>A copy of the state between rounds: empty, or the moments m then v, 2 d floats.</summary>
    float[] SaveState();

    /// <summary>Continues from a state that <see cref="SaveState"/> gave.</summary>
    /// <param name="state">Empty for a fresh start.</param>
    /// <exception cref="ArgumentException">The length is not a possible one.</exception>
    void LoadState(ReadOnlySpan<float> state);
}
