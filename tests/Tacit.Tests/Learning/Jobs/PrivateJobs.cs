using Tacit.Aggregation.Pipeline;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Tacit.Learning.Optimizers;
using Tacit.Learning.Training;
using Tacit.Simulation.Jobs;

namespace Tacit.Tests.Learning.Jobs;

/// <summary>Small jobs whose participants hold one row each, longer from one to the next, so that the norms of updates differ.</summary>
internal static class PrivateJobs
{
    public static TrainingSimulation Of(TrainingPlan plan, int participants, int features = 20)
    {
        SeededRandomSource random = new(1, "rows");
        float[] values = [.. Enumerable.Range(0, participants * features).Select(i => (float)(random.NextNormal() * (1 + (i / features)) / Math.Sqrt(features)))];
        Dataset data = new(InputShape.Vector(features), values, [.. Enumerable.Range(0, participants).Select(i => i % 3)], ["a", "b", "c"])
        {
            ParticipantIds = [.. Enumerable.Range(1, participants)],
        };
        return new TrainingSimulation(plan, new TrainTestSplit(data, data));
    }

    /// <summary>The model hardly moves at this rate, so a round's updates are the next one's too.</summary>
    public static TrainingPlan Plan(PrivacyPlan privacy, int rounds, int? cohort, double rate) => new()
    {
        Data = new DataPlan { Format = "npy", Partition = new PartitionPlan { Kind = "natural" } },
        Model = new ModelSpecification { Kind = "linear" },
        Training = new LocalTraining { LearningRate = rate },
        Server = new ServerOptimization(),
        Rounds = rounds,
        Cohort = new CohortPlan(cohort, Minimum: 1),
        Protection = new ProtectionPlan { Protocol = "plain-sum", Malicious = false, Corrupt = 0, Drop = 0 },
        Privacy = privacy,
    };

    public static PrivacyPlan Tree(double? epsilon = null, double? multiplier = null) => new()
    {
        Mechanism = PrivacyMechanism.Tree, Name = "tree", Placement = NoisePlacement.Central, Epsilon = epsilon, NoiseMultiplier = multiplier,
    };

    public static PrivacyPlan Adaptive(NoisePlacement placement, double? epsilon = null, double? multiplier = null) => new()
    {
        Mechanism = PrivacyMechanism.Sum, Name = "sum", Placement = placement, AdaptiveClip = true, Epsilon = epsilon, NoiseMultiplier = multiplier,
    };
}
