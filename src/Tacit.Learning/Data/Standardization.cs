using System.Collections.Immutable;
using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Data;

/// <summary>Shifts and scales features to mean 0 and deviation 1, per feature or per channel.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class Standardization
{
    private readonly float[] mean;
    private readonly float[] scale;

    private Standardization(float[] mean, float[] scale) => (this.mean, this.scale) = (mean, scale);

    /// <summary>What is subtracted.</summary>
    public ImmutableArray<float> Mean => [.. mean];

    /// <summary>What is multiplied by afterwards: 1 / deviation, or 1 for a feature that does not vary.</summary>
    public ImmutableArray<float> Scale => [.. scale];

    /// <summary>Builds it from moments, which may come out of a secure, noised sum.</summary>
    /// <param name="mean">One per feature of the data, or one per channel.</param>
    /// <param name="meanSquare">As long.</param>
    /// <returns>A variance that is zero, or negative by noise or rounding, counts as 1.</returns>
    /// <exception cref="FailureException">SHAPE_MISMATCH: the lengths differ. VALUE_NOT_FINITE: a moment is not a number.</exception>
    public static Standardization FromMoments(ReadOnlySpan<double> mean, ReadOnlySpan<double> meanSquare)
    {
        if (mean.Length != meanSquare.Length)
        {
            throw new FailureException(FailureCodes.ShapeMismatch,
                $"moments: {mean.Length} means and {meanSquare.Length} mean squares; give one of each per feature.");
        }

        float[] shifts = new float[mean.Length], scales = new float[mean.Length];
        for (int i = 0; i < shifts.Length; i++)
        {
            if (!double.IsFinite(mean[i]) || !double.IsFinite(meanSquare[i]))
            {
                throw new FailureException(FailureCodes.ValueNotFinite,
                    $"moments: feature {i} has a mean or mean square that is not finite; compute them again.");
            }
            double variance = meanSquare[i] - mean[i] * mean[i];
            bool varies = variance > 1e-12 * Math.Max(1e-6, meanSquare[i]);   // below that it is the rounding of the difference
            shifts[i] = (float)mean[i];
            scales[i] = varies ? (float)(1 / Math.Sqrt(variance)) : 1;
        }
        return new Standardization(shifts, scales);
    }

    /// <summary>The moments of local rows.</summary>
    /// <param name="data">At least one row.</param>
    /// <param name="perChannel">One mean per channel over all its steps, which keeps the shape of signals; otherwise one per
    /// feature.</param>
    /// <exception cref="FailureException">EMPTY_DATA: no rows.</exception>
    public static FeatureMoments LocalMoments(Dataset data, bool perChannel = false)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Rows == 0) throw new FailureException(FailureCodes.EmptyData, "the data to standardise has 0 rows; give at least one.");

        int size = data.InputShape.Size, group = perChannel ? data.InputShape.Steps : 1;
        double[] sums = new double[size / group], squares = new double[size / group];
        for (int row = 0; row < data.Rows; row++)
        {
            ReadOnlySpan<float> values = data.Row(row);
            for (int i = 0; i < values.Length; i++)
            {
                sums[i / group] += values[i];
                squares[i / group] += (double)values[i] * values[i];
            }
        }
        double count = (double)data.Rows * group;
        return new FeatureMoments([.. sums.Select(sum => sum / count)], [.. squares.Select(square => square / count)], data.Rows);
    }

    /// <summary>A copy of the data set with standardised features.</summary>
    /// <param name="data">As many features, or as many channels, as there are moments.</param>
    /// <exception cref="FailureException">SHAPE_MISMATCH: neither fits.</exception>
    public Dataset Apply(Dataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        int size = data.InputShape.Size;
        if (mean.Length != size && mean.Length != data.InputShape.Channels)
        {
            throw new FailureException(FailureCodes.ShapeMismatch,
                $"standardization: {mean.Length} moments; the data is {data.InputShape}; give one per feature or one per channel.");
        }
        int group = size / mean.Length;
        float[] features = new float[data.Features.Length];
        unchecked
        {
            for (int first = 0, moment = 0; first < features.Length; first += group, moment = moment + 1 == mean.Length ? 0 : moment + 1)
                for (int i = first; i < first + group; i++) features[i] = (data.Features[i] - mean[moment]) * scale[moment];
        }
        return data.WithFeatures(data.InputShape, features);
    }
}
