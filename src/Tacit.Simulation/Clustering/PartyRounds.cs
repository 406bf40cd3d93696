using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Hashing;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Clustering;
using Tacit.Protocols.SharedMask;

namespace Tacit.Simulation.Clustering;

/// <summary>A private k-means job as shared-mask rounds between machines: what client and server have to agree on, and their vectors.</summary>
/// <remarks>One vector carries both: sums, then counts, each under masks of its own. A client is then an <see cref="UnmaskedClient"/> and a participant's machine.</remarks>
public static class PartyRounds
{
    /// <summary>The terms of one iteration.</summary>
    /// <param name="parameters">The job; client i is participant i + 1.</param>
    /// <param name="round">t, from 0.</param>
    /// <param name="job">The job's name; a job that runs again has another.</param>
    /// <remarks>The coordinator does not know the centres, so they are not in the terms: parameters and round stand for the model.</remarks>
    public static RoundTerms Terms(ClusteringParams parameters, int round, string job)
    {
        using TranscriptHash model = new("tacit/clustering/iteration/1");
        model.Append("job", job).Append("iteration", round);
        int n = parameters.Clients;
        return new RoundTerms
        {
            Protocol = SharedMaskProtocol.ProtocolName,
            Job = job,
            Round = round + 1,
            ModelHash = [.. model.Digest()],
            PlanHash = Digest(parameters),
            Cohort = [.. Enumerable.Range(1, n).Select(i => new CohortMember(new PartyId(i)))],
            Ring = ClusteringSchedule.Ring,
            Length = Segments(parameters).Sum(segment => segment.Length),
            Protection = new ProtectionTerms { Mode = ProtectionMode.SemiHonest, Threshold = n, Neighbours = n - 1, MaximumCorrupt = 0, MaximumDropouts = 0, Cipher = KeystreamCipher.Aes256 },
            MinimumCohort = n,
        };
    }

    /// <summary>The protocol as clients run it.</summary>
    /// <param name="parameters">The job.</param>
    public static SharedMaskProtocol ForClients(ClusteringParams parameters) => new(new SharedMaskOptions { Segments = Segments(parameters) });

    /// <summary>The protocol as the server runs one iteration of it: with noise.</summary>
    /// <param name="parameters">The job.</param>
    /// <param name="noise">The job's.</param>
    /// <param name="round">t, from 0.</param>
    public static SharedMaskProtocol ForServer(ClusteringParams parameters, RoundNoise noise, int round) =>
        new(new SharedMaskOptions { Segments = Segments(parameters), Noise = sum => noise.AddTo(round, sum) });

    /// <summary>A client's vector for a round.</summary>
    /// <param name="upload">What it counted and added.</param>
    public static ModularVector Join(ClusterUpload upload) => ModularVector.From(ClusteringSchedule.Ring, [.. upload.Sums.ToArray(), .. upload.Counts.ToArray()]);

    /// <summary>The aggregates in what a round gave.</summary>
    /// <param name="parameters">The job.</param>
    /// <param name="sum">Of all clients, unmasked.</param>
    public static ClusterAggregates Split(ClusteringParams parameters, ModularVector sum)
    {
        ulong[] residues = sum.ToArray();
        int sums = parameters.Clusters * parameters.Dimension;
        return new ClusterAggregates(ModularVector.From(sum.Ring, residues.AsSpan(0, sums)), ModularVector.From(sum.Ring, residues.AsSpan(sums)));
    }

    // Everything that changes what a party computes; doubles by their bits.
    private static ImmutableArray<byte> Digest(ClusteringParams parameters)
    {
        static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);
        using TranscriptHash hash = new("tacit/clustering/plan/1");
        return
        [
            .. hash.Append("dp", (int)parameters.Privacy).Append("eps", Bits(parameters.Epsilon)).Append("delta", Bits(parameters.Delta))
                .Append("clients", parameters.Clients).Append("k", parameters.Clusters).Append("dim", parameters.Dimension).Append("iters", parameters.Iterations)
                .Append("seed", unchecked((long)parameters.Seed)).Append("data-size", parameters.DataSize).Append("alpha", Bits(parameters.Alpha))
                .Append("method", (int)parameters.Method).Append("max-dist", Bits(parameters.LargestRadius)).Append("rho", Bits(parameters.Rho))
                .Append("post", (int)parameters.Post).Append("unclipped", parameters.IsUnclipped ? 1 : 0).Append("fixed", parameters.GivenBits ?? 0)
                .Append("sparse", (int)parameters.Sparse).Append("min-count", parameters.MinimumExactCount).Append("min-count-sigmas", Bits(parameters.MinimumCountDeviations)).Digest(),
        ];
    }

    private static ImmutableArray<MaskSegment> Segments(ClusteringParams parameters) =>
        [new MaskSegment(MaskedClient.SumsLabel, parameters.Clusters * parameters.Dimension), new MaskSegment(MaskedClient.CountsLabel, parameters.Clusters)];
}
