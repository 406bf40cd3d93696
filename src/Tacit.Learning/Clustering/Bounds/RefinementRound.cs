using Tacit.Aggregation.Pipeline;

namespace Tacit.Learning.Clustering.Bounds;

/// <summary>Cuts empty ends off: a histogram of equal bins between bounds that are at hand, for each column.</summary>
/// <remarks>
/// From each end, the most bins are cut off that together hold no more than noise would with probability 4/5, which few records can hide in; one bin is put back.
/// At worst what was at hand stays. Values outside are in no bin.
/// </remarks>
/// <param name="found">Bounds at hand.</param>
/// <param name="bins">m, of each column.</param>
/// <param name="steps">Steps that one record counts for.</param>
public sealed class RefinementRound(FeatureBounds found, int bins, long steps) : IBoundsRound
{
    private const int Margin = 1;
    private const double FalseAlarm = 0.2;

    /// <inheritdoc/>
    public void Sum(ReadOnlySpan<float> records, Span<long> sums)
    {
        for (int i = 0; i < records.Length; i++)
        {
            int column = i % found.Dimension;
            (double low, double high) = found.Ranges[column];
            float x = records[i];
            if (x >= low && x <= high) sums[(column * bins) + Math.Min(bins - 1, (int)((x - low) / (high - low) * bins))] += steps;
        }
    }

    /// <inheritdoc/>
    public FeatureBounds Apply(ReadOnlySpan<long> sums, RecordSumPlan plan, double noiseTimes)
    {
        ArgumentNullException.ThrowIfNull(plan);
        RecordSumBlock block = plan.Blocks[0];
        double[] thresholds = [.. Enumerable.Range(1, bins).Select(j => block.Scale * NoiseTail.Above(block.Law, j * noiseTimes, FalseAlarm))];
        var ranges = new (double, double)[found.Dimension];
        for (int a = 0; a < ranges.Length; a++)
        {
            long[] counts = sums.Slice(a * bins, bins).ToArray();
            int first = EmptyBins(counts, thresholds);
            counts.AsSpan().Reverse();
            int last = bins - 1 - EmptyBins(counts, thresholds);
            if (first > last) (first, last) = (last, first);
            (double low, double high) = found.Ranges[a];
            double width = (high - low) / bins;
            ranges[a] = (Math.Max(low, low + ((first - Margin) * width)), Math.Min(high, low + ((last + 1 + Margin) * width)));
        }

        return new FeatureBounds([.. ranges]);
    }

    // The most bins that may go; all of them only where nothing is certain, and then none does.
    private static int EmptyBins(ReadOnlySpan<long> counts, double[] thresholds)
    {
        double sum = 0;
        int empty = 0;
        for (int j = 0; j < counts.Length; j++)
        {
            sum += counts[j];
            if (sum <= thresholds[j]) empty = j + 1;
        }

        return empty < counts.Length ? empty : 0;
    }
}
