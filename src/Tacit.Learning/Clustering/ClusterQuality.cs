using Tacit.Cryptography.Parallelism;

namespace Tacit.Learning.Clustering;

/// <summary>How good centres are. Needs the records: for experiments, not for federations.</summary>
public static class ClusterQuality
{
    /// <summary>Mean squared distance to the nearest centre (normalised intra-cluster variance), each column scaled to [−1, 1] by its smallest and largest value.</summary>
    /// <param name="records">n × d, row-major, n at least 1.</param>
    /// <param name="centres">k × d, in the records' units.</param>
    /// <param name="dimension">d.</param>
    /// <param name="labels">n: the nearest centre of each record; overwritten.</param>
    /// <param name="loop">Spreads the records.</param>
    public static double Nicv(float[] records, double[] centres, int dimension, int[] labels, IParallelLoop loop)
    {
        const int Block = 4096;
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(centres);
        ArgumentNullException.ThrowIfNull(loop);
        FeatureBounds bounds = FeatureBounds.Around(records, dimension);
        double[] weights = [.. bounds.Ranges.Select(range => range.High > range.Low ? 2 / (range.High - range.Low) : 0)];
        int count = records.Length / dimension;
        double[] costs = new double[(count + Block - 1) / Block];
        loop.For(costs.Length, block =>
        {
            for (int i = block * Block; i < Math.Min(count, (block + 1) * Block); i++)
            {
                (labels[i], double square) = Nearest(records.AsSpan(i * dimension, dimension), centres, weights);
                costs[block] += square;
            }
        });
        return costs.Sum() / count;
    }

    /// <summary>Agreement of two labellings beyond chance: 1 if they are the same up to names, about 0 if they are unrelated (Hubert and Arabie 1985).</summary>
    /// <param name="first">n labels, from 0.</param>
    /// <param name="second">n labels, from 0.</param>
    public static double AdjustedRandIndex(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        if (first.Length != second.Length) throw new ArgumentException("The labellings have different lengths.", nameof(second));
        Dictionary<(int, int), long> both = [];
        Dictionary<int, long> rows = [], columns = [];
        for (int i = 0; i < first.Length; i++)
        {
            both[(first[i], second[i])] = both.GetValueOrDefault((first[i], second[i])) + 1;
            rows[first[i]] = rows.GetValueOrDefault(first[i]) + 1;
            columns[second[i]] = columns.GetValueOrDefault(second[i]) + 1;
        }

        double together = both.Values.Sum(Pairs), inFirst = rows.Values.Sum(Pairs), inSecond = columns.Values.Sum(Pairs), all = Pairs(first.Length);
        double expected = all > 0 ? inFirst * inSecond / all : 0, most = (inFirst + inSecond) / 2;
        return most == expected ? 1 : (together - expected) / (most - expected);

        static double Pairs(long count) => count * (count - 1.0) / 2;
    }

    private static (int Label, double Square) Nearest(ReadOnlySpan<float> record, double[] centres, double[] weights)
    {
        (int label, double best) = (0, double.PositiveInfinity);
        for (int j = 0; j * record.Length < centres.Length; j++)
        {
            double square = 0;
            for (int a = 0; a < record.Length; a++)
            {
                double offset = (record[a] - centres[(j * record.Length) + a]) * weights[a];
                square += offset * offset;
            }

            if (square < best) (label, best) = (j, square);
        }

        return (label, best);
    }
}
