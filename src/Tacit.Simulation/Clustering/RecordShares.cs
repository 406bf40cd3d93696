using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;

namespace Tacit.Simulation.Clustering;

/// <summary>Who has which records.</summary>
internal static class RecordShares
{
    public static int[][] Deal(ClusteringJob job, FeatureTable table)
    {
        if (!table.Owners.IsEmpty)
        {
            int[][] owned = [.. Enumerable.Range(0, table.Count).GroupBy(i => table.Owners[i]).OrderBy(group => group.Key).Select(group => group.ToArray())];
            return owned.Length >= 2 ? owned : throw new FailureException(FailureCodes.InvalidValue, $"column '{job.Participant}' names {owned.Length} participant; at least 2 are needed");
        }

        if (job.Participants > table.Count) throw new FailureException(FailureCodes.InvalidValue, $"participants is {job.Participants}; there are {table.Count} records: use at most that many");
        int[] order = [.. Enumerable.Range(0, table.Count)];
        new SeededRandomSource(job.Seed, "shares").Shuffle<int>(order);
        int[][] shares = new int[job.Participants][];
        for (int i = 0; i < shares.Length; i++)
        {
            int from = (int)((long)order.Length * i / shares.Length), to = (int)((long)order.Length * (i + 1) / shares.Length);
            shares[i] = order[from..to];
        }

        return shares;
    }
}
