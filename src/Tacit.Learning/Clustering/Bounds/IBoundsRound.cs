using Tacit.Aggregation.Pipeline;

namespace Tacit.Learning.Clustering.Bounds;

/// <summary>One noised sum of a search for bounds: every record adds one to one bin, or none, of each column.</summary>
public interface IBoundsRound
{
    /// <summary>A participant's half.</summary>
    /// <param name="records">n × d, row-major, in their own units; any float.</param>
    /// <param name="sums">Bins of the first column, then of the second, and so on; zeros before.</param>
    void Sum(ReadOnlySpan<float> records, Span<long> sums);

    /// <summary>The public half: bounds that hold what stands out of the noise.</summary>
    /// <param name="sums">The noised sum.</param>
    /// <param name="plan">With the scale of the noise.</param>
    /// <param name="noiseTimes">Shares of noise in the sum over those that were certain.</param>
    /// <exception cref="Tacit.Aggregation.Failures.FailureException">BOUNDS_NOT_FOUND: in some column nothing stands out.</exception>
    FeatureBounds Apply(ReadOnlySpan<long> sums, RecordSumPlan plan, double noiseTimes);
}
