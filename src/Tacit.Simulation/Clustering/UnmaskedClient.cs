using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Clustering;

namespace Tacit.Simulation.Clustering;

/// <summary>A client without masks: for tests, for comparison and where the server is trusted. Its sums and counts are personal data.</summary>
/// <remarks>Call <see cref="Step"/> and <see cref="Update"/> in turn, for each iteration. Instances are not thread-safe.</remarks>
public sealed class UnmaskedClient
{
    private readonly LloydStep step;
    private int[] centres;
    private bool stepped;

    /// <summary>Lays the client's points out and draws the first centres, without using the points.</summary>
    /// <param name="index">From 0 to C − 1.</param>
    /// <param name="values">n × d, row-major, in [−1, 1] by public bounds.</param>
    /// <param name="parameters">The job.</param>
    /// <param name="loop">Spreads the work; null for the calling thread.</param>
    /// <exception cref="FailureException">
    /// <see cref="FailureCodes.ShapeMismatch"/>: values are not whole points, or more than the job has; <see cref="FailureCodes.ValueNotFinite"/>;
    /// <see cref="FailureCodes.UnknownParty"/>: no such client; or the parameters are refused.
    /// </exception>
    public UnmaskedClient(int index, ReadOnlySpan<float> values, ClusteringParams parameters, IParallelLoop? loop = null)
    {
        Schedule = ClusteringSchedule.From(parameters);
        if (index < 0 || index >= parameters.Clients) throw new FailureException(FailureCodes.UnknownParty, $"client {index} is not one of {parameters.Clients}; indices are 0 to {parameters.Clients - 1}");
        int d = parameters.Dimension;
        if (values.Length % d != 0) throw new FailureException(FailureCodes.ShapeMismatch, $"client {index} has {values.Length} values; points have dim {d} each");
        if (values.Length / d > parameters.DataSize) throw new FailureException(FailureCodes.ShapeMismatch, $"client {index} has {values.Length / d} points; data_size says {parameters.DataSize} for all clients together");
        if (values.ContainsAnyExceptInRange(float.MinValue, float.MaxValue)) throw new FailureException(FailureCodes.ValueNotFinite, $"client {index} has a value that is not finite");
        Index = index;
        Points = PackedPoints.From(values, d, Schedule.Grid);
        step = new LloydStep(Points, loop ?? SequentialLoop.Instance);
        centres = [.. Schedule.FirstCentres];
    }

    /// <summary>From 0.</summary>
    public int Index { get; }

    /// <summary>Rounds done.</summary>
    public int Round { get; private set; }

    /// <summary>What follows from the parameters.</summary>
    public ClusteringSchedule Schedule { get; }

    /// <summary>Coordinates of points that were outside [−1, 1]: clipped, and never silently so.</summary>
    public long Clipped => Points.Clipped;

    /// <summary>μ: k × d, row-major; the result after the last round.</summary>
    public double[] Centres => [.. centres.Select(step => Schedule.Grid.Value(step))];

    internal PackedPoints Points { get; }

    /// <summary>Assigns the points to the centres and adds them up.</summary>
    /// <exception cref="InvalidOperationException">It is not this method's turn, or all rounds are over.</exception>
    public ClusterUpload Step()
    {
        if (stepped || Round == Schedule.Rounds) throw new InvalidOperationException("Step and Update take turns, once each in a round.");
        stepped = true;
        ClusterSums local = step.Run(centres, Schedule[Round].Radius);
        int d = Schedule.Parameters.Dimension;
        ModularVector sums = new(ClusteringSchedule.Ring, local.Sums.Length), counts = new(ClusteringSchedule.Ring, local.Counts.Length);
        for (int i = 0; i < sums.Length; i++)
        {
            long absolute = Schedule.Parameters.HasRadius ? local.Sums[i] : local.Sums[i] + local.Counts[i / d] * centres[i];
            sums[i] = ClusteringSchedule.Ring.Reduce(absolute);
        }

        for (int j = 0; j < counts.Length; j++) counts[j] = ClusteringSchedule.Ring.Reduce(local.Counts[j] << Schedule.CountBits);
        return new ClusterUpload(sums, counts, local.Unassigned);
    }

    /// <summary>Moves the centres.</summary>
    /// <param name="sums">Of all clients, noised.</param>
    /// <param name="counts">Of all clients, noised.</param>
    /// <exception cref="InvalidOperationException">It is not this method's turn.</exception>
    public void Update(ModularVector sums, ModularVector counts)
    {
        if (!stepped) throw new InvalidOperationException("Step and Update take turns, once each in a round.");
        centres = CentreUpdate.Apply(Schedule, Round, centres, sums, counts);
        (stepped, Round) = (false, Round + 1);
    }
}
