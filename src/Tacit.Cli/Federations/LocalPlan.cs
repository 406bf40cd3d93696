using System.IO;
using Tacit.Aggregation.Failures;
using Tacit.Federation.Jobs;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Tacit.Simulation.Jobs;
using Tacit.Simulation.Plans;

namespace Tacit.Cli.Federations;

/// <summary>A plan as text, so that it can be handed to participants as it is, and the data beside it.</summary>
/// <param name="Name">The file's name, for messages.</param>
/// <param name="Text">YAML.</param>
/// <param name="Settings">Values to replace.</param>
/// <param name="Data">File or folder, or null.</param>
internal sealed record LocalPlan(string Name, string Text, string[] Settings, string? Data)
{
    public static LocalPlan FromFile(string path, string[] settings, string? data)
    {
        PlanFile.Read(path);   // the limits and the errors of files
        string text = File.ReadAllText(path);
        TrainingPlan plan = TrainingPlanReader.Read(Path.GetFileName(path), PlanFile.Apply(PlanFile.Parse(Path.GetFileName(path), text), settings));
        return new LocalPlan(Path.GetFileName(path), text, settings, Verbs.PlanLoading.DataOf(path, plan.Data, data is null ? null : Path.GetFullPath(data)));
    }

    public TrainingPlan Read() => TrainingPlanReader.Read(Name, PlanFile.Apply(PlanFile.Parse(Name, Text), Settings));

    /// <summary>What participants are shown: the text, with the replaced values in their places.</summary>
    public string Shown => Settings.Length == 0 ? Text : PlanFile.Write(PlanFile.Apply(PlanFile.Parse(Name, Text), Settings));

    public TrainTestSplit Load(TrainingPlan plan) => JobData.Load(plan.Data, Data, plan.Seed);

    /// <summary>How the training examples are dealt out to so many participants.</summary>
    /// <exception cref="FailureException">INVALID_VALUE: the data has fewer.</exception>
    public static Partition Deal(TrainingPlan plan, Dataset train, int? participants)
    {
        PartitionPlan partition = participants is { } wanted ? plan.Data.Partition with { Participants = wanted } : plan.Data.Partition;
        Partition all = JobData.Deal(partition, train, plan.Seed);
        if (participants is not { } count || count == all.Rows.Length) return all;
        if (count > all.Rows.Length) throw new FailureException(FailureCodes.InvalidValue, $"--participants is {count}; the data has {all.Rows.Length} participants");
        return new Partition(all.Rows[..count], all.Names[..count]);
    }

    /// <summary>The noise of one share over the norm that this plan needs with so many participants; 0 without noise.</summary>
    public static double LeastNoise(TrainingPlan plan, Dataset train, int participants)
    {
        if (plan.Privacy.Mechanism != PrivacyMechanism.Sum) return 0;
        Network network = Network.Create(plan.Model, train.InputShape, train.ClassNames.Length);
        Aggregation.Pipeline.NoisedSumPlan sum = SumPrivacy.Resolve(plan, network.ParameterCount, participants).Forecast.Plan;
        return sum.NoiseScale * sum.Granularity / sum.Clip;
    }
}
