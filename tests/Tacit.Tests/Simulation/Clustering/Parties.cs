using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Clustering;
using Tacit.Protocols.SharedMask;
using Tacit.Simulation.Clustering;

namespace Tacit.Tests.Simulation.Clustering;

/// <summary>Jobs of parties in one process.</summary>
internal static class Parties
{
    public static ClusteringParams FastLloyd { get; } = ClusteringParams.FastLloyd with { Clusters = 5, DataSize = 1000, Seed = 3 };

    /// <summary>Points around five centres, for each client.</summary>
    public static float[][] Values(ClusteringParams job, ulong seed)
    {
        SeededRandomSource random = new(seed, "values");
        int d = job.Dimension, each = (int)job.DataSize / job.Clients;
        double[] middles = [.. Enumerable.Range(0, 5 * d).Select(_ => 1.4 * random.NextDouble() - 0.7)];
        return
        [
            .. Enumerable.Range(0, job.Clients).Select(_ => Enumerable.Range(0, each)
                .SelectMany(i => Enumerable.Range(0, d).Select(c => (float)(middles[i % 5 * d + c] + 0.3 * (random.NextDouble() - 0.5)))).ToArray()),
        ];
    }

    /// <summary>The centres that unmasked clients end with, and what the server saw in each round.</summary>
    public static double[] Unmasked(ClusteringParams job, float[][] values, IRandomSource noise)
    {
        Server server = new(job, noise);
        UnmaskedClient[] clients = [.. values.Select((mine, i) => new UnmaskedClient(i, mine, job))];
        for (int t = 0; t < job.Iterations; t++)
        {
            ClusterUpload[] uploads = [.. clients.Select(client => client.Step())];
            ClusterAggregates aggregates = server.Step([.. uploads.Select(u => u.Sums)], [.. uploads.Select(u => u.Counts)]);
            foreach (UnmaskedClient client in clients) client.Update(aggregates.Sums, aggregates.Counts);
        }

        return Agreed(clients.Select(client => client.Centres));
    }

    /// <summary>As <see cref="Unmasked"/>, with masks.</summary>
    public static double[] Masked(ClusteringParams job, float[][] values, IRandomSource noise, ulong keySeed, Action<ModularVector>? serverSees = null)
    {
        Server server = new(job, noise);
        SharedMaskKeys[] keys = LocalMaskKeys.Agree(job.Clients, new SeededRandomSource(keySeed, "keys"));
        MaskedClient[] clients = [.. values.Select((mine, i) => new MaskedClient(i, mine, job, keys[i]))];
        for (int t = 0; t < job.Iterations; t++)
        {
            ClusterUpload[] uploads = [.. clients.Select(client => client.Step())];
            foreach (ClusterUpload upload in uploads)
            {
                serverSees?.Invoke(upload.Sums);
                serverSees?.Invoke(upload.Counts);
            }

            ClusterAggregates aggregates = server.Step([.. uploads.Select(u => u.Sums)], [.. uploads.Select(u => u.Counts)]);
            serverSees?.Invoke(aggregates.Sums);
            serverSees?.Invoke(aggregates.Counts);
            foreach (MaskedClient client in clients) client.Update(aggregates.Sums, aggregates.Counts);
        }

        foreach (SharedMaskKeys key in keys) key.Dispose();
        return Agreed(clients.Select(client => client.Centres));
    }

    private static double[] Agreed(IEnumerable<double[]> centres)
    {
        double[][] all = [.. centres];
        return all.All(other => other.SequenceEqual(all[0])) ? all[0] : throw new InvalidOperationException("The clients disagree.");
    }
}
