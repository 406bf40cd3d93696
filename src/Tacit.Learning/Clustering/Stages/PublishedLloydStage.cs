using System.Collections.Immutable;
using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Sampling;

namespace Tacit.Learning.Clustering.Stages;

/// <summary>One iteration of the published private Lloyd algorithms, as a sum over records: the same arithmetic as between their server and clients.</summary>
/// <remarks>
/// Diaa, Humphries and Kerschbaum 2025 with a radius; without one, Su et al. 2016 with Laplace noise, or with Gaussian noise in its place. A record beyond the
/// radius is left out. The radius of the first iteration is its own, see <see cref="RadiusSchedule"/>.
/// </remarks>
public sealed class PublishedLloydStage : IClusteringStage
{
    /// <summary>The widest Laplace noise that is drawn in shares, in steps.</summary>
    public const double LargestLaplace = DiscreteLaplaceShareSampler.LargestScale / 2;   // so that the planner's rounding never passes it

    private readonly ClusteringSchedule schedule;
    private readonly int round;
    private readonly NoiseLaw law;
    private readonly int countBits;

    /// <summary>Describes one iteration.</summary>
    /// <param name="schedule">The job's.</param>
    /// <param name="round">t, from 0.</param>
    public PublishedLloydStage(ClusteringSchedule schedule, int round)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        (this.schedule, this.round) = (schedule, round);
        ClusteringParams job = schedule.Parameters;
        law = job.Privacy == ClusteringPrivacy.Laplace ? NoiseLaw.DiscreteLaplace : NoiseLaw.DiscreteGaussian;
        double root = Math.Sqrt(job.Dimension), radius = Math.Min(2 * root, schedule[round].Radius ?? root);
        long norm = (long)Math.Ceiling(radius * schedule.Grid.One), largest = job.HasRadius ? norm : Math.Min(norm, (long)schedule.Grid.One);
        RecordSumBlock sums = RecordSumBlock.Vectors(job.Clusters * job.Dimension, law, job.Dimension, norm) with { Largest = largest };
        if (!job.HasRadius) sums = sums with { L1Sensitivity = job.Dimension * schedule.Grid.One, L2Sensitivity = Math.Max(largest, root * schedule.Grid.One) };
        countBits = law == NoiseLaw.DiscreteLaplace ? Math.Clamp((int)Math.Log2(LargestLaplace / schedule[round].Scales.Count), 0, schedule.CountBits) : schedule.CountBits;
        Blocks = [RecordSumBlock.Counts(job.Clusters, law, touched: 1, 1L << countBits), sums];
        BlockWeights = law == NoiseLaw.DiscreteLaplace ? [ClusteringScales.LaplaceCountWeight(job), job.Dimension] : job.HasRadius ? LloydStage.CountsToSums(job.Dimension) : [2 * job.Rho, root];
    }

    /// <inheritdoc/>
    public string Name => "iteration";

    /// <inheritdoc/>
    public ImmutableArray<RecordSumBlock> Blocks { get; }

    /// <inheritdoc/>
    public ImmutableArray<double> BlockWeights { get; }

    /// <inheritdoc/>
    public void Prepare(ClusteringState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (round == 0) Place(state, [.. schedule.FirstCentres]);
    }

    /// <inheritdoc/>
    public void Sum(ClusterPoints points, ClusteringState state, Span<long> sums)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(state);
        int[] centres = LloydStep.ToSteps(state.Centres, schedule.Grid);
        ClusterSums local = points.Step(centres, schedule[round].Radius, schedule.Grid);
        int d = schedule.Parameters.Dimension;
        for (int j = 0; j < local.Counts.Length; j++)
        {
            sums[j] += local.Counts[j] << countBits;
            for (int a = 0; a < d; a++)
            {
                long relative = local.Sums[(j * d) + a];
                sums[local.Counts.Length + (j * d) + a] += schedule.Parameters.HasRadius ? relative : relative + (local.Counts[j] * centres[(j * d) + a]);
            }
        }
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<long> sums, RecordSumPlan plan, ClusteringState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ModularVector counts = new(ClusteringSchedule.Ring, schedule.Parameters.Clusters), vectors = new(ClusteringSchedule.Ring, sums.Length - counts.Length);
        for (int i = 0; i < counts.Length; i++) counts[i] = ClusteringSchedule.Ring.Reduce(sums[i] << (schedule.CountBits - countBits));
        for (int i = 0; i < vectors.Length; i++) vectors[i] = ClusteringSchedule.Ring.Reduce(sums[counts.Length + i]);
        Place(state, CentreUpdate.Apply(schedule, round, LloydStep.ToSteps(state.Centres, schedule.Grid), vectors, counts));
    }

    private void Place(ClusteringState state, int[] centres)
    {
        for (int i = 0; i < centres.Length; i++) state.Centres[i] = schedule.Grid.Value(centres[i]);
    }
}
