using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Clustering;
using Tacit.Protocols.SharedMask;

namespace Tacit.Simulation.Clustering;

/// <summary>A client whose sums and counts leave it only under masks, and who takes the group's mask off what comes back. Otherwise an <see cref="UnmaskedClient"/>.</summary>
/// <remarks>The masks are those of shared-mask rounds (<see cref="SharedMaskKeys"/>): bound to session, part and round, so no mask is used twice. Not thread-safe.</remarks>
public sealed class MaskedClient
{
    /// <summary>The part of a round's vector that holds sums.</summary>
    public const string SumsLabel = "sums";

    /// <summary>The part of a round's vector that holds counts.</summary>
    public const string CountsLabel = "counts";

    private readonly UnmaskedClient client;
    private readonly SharedMaskKeys keys;
    private readonly IParallelLoop loop;

    /// <summary>Prepares the client.</summary>
    /// <param name="index">From 0 to C − 1.</param>
    /// <param name="values">n × d, row-major, in [−1, 1] by public bounds.</param>
    /// <param name="parameters">The job.</param>
    /// <param name="keys">The mask keys of this client for this job alone; owned by the caller.</param>
    /// <param name="loop">Spreads the work; null for the calling thread.</param>
    /// <exception cref="FailureException">As for <see cref="UnmaskedClient"/>; or the keys are another client's, or of another number of clients.</exception>
    public MaskedClient(int index, ReadOnlySpan<float> values, ClusteringParams parameters, SharedMaskKeys keys, IParallelLoop? loop = null)
    {
        client = new UnmaskedClient(index, values, parameters, loop);
        (this.keys, this.loop) = (keys, loop ?? SequentialLoop.Instance);
        if (keys.Self.Value != index + 1 || keys.Participants != parameters.Clients) throw new FailureException(FailureCodes.UnknownParty, $"the keys are of participant {keys.Self} of {keys.Participants}; client {index} of {parameters.Clients} is participant {index + 1}");
    }

    /// <summary>From 0.</summary>
    public int Index => client.Index;

    /// <summary>Rounds done.</summary>
    public int Round => client.Round;

    /// <summary>What follows from the parameters.</summary>
    public ClusteringSchedule Schedule => client.Schedule;

    /// <summary>Coordinates of points that were outside [−1, 1].</summary>
    public long Clipped => client.Clipped;

    /// <summary>μ: k × d, row-major; the result after the last round.</summary>
    public double[] Centres => client.Centres;

    /// <summary>Assigns the points to the centres, adds them up and masks the result.</summary>
    /// <exception cref="InvalidOperationException">It is not this method's turn, or all rounds are over.</exception>
    public ClusterUpload Step()
    {
        ClusterUpload upload = client.Step();
        keys.Mask(upload.Sums, SumsLabel, Round, loop);
        keys.Mask(upload.Counts, CountsLabel, Round, loop);
        return upload;
    }

    /// <summary>Takes the group's mask off and moves the centres.</summary>
    /// <param name="sums">As the server sent them; not changed.</param>
    /// <param name="counts">As the server sent them; not changed.</param>
    /// <exception cref="InvalidOperationException">It is not this method's turn.</exception>
    public void Update(ModularVector sums, ModularVector counts) => client.Update(Open(sums, SumsLabel), Open(counts, CountsLabel));

    private ModularVector Open(ModularVector masked, string label)
    {
        ModularVector open = new(masked.Ring, masked.Length);
        open.Add(masked);
        keys.Unmask(open, label, Round, loop);
        return open;
    }
}
