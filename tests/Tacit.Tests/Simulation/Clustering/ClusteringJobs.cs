using System.Collections.Immutable;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Clustering.Stages;
using Tacit.Simulation.Clustering;
using Xunit;

namespace Tacit.Tests.Simulation.Clustering;

/// <summary>Jobs on generated records, and what was seen of them.</summary>
internal static class ClusteringJobs
{
    /// <summary>n records of d features around five places between 100 and 900.</summary>
    public static FeatureTable Table(int count = 4000, int dimension = 2)
    {
        SeededRandomSource random = new(1, "records");
        double[] places = [.. Enumerable.Range(0, 5 * dimension).Select(_ => 200 + (600 * random.NextDouble()))];
        float[] records = [.. Enumerable.Range(0, count * dimension).Select(i => (float)(places[(i / dimension % 5 * dimension) + (i % dimension)] + (100 * (random.NextDouble() - 0.5))))];
        return new FeatureTable([.. Enumerable.Range(1, dimension).Select(a => $"x{a}")], records);
    }

    public static ClusteringJob Job(string protocol = "plain-sum", ClusteringMethod method = ClusteringMethod.Auto) => new()
    {
        Clusters = 5,
        Epsilon = 2,
        Seed = 3,
        Participants = 10,
        Method = method,
        Bounds = new BoundsChoice(BoundsSource.Given, [(0, 1000)]),
        Protection = new ProtectionPlan { Protocol = protocol },
    };

    /// <summary>Runs a job in which participants stop answering in every round.</summary>
    public static Seen Run(ClusteringJob job, FeatureTable table, params (int Party, Phase Phase)[] crashes)
    {
        List<ImmutableArray<ulong[]>> encoded = [];
        List<OpenedSum> opened = [];
        ClusteringSimulation simulation = new(job, table)
        {
            Crashes = _ => crashes.ToImmutableDictionary(crash => new PartyId(crash.Party), crash => crash.Phase),
            Encoded = contributions => encoded.Add([.. contributions.Select(Residues)]),
            Opened = opened.Add,
        };
        return new Seen(simulation.Run(), encoded, opened);
    }

    private static ulong[] Residues(ModularVector vector) => [.. Enumerable.Range(0, vector.Length).Select(i => vector[i])];

    /// <summary>A result, and in each round what participants handed in and what was opened.</summary>
    internal sealed record Seen(ClusteringResult Result, List<ImmutableArray<ulong[]>> Encoded, List<OpenedSum> Opened)
    {
        /// <summary>Asserts that every opened sum is that of all but some participants, to the last bit.</summary>
        public void AssertSumsOfAllBut(params int[] missing)
        {
            for (int round = 0; round < Opened.Count; round++)
            {
                ResidueRing ring = new(Result.Rounds[round].Bits);
                ulong[] sum = new ulong[Opened[round].Sums.Length];
                for (int party = 1; party <= Encoded[round].Length; party++)
                {
                    if (missing.Contains(party)) continue;
                    for (int i = 0; i < sum.Length; i++) sum[i] = unchecked(sum[i] + Encoded[round][party - 1][i]);
                }

                Assert.Equal([.. sum.Select(x => ring.Centre(x & (ulong.MaxValue >> (64 - ring.Bits))))], Opened[round].Sums);
            }
        }
    }
}
