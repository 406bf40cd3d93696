using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Optimizers;

namespace Tacit.Simulation.Jobs;

/// <summary>Central training as a job with one participant that holds everybody's examples: what federated training is measured against.</summary>
internal static class CentralBaseline
{
    /// <summary>The same model, rounds, epochs, batches and local optimiser, without what only a federation has: drop-outs, clipping, FedProx, a server optimiser.</summary>
    public static TrainingPlan PlanFor(TrainingPlan plan) => plan with
    {
        Cohort = new CohortPlan(Size: null, Minimum: 1),
        Dropout = 0,
        Training = plan.Training with { Proximal = 0 },
        Server = new ServerOptimization(),
        Protection = plan.Protection with { Clip = null, WeightCap = int.MaxValue },
    };

    /// <summary>One share of all rows that participants hold.</summary>
    public static Partition Pool(Partition participants) => new([[.. participants.Rows.SelectMany(rows => rows).Order()]], [$"all {participants.Rows.Length} together"]);
}
