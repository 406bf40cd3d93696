using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Privacy.Mechanisms;

namespace Tacit.Simulation.Jobs;

/// <summary>Moments of features that cost a known part of the budget: rows are clipped to a norm and every participant noises its own sums.</summary>
internal static class PrivateMoments
{
    /// <summary>Noised mean of one participant's rows, each clipped, and then around a centre squared if there is one.</summary>
    /// <param name="rows">Of one participant.</param>
    /// <param name="noise">For the sum; its norm is what each summand is clipped to.</param>
    /// <param name="norm">C.</param>
    /// <param name="centre">Null for means; otherwise summands are (x − centre)².</param>
    /// <param name="random">A production source, or nothing is private.</param>
    public static double[] Mean(Dataset rows, GaussianSum noise, double norm, double[]? centre, IRandomSource random)
    {
        double[] sum = new double[noise.Dimension], one = new double[noise.Dimension];
        for (int row = 0; row < rows.Rows; row++)
        {
            ReadOnlySpan<float> values = rows.Row(row);
            double squares = 0;
            for (int i = 0; i < one.Length; i++)
            {
                double x = values[i];
                one[i] = centre is null ? x : (x - centre[i]) * (x - centre[i]);
                squares += one[i] * one[i];
            }

            double factor = Math.Min(1, norm / Math.Sqrt(squares));   // an all-zero row gives infinity, and so 1
            for (int i = 0; i < sum.Length; i++) sum[i] += one[i] * factor;
        }

        noise.Release(sum, random, sum);
        return [.. sum.Select(x => x / rows.Rows)];
    }

    /// <summary>Scales from noised moments: a variance below what the noise alone could make counts as that.</summary>
    /// <param name="mean">Of all participants.</param>
    /// <param name="variance">As noised.</param>
    /// <param name="deviation">Of the noise on a variance.</param>
    public static Standardization Standardize(double[] mean, double[] variance, double deviation) =>
        Standardization.FromMoments(mean, [.. variance.Select((v, i) => Math.Max(v, 2 * deviation) + (mean[i] * mean[i]))]);
}
