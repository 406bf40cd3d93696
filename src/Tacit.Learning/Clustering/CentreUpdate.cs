using Tacit.Cryptography.Rings;

namespace Tacit.Learning.Clustering;

/// <summary>Moves centres by what the clients learned together; the same integers at every client give the same centres.</summary>
/// <remarks>All of it is post-processing of noised sums: it costs no privacy. Nothing is divided by a count that is mostly noise (<see cref="SparseCentres"/>).</remarks>
public static class CentreUpdate
{
    /// <summary>The next centres.</summary>
    /// <param name="schedule">The job.</param>
    /// <param name="round">t, from 0.</param>
    /// <param name="centres">k × d, row-major, in steps: μ of this round.</param>
    /// <param name="sums">k · d residues: noised Σ (x − μ_j), or Σ x without a radius, in steps.</param>
    /// <param name="counts">k residues, in steps of counts.</param>
    /// <returns>k × d, in steps. With a radius no centre moves farther than it, but for <c>unclipped</c> jobs.</returns>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static int[] Apply(ClusteringSchedule schedule, int round, ReadOnlySpan<int> centres, ModularVector sums, ModularVector counts)
    {
        int d = schedule.Parameters.Dimension, k = schedule.Parameters.Clusters;
        if (centres.Length != k * d || sums.Length != k * d || counts.Length != k) throw new ArgumentException($"The job has {k} centres of {d} dimensions.", nameof(centres));
        int[] next = centres.ToArray();
        double least = schedule.LeastCount(round), countOne = 1 << schedule.CountBits;
        double[] move = new double[d];
        bool isShrunk = schedule.Parameters is { Sparse: SparseCentres.Shrink, HasRadius: true, Privacy: not ClusteringPrivacy.None };
        for (int j = 0; j < k; j++)
        {
            double count = counts.Ring.Centre(counts[j]) / countOne;
            if (count < least && !isShrunk) continue;
            count = Math.Max(count, least);
            for (int i = 0; i < d; i++)
            {
                double mean = sums.Ring.Centre(sums[j * d + i]) / count;   // steps
                move[i] = schedule.Parameters.HasRadius ? mean : mean - centres[j * d + i];
            }

            if (schedule[round].Radius is { } radius && !schedule.Parameters.IsUnclipped) MoveLimit.Clip(move, radius * schedule.Grid.One);
            for (int i = 0; i < d; i++) next[j * d + i] = Land(schedule, centres[j * d + i], move[i]);
        }

        return next;
    }

    // To the grid on the near side, so that a limited move stays limited.
    private static int Land(ClusteringSchedule schedule, int from, double move)
    {
        double one = schedule.Grid.One, to = (from + move) / one;
        double kept = schedule.Parameters.Post switch
        {
            CentrePost.Fold => DomainFolding.Fold(to),
            CentrePost.Truncate => DomainFolding.Truncate(to),
            _ => to,
        };
        double step = Math.Truncate((kept * one) - from);
        return (int)Math.Clamp(from + step, -LloydStep.LargestCentre, LloydStep.LargestCentre);
    }
}
