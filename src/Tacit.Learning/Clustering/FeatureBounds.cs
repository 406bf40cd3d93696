using System.Collections.Immutable;

namespace Tacit.Learning.Clustering;

/// <summary>Lowest and highest value of each feature: maps records to the domain [−1, 1]^d and centres back.</summary>
/// <param name="Ranges">d pairs, finite, low ≤ high. A feature whose ends are the same is 0 everywhere.</param>
public sealed record FeatureBounds(ImmutableArray<(double Low, double High)> Ranges)
{
    /// <summary>d.</summary>
    public int Dimension => Ranges.Length;

    /// <summary>The smallest box around records. <b>Depends on the data.</b></summary>
    /// <param name="records">n × d, row-major, n at least 1.</param>
    /// <param name="dimension">d.</param>
    public static FeatureBounds Around(ReadOnlySpan<float> records, int dimension)
    {
        var ranges = new (double Low, double High)[dimension];
        Array.Fill(ranges, (double.PositiveInfinity, double.NegativeInfinity));
        for (int i = 0; i < records.Length; i++)
        {
            ref (double Low, double High) range = ref ranges[i % dimension];
            range = (Math.Min(range.Low, records[i]), Math.Max(range.High, records[i]));
        }

        return new FeatureBounds([.. ranges]);
    }

    /// <summary>Scales records; what lies outside the bounds comes out beyond ±1.</summary>
    /// <param name="records">n × d, row-major.</param>
    public float[] Scale(ReadOnlySpan<float> records)
    {
        float[] scaled = new float[records.Length];
        for (int i = 0; i < records.Length; i++)
        {
            (double low, double high) = Ranges[i % Dimension];
            scaled[i] = high > low ? (float)((2 * ((records[i] - low) / (high - low))) - 1) : 0;
        }

        return scaled;
    }

    /// <summary>Centres in the units of the features.</summary>
    /// <param name="scaled">k × d, row-major, in the domain.</param>
    public double[] Unscale(ReadOnlySpan<double> scaled)
    {
        double[] centres = new double[scaled.Length];
        for (int i = 0; i < centres.Length; i++)
        {
            (double low, double high) = Ranges[i % Dimension];
            centres[i] = low + ((scaled[i] + 1) / 2 * (high - low));
        }

        return centres;
    }
}
