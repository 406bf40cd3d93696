using System.IO;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Simulation.Files;
using Tacit.Simulation.Jobs;
using Tacit.Simulation.Plans;

namespace Tacit.Cli.Verbs;

/// <summary>From a plan's file, replaced values and data to a job that can be run.</summary>
internal static class PlanLoading
{
    public static TrainingSimulation Load(string path, IReadOnlyList<string> replaced, string? data) => Load(path, PlanFile.Apply(PlanFile.Read(path), [.. replaced]), data);

    public static TrainingSimulation Load(string path, PlanMapping root, string? data)
    {
        if (ClusteringJobReader.IsClustering(root)) throw new FailureException(FailureCodes.InvalidValue, $"{Path.GetFileName(path)}: task is clustering, and this verb is for training plans; clustering plans go to tacit simulate and tacit plan");
        TrainingPlan plan = TrainingPlanReader.Read(Path.GetFileName(path), root);
        return new TrainingSimulation(plan, JobData.Load(plan.Data, DataOf(path, plan.Data, data), plan.Seed));
    }

    /// <summary>Where a plan's examples are: what was given, or the plan's own path.</summary>
    public static string? DataOf(string plan, DataPlan wanted, string? given) =>
        given is not null && wanted.Format == "synthetic-activity"
            ? throw new FailureException(FailureCodes.InvalidValue, $"--data is {given}; data.format is {wanted.Format}, which is generated and reads no files: leave --data out, or take a plan for files")
            : given ?? Beside(plan, wanted.Path);

    /// <summary>The records of a clustering plan.</summary>
    public static FeatureTable Records(string path, ClusteringJob job, string? data)
    {
        string file = data ?? Beside(path, job.Path) ?? throw new FailureException(FailureCodes.MissingValue, $"{Path.GetFileName(path)}: task clustering needs records: give --data or data.path");
        return Records(job, file);
    }

    /// <summary>The records of a file, as a job wants them.</summary>
    public static FeatureTable Records(ClusteringJob job, string file) =>
        FeatureTable.From(CsvTable.Parse(DataFiles.Read(file), Path.GetFileName(file)), job.Labels, job.Participant, job.Ignore);

    /// <summary>A plan's own path is relative to the plan and must stay beside or below it.</summary>
    public static string? Beside(string plan, string? path)
    {
        if (path is null) return null;
        string root = Path.GetFullPath(Path.GetDirectoryName(Path.GetFullPath(plan))!), full = Path.GetFullPath(Path.Combine(root, path));
        if (full != root && !full.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new FailureException(FailureCodes.PathNotAllowed, $"data.path is {path}; it must stay in the plan's folder: name other places with --data");
        }

        return full;
    }
}
