using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;

namespace Tacit.Learning.Clustering.Bounds;

/// <summary>How large values are: a histogram of sign and binary exponent for each column, so that any range is found within a factor of two.</summary>
/// <remarks>
/// A bin counts as filled if noise alone would fill one of all bins of all columns so much with probability 1/1000. Its neighbours need to pass the noise of one
/// bin alone, with probability 1/20: a false alarm there doubles an end, and a missed bin would cost its records their place.
/// </remarks>
/// <param name="dimension">d.</param>
/// <param name="steps">Steps that one record counts for.</param>
public sealed class MagnitudeRound(int dimension, long steps) : IBoundsRound
{
    /// <summary>Of any bin that holds nothing, in all columns together.</summary>
    internal const double FalseAlarm = 1e-3;

    /// <summary>Of one bin beside a filled one.</summary>
    internal const double NeighbourFalseAlarm = 0.05;

    private const double FarFromZero = 0.25;   // a lower end below this part of the upper one becomes zero

    /// <summary>Numbers in the sum.</summary>
    /// <param name="dimension">d.</param>
    public static int Length(int dimension) => dimension * MagnitudeBins.Count;

    /// <inheritdoc/>
    public void Sum(ReadOnlySpan<float> records, Span<long> sums)
    {
        for (int i = 0; i < records.Length; i++) sums[(i % dimension * MagnitudeBins.Count) + MagnitudeBins.Of(records[i])] += steps;
    }

    /// <inheritdoc/>
    public FeatureBounds Apply(ReadOnlySpan<long> sums, RecordSumPlan plan, double noiseTimes)
    {
        ArgumentNullException.ThrowIfNull(plan);
        RecordSumBlock block = plan.Blocks[0];
        double filled = block.Scale * NoiseTail.Above(block.Law, noiseTimes, FalseAlarm / sums.Length);
        double beside = block.Scale * NoiseTail.Above(block.Law, noiseTimes, NeighbourFalseAlarm);
        var ranges = new (double, double)[dimension];
        for (int a = 0; a < dimension; a++)
        {
            ReadOnlySpan<long> counts = sums.Slice(a * MagnitudeBins.Count, MagnitudeBins.Count);
            int low = 0, high = MagnitudeBins.Count - 1;
            while (low < MagnitudeBins.Count && counts[low] <= filled) low++;
            if (low == MagnitudeBins.Count) throw NothingFound(a, filled / steps);
            while (counts[high] <= filled) high--;
            while (low > 0 && counts[low - 1] > beside) low--;
            while (high < MagnitudeBins.Count - 1 && counts[high + 1] > beside) high++;
            if (low == 0 || high == MagnitudeBins.Count - 1) throw TooLarge(a);
            ranges[a] = Interval(low, high);
        }

        return new FeatureBounds([.. ranges]);
    }

    private static (double Low, double High) Interval(int lowest, int highest)
    {
        (double low, double high) = (MagnitudeBins.Ends(lowest).Low, MagnitudeBins.Ends(highest).High);
        if (low > 0 && low <= FarFromZero * high) low = 0;
        if (high < 0 && high >= FarFromZero * low) high = 0;
        return (low, high);
    }

    private static FailureException TooLarge(int column) => new(FailureCodes.BoundsNotFound, $"feature {column + 1} has values beyond 2^47, where the search ends; what it cost is spent: give bounds, or scale the feature");

    private static FailureException NothingFound(int column, double filled) => new(FailureCodes.BoundsNotFound, FormattableString.Invariant(
        $"no range of feature {column + 1} stands out of the noise, which hides up to {filled:f0} records; what the search cost is spent: give bounds, or take a larger epsilon"));
}
