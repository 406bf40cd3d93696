using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Tacit.Learning.Optimizers;
using Tacit.Learning.Training;
using Tacit.Simulation.Networks;
using Tacit.Simulation.Parallelism;

namespace Tacit.Simulation.Jobs;

/// <summary>Runs a training plan in one process: real data, real training, real cryptography; the network and the drop-outs are simulated.</summary>
/// <param name="plan">The job.</param>
/// <param name="data">Examples for participants and for testing.</param>
public sealed class TrainingSimulation(TrainingPlan plan, TrainTestSplit data)
{
    private readonly ThreadPoolLoop loop = new();
    private readonly TrainingPlan plan = plan.Mode == TrainingMode.Central ? CentralBaseline.PlanFor(plan) : plan;

    /// <summary>A model to go on from; null starts with fresh parameters.</summary>
    public SafetensorsFile? StartFrom { get; init; }

    /// <summary>Told of each phase of each round.</summary>
    public Action<int, string>? Progress { get; set; }

    /// <summary>The plan as it is carried out: central training leaves out what only a federation has.</summary>
    public TrainingPlan Plan => plan;

    /// <summary>d: parameters of the model; known once the first report is there.</summary>
    public int Dimension => Network.ParameterCount;

    /// <summary>Who could take part.</summary>
    public Partition Participants => field ??= JobData.Deal(plan.Data.Partition, data.Train, plan.Seed);

    /// <summary>Parameters after the last round.</summary>
    public float[] Model { get; private set; } = [];

    /// <summary>The network that the parameters belong to.</summary>
    public Network Network => field ??= CreateNetwork();

    /// <summary>How the cohort's sums are protected: not at all outside <see cref="TrainingMode.Secure"/>.</summary>
    public ProtectionTerms Protection => field ??= IsSecure ? AggregationStep.Choose(plan.Protection).Resolve(CohortSize) : ProtectionTerms.None;

    /// <summary>How an update becomes a contribution.</summary>
    public WeightedMeanPlan Contribution => field ??= AggregationStep.PlanFor(plan.Protection, Network.ParameterCount, CohortSize);

    private bool IsSecure => plan.Mode == TrainingMode.Secure;

    // Who trains: every participant its own rows, or one learner all of them.
    private Partition Learners => field ??= plan.Mode == TrainingMode.Central ? CentralBaseline.Pool(Participants) : Participants;

    private int CohortSize => Math.Min(plan.Cohort.Size ?? int.MaxValue, Learners.Rows.Length);

    /// <summary>Runs the rounds one after another; each report comes when its round is over.</summary>
    public IEnumerable<RoundReport> Run()
    {
        Contribution.Validate();
        AggregationStep step = new(plan, loop) { Plain = !IsSecure };
        (Dataset[] shares, Dataset test, RoundReport[] preparation) = Prepare(step);
        foreach (RoundReport report in preparation) yield return report;

        IServerOptimizer server = plan.Server.Create();
        Model = FirstModel();
        for (int round = 1; round <= plan.Rounds; round++)
        {
            Progress?.Invoke(round, "training");
            int[] cohort = DrawCohort(round);
            ImmutableDictionary<PartyId, Phase> crashes = DrawCrashes(round, cohort.Length);
            (ModelUpdate?[] updates, TimeSpan training) = Train(round, cohort, shares, crashes);
            AggregationResult result = step.Run(
                new AggregationRequest(round, Contribution, ModelHash(), [.. cohort.Select(i => Learners.Names[i])])
                {
                    Crashes = crashes,
                    PhaseEntered = phase => Progress?.Invoke(round, phase.Name()),
                },
                [.. updates.Select(u => u is null ? (new float[Network.ParameterCount], 0) : (u.Delta, u.Examples))]);
            if (result.Aggregate is not null) server.Apply(Model, result.Aggregate.Mean);
            yield return result.Report with { TrainingTime = training, Metrics = Evaluation.Of(Network, Model, test) };
        }
    }

    private float[] FirstModel()
    {
        if (StartFrom is { } file)
        {
            if (file.Layout.Equals(Network.Layout)) return [.. file.Parameters];
            throw new FailureException(FailureCodes.ShapeMismatch, $"the model file holds {file.Layout.Count} parameters in {file.Layout.Tensors.Length} tensors; the plan's model has {Network.ParameterCount} in {Network.Layout.Tensors.Length}: names and shapes must be the same");
        }

        float[] model = new float[Network.ParameterCount];
        Network.Initialize(model, new SeededRandomSource(plan.Seed, "model"));
        return model;
    }

    // Moments come out of secure sums too: first the means, then the mean squares around them.
    private (Dataset[] Shares, Dataset Test, RoundReport[] Reports) Prepare(AggregationStep step)
    {
        Dataset[] shares = [.. Learners.Split(data.Train)];
        if (!plan.Data.Standardize) return (shares, data.Test, []);

        Progress?.Invoke(0, "moments");
        bool perChannel = data.Train.InputShape is { Channels: > 1, Steps: > 1 };   // windows: one scale a channel
        (Standardization standardization, RoundReport[] reports) = MomentRounds.Run(plan, step, shares, [.. Learners.Names], perChannel);
        return ([.. shares.Select(standardization.Apply)], standardization.Apply(data.Test), reports);
    }

    private (ModelUpdate?[] Updates, TimeSpan Time) Train(int round, int[] cohort, Dataset[] shares, ImmutableDictionary<PartyId, Phase> crashes)
    {
        var updates = new ModelUpdate?[cohort.Length];
        long[] ticks = new long[cohort.Length];
        loop.For(cohort.Length, i =>
        {
            // Whoever is gone before the inputs are sent contributes nothing, so its training is not simulated.
            if (crashes.TryGetValue(new PartyId(i + 1), out Phase phase) && phase <= Phase.MaskedInput) return;
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            SeededRandomSource random = new(plan.Seed, $"training {round} {Learners.Names[cohort[i]]}");
            updates[i] = LocalTrainer.Train(CreateNetwork(), Model, shares[cohort[i]], plan.Training, random);
            ticks[i] = System.Diagnostics.Stopwatch.GetElapsedTime(start).Ticks;
        });
        return (updates, new TimeSpan(ticks.Sum()));
    }

    private Network CreateNetwork() => Network.Create(plan.Model, data.Train.InputShape, data.Train.ClassNames.Length);

    private int[] DrawCohort(int round)
    {
        int[] all = [.. Enumerable.Range(0, Learners.Rows.Length)];
        if (CohortSize == all.Length) return all;
        new SeededRandomSource(plan.Seed, $"cohort {round}").Shuffle<int>(all);
        return [.. all[..CohortSize].Order()];
    }

    private ImmutableDictionary<PartyId, Phase> DrawCrashes(int round, int size)
    {
        SeededRandomSource random = new(plan.Seed, $"dropout {round}");
        return FaultPlan.DrawCrashes(Enumerable.Range(1, size).Select(i => new PartyId(i)), plan.Dropout, random.NextDouble);
    }

    private ImmutableArray<byte> ModelHash() => [.. SHA256.HashData(MemoryMarshal.AsBytes(Model.AsSpan()))];
}
