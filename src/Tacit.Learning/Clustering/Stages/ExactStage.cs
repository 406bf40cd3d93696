using System.Collections.Immutable;
using Tacit.Aggregation.Pipeline;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>A stage without its noise, for jobs that promise no differential privacy: what a secure sum itself reveals is not hidden.</summary>
/// <param name="inner">The stage.</param>
public sealed class ExactStage(IClusteringStage inner) : IClusteringStage
{
    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public ImmutableArray<RecordSumBlock> Blocks { get; } = [.. inner.Blocks.Select(block => block with { Law = NoiseLaw.None })];

    /// <inheritdoc/>
    public ImmutableArray<double> BlockWeights => inner.BlockWeights;

    /// <inheritdoc/>
    public void Prepare(ClusteringState state) => inner.Prepare(state);

    /// <inheritdoc/>
    public void Sum(ClusterPoints points, ClusteringState state, Span<long> sums) => inner.Sum(points, state, sums);

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<long> sums, RecordSumPlan plan, ClusteringState state) => inner.Apply(sums, plan, state);
}
