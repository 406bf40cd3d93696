using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Clustering;

namespace Tacit.Simulation.Clustering;

/// <summary>The server of a private k-means job: adds what the clients send modulo 2⁶⁴ and adds noise. With masked clients it never holds a sum it can read.</summary>
/// <remarks>
/// It follows the protocol, adds the noise and knows it: together with one client it sees exact sums over all clients
/// (docs/protocols/shared-mask.md). It holds no mask and no seed of one. Instances are not thread-safe.
/// </remarks>
public sealed class Server
{
    private readonly ClusteringSchedule schedule;
    private readonly RoundNoise noise;
    private int round;

    /// <summary>Prepares a job: solves for the noise once.</summary>
    /// <param name="parameters">The job.</param>
    /// <param name="secret">Where noise comes from: <see cref="SystemRandomSource"/>, or nothing is private.</param>
    /// <exception cref="FailureException">The parameters are refused.</exception>
    public Server(ClusteringParams parameters, IRandomSource secret)
    {
        schedule = ClusteringSchedule.From(parameters);
        noise = new RoundNoise(schedule, secret);
    }

    /// <summary>Adds up one round of all clients.</summary>
    /// <param name="sums">One of each client: k · d residues.</param>
    /// <param name="counts">One of each client: k residues.</param>
    /// <exception cref="FailureException"><see cref="FailureCodes.CohortBelowThreshold"/>: a client is missing; or <see cref="FailureCodes.VectorDimensionMismatch"/>.</exception>
    /// <exception cref="InvalidOperationException">All rounds are over.</exception>
    public ClusterAggregates Step(IReadOnlyList<ModularVector> sums, IReadOnlyList<ModularVector> counts)
    {
        if (round == schedule.Rounds) throw new InvalidOperationException($"The job has {schedule.Rounds} rounds: more would cost privacy that was not accounted for.");
        ModularVector sum = Add(sums, schedule.FirstCentres.Count, "sums"), count = Add(counts, schedule.Parameters.Clusters, "counts");
        noise.AddTo(round++, sum, count);
        return new ClusterAggregates(sum, count);
    }

    private ModularVector Add(IReadOnlyList<ModularVector> vectors, int length, string name)
    {
        if (vectors.Count != schedule.Parameters.Clients)
        {
            throw new FailureException(FailureCodes.CohortBelowThreshold, $"round {round + 1}: have {name} of {vectors.Count} clients, need all {schedule.Parameters.Clients}: masks of a missing client cannot be taken out; start again without it, or use secagg-plus");
        }

        ModularVector total = new(ClusteringSchedule.Ring, length);
        foreach (ModularVector vector in vectors)
        {
            if (vector.Ring != ClusteringSchedule.Ring || vector.Length != length) throw new FailureException(FailureCodes.VectorDimensionMismatch, $"{name} are {vector}; the job has {length} residues of {ClusteringSchedule.Ring}");
            total.Add(vector);
        }

        return total;
    }
}
