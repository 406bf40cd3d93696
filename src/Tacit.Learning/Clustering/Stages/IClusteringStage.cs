using System.Collections.Immutable;
using Tacit.Aggregation.Pipeline;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>One question to all records of all participants, answered by one noised sum: (state, records) → vector, (state, sum) → state.</summary>
public interface IClusteringStage
{
    /// <summary>What progress says.</summary>
    string Name { get; }

    /// <summary>What one record can change at most, in steps of the stage's grids; without noise scales.</summary>
    ImmutableArray<RecordSumBlock> Blocks { get; }

    /// <summary>How the blocks share the round's part of the budget.</summary>
    ImmutableArray<double> BlockWeights { get; }

    /// <summary>What everybody does before the round, without data.</summary>
    /// <param name="state">Changed.</param>
    void Prepare(ClusteringState state)
    {
    }

    /// <summary>A participant's half: adds up what its records say. Keeps <see cref="Blocks"/> for every record there could be.</summary>
    /// <param name="points">Its records.</param>
    /// <param name="state">What is known so far.</param>
    /// <param name="sums">As long as the blocks together; zeros before.</param>
    void Sum(ClusterPoints points, ClusteringState state, Span<long> sums);

    /// <summary>The public half: draws conclusions from the noised sum. Post-processing, which costs no privacy.</summary>
    /// <param name="sums">The noised sum.</param>
    /// <param name="plan">With the scales of the noise.</param>
    /// <param name="state">Changed.</param>
    void Apply(ReadOnlySpan<long> sums, RecordSumPlan plan, ClusteringState state);
}
