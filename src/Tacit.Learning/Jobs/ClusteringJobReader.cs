using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;

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
            Protection = ReadProtection(top.Section("protection"), out double? drop),
            Drop = drop,
            Dropout = TrainingPlanReader.ReadFaults(top.Section("faults")),
            Seed = TrainingPlanReader.ReadSeed(top),
        };
        data.Finish();
        clustering.Finish();
        privacy.Finish();
        top.Finish();
        return job;
    }

    private static ProtectionPlan ReadProtection(PlanSection section, out double? drop)
    {
        ProtectionPlan defaults = new();
        string protocol = section.Choice("protocol", defaults.Protocol, "plain-sum", "secagg", "secagg-plus", "shared-mask");
        bool shared = protocol == "shared-mask";
        string mode = section.Choice("mode", shared ? "semi-honest" : "malicious", "semi-honest", "malicious");
        if (shared && mode == "malicious") throw section.Wrong(FailureCodes.InvalidValue, "mode", "protection.mode is malicious; shared-mask protects against a coordinator that follows the protocol: use semi-honest, or secagg-plus");
        ProtectionPlan protection = defaults with
        {
            Protocol = protocol,
            Malicious = mode == "malicious",
            Neighbours = section.IntegerOrAuto("neighbours", 1),
            Threshold = section.IntegerOrAuto("threshold", 1),
            Corrupt = section.Number("corrupt", shared ? 0 : defaults.Corrupt, x => shared ? x == 0 : x is >= 0 and < 1, shared ? "0: with shared-mask one participant and the coordinator see exact sums" : "in [0, 1)"),
            Sigma = section.Integer("sigma", defaults.Sigma, ProtectionTerms.LeastSigma, ProtectionTerms.LargestSigma),
            Cipher = section.Choice("cipher", defaults.Cipher, "aes-128", "aes-256"),
        };
        double given = section.Number("drop", double.NaN, x => shared ? x == 0 : x is >= 0 and < 1, shared ? "0: with shared-mask nobody may drop out" : "in [0, 1)");
        drop = double.IsNaN(given) ? null : given;
        section.Finish();
        return protection;
    }
}
