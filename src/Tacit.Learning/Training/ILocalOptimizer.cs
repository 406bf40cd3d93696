namespace Tacit.Learning.Training;

/// <summary>A rule that turns gradients into steps; what it remembers lies here and not in the parameters.</summary>
public interface ILocalOptimizer
{
    /// <summary>Moves the parameters once, in place.</summary>
    /// <param name="parameters">Length d; overwritten.</param>
    /// <param name="gradient">Length d: the gradient of the mean loss at <paramref name="parameters"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ, or differ from the first call.</exception>
    void Step(Span<float> parameters, ReadOnlySpan<float> gradient);
}
