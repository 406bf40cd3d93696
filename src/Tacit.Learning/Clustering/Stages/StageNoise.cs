using Tacit.Aggregation.Pipeline;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>How much noise a sum holds, which is public, and what follows from that.</summary>
internal static class StageNoise
{
    /// <summary>Standard deviation of the noise on one coordinate of a block, in steps.</summary>
    public static double Deviation(RecordSumBlock block, ClusteringState state)
    {
        double certain = block.Law == NoiseLaw.DiscreteLaplace ? block.Scale * Math.Sqrt(2) : block.Scale;
        return certain * Math.Sqrt(state.NoiseTimes);
    }

    /// <summary>The factor that brings a noisy vector nearer to the truth: 1 − d s²/‖v‖², at least 0 (James and Stein 1961, positive part).</summary>
    /// <param name="squares">‖v‖².</param>
    /// <param name="deviation">s of each of its coordinates.</param>
    /// <param name="dimension">d.</param>
    public static double Shrinkage(double squares, double deviation, int dimension) => squares > 0 ? Math.Max(0, 1 - (dimension * deviation * deviation / squares)) : 0;

    /// <summary>Without noise, cells and groups of few records are not used: a mean of one record is that record.</summary>
    /// <param name="weights">Exact counts; overwritten.</param>
    public static void DropSmall(double[] weights)
    {
        for (int i = 0; i < weights.Length; i++) if (weights[i] < ExactLloydStage.MinimumCount) weights[i] = 0;
    }

    /// <summary>Keeps the largest weights until they add up to the number of records; the others are taken for noise.</summary>
    /// <param name="noisy">Noised counts, in records.</param>
    /// <param name="records">n.</param>
    /// <param name="support">What speaks for each count, such as its neighbours' counts; none by default.</param>
    /// <returns>Weights, none negative; zeros only if no count is positive.</returns>
    public static double[] KeepLargest(ReadOnlySpan<double> noisy, double records, ReadOnlySpan<double> support = default)
    {
        double[] counts = noisy.ToArray(), kept = new double[counts.Length], scores = noisy.ToArray();
        for (int i = 0; i < support.Length; i++) scores[i] += support[i];
        int[] order = [.. Enumerable.Range(0, counts.Length).Where(i => counts[i] > 0).OrderByDescending(i => scores[i])];
        double sum = 0;
        foreach (int i in order)
        {
            if (sum > 0 && sum + (counts[i] / 2) > records) break;
            sum += counts[i];
            kept[i] = counts[i];
        }

        return kept;
    }
}
