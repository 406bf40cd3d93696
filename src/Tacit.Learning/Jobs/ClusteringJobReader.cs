using Tacit.Aggregation.Failures;

namespace Tacit.Learning.Jobs;

/// <summary>Makes a <see cref="ClusteringJob"/> of what was written, or says on which line what is wrong and what is allowed.</summary>
public static class ClusteringJobReader
{
    /// <summary>The task of a plan.</summary>
    /// <param name="root">The whole document.</param>
    public static bool IsClustering(PlanMapping root)
    {
        ArgumentNullException.ThrowIfNull(root);
        return root.Entries.GetValueOrDefault("task") is PlanScalar { Text: "clustering" };
    }

    /// <summary>Reads a plan.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="root">The whole document.</param>
    /// <exception cref="FailureException">File, line, key, value, what is allowed.</exception>
    public static ClusteringJob Read(string file, PlanMapping root)
    {
        PlanSection top = new(file, "", root);
        top.Choice("task", "clustering", "clustering");
        PlanSection data = top.Section("data"), clustering = top.Section("clustering"), privacy = top.Section("privacy");
        ClusteringJob defaults = new() { Clusters = 1 };
        double epsilon = privacy.RequiredText("epsilon") == "none" ? double.NaN : privacy.Number("epsilon", double.NaN, x => x > 0, "greater than 0, or none", FailureCodes.InvalidEpsilon);
        double delta = privacy.Number("delta", double.NaN, x => x is > 0 and < 1, "in (0, 1)", FailureCodes.DeltaTooLarge);
        ClusteringJob job = defaults with
        {
            Name = top.Text("name", ""),
            Path = data.Has("path") ? data.Text("path", "") : null,
            Labels = data.Has("labels") ? data.Text("labels", "") : null,
            Ignore = data.Texts("ignore"),
            Participant = data.Has("participant") ? data.Text("participant", "") : null,
            Participants = data.Integer("participants", defaults.Participants, 2, 100_000),
            Bounds = ClusteringNames.Bounds(data.RequiredText("bounds"), $"{file}: data.bounds"),
            Clusters = clustering.RequiredInteger("k", 1, Clustering.Stages.ClusteringRequest.MostClusters),
            Method = ClusteringNames.Method(clustering.Choice("method", "auto", [.. ClusteringNames.Methods]), $"{file}: clustering.method"),
            Epsilon = double.IsNaN(epsilon) ? null : epsilon,
            Delta = double.IsNaN(delta) ? null : delta,
            Protection = TrainingPlanReader.ReadProtection(top.Section("protection"), "plain-sum", "secagg", "secagg-plus", "shared-mask"),
            Dropout = TrainingPlanReader.ReadFaults(top.Section("faults")),
            Seed = TrainingPlanReader.ReadSeed(top),
        };
        data.Finish();
        clustering.Finish();
        privacy.Finish();
        top.Finish();
        return job;
    }
}
