using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Federation.Jobs;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Tacit.Learning.Optimizers;
using Tacit.Learning.Training;
using Tacit.Simulation.Networks;
using Tacit.Simulation.Parallelism;
using Tacit.Simulation.Receipts;

namespace Tacit.Simulation.Jobs;

/// <summary>Runs a training plan in one process: real data, real training, real cryptography; the network and the drop-outs are simulated.</summary>
/// <param name="plan">The job.</param>
/// <param name="data">Examples for participants and for testing.</param>
public sealed class TrainingSimulation(TrainingPlan plan, TrainTestSplit data)
{
    private readonly ThreadPoolLoop loop = new();
    private readonly TrainingPlan plan = plan.Mode == TrainingMode.Central ? CentralBaseline.PlanFor(plan) : plan;

    /// <summary>A model to go on from; null starts with fresh parameters.</summary>
    public SafetensorsFile? StartFrom { get; set; }

    /// <summary>Is charged before a round's noise is drawn, and may refuse; null charges nothing beyond the job itself.</summary>
    public JobLedger? Ledger { get; set; }

    /// <summary>Signs a receipt for every participant and round that gave a result; null signs none. Open it with <see cref="CreateReceipts"/>.</summary>
    public ReceiptBook? Receipts { get; set; }

    /// <summary>Told of each phase of each round.</summary>
    public Action<int, string>? Progress { get; set; }

    /// <summary>The plan as it is carried out: central training leaves out what only a federation has.</summary>
    public TrainingPlan Plan => plan;

    /// <summary>d: parameters of the model; known once the first report is there.</summary>
    public int Dimension => Network.ParameterCount;

    /// <summary>Names the examples, see <see cref="TrainTestSplit.Source"/>.</summary>
    public string DataSource => data.Source;

    /// <summary>Who could take part.</summary>
    public Partition Participants => field ??= JobData.Deal(plan.Data.Partition, data.Train, plan.Seed);

    /// <summary>Parameters after the last round, or the average over the last rounds that the plan asks for.</summary>
    public float[] Released { get; private set; } = [];

    /// <summary>The network that the parameters belong to.</summary>
    public Network Network => field ??= CreateNetwork();

    /// <summary>How the cohort's sums are protected: not at all outside <see cref="TrainingMode.Secure"/>.</summary>
    public ProtectionTerms Protection => field ??= IsSecure ? PlanTerms.ProtectionOf(plan.Protection).Resolve(CohortSize) : ProtectionTerms.None;

    /// <summary>How an update becomes a contribution.</summary>
    public WeightedMeanPlan Contribution => field ??= PlanTerms.WeightedMeanOf(plan.Protection, Network.ParameterCount, CohortSize);

    /// <summary>Why the job ended before its last round, or null: the next one would have passed the privacy ceiling.</summary>
    public string? Stopped { get; private set; }

    // What participants train from; the average of the last rounds is released, not trained from.
    private float[] Model { get; set; } = [];

    private bool IsSecure => plan.Mode == TrainingMode.Secure;

    // Who trains: every participant its own rows, or one learner all of them.
    private Partition Learners => field ??= plan.Mode == TrainingMode.Central ? CentralBaseline.Pool(Participants) : Participants;

    private int CohortSize
    {
        get
        {
            int size = Math.Min(plan.Cohort.Size ?? int.MaxValue, Learners.Rows.Length);
            return !IsSecure || size >= plan.Cohort.Minimum
                ? size
                : throw new FailureException(FailureCodes.InvalidValue, $"cohort.minimum is {plan.Cohort.Minimum}; {size} participants take part in a round: it must be at most that");
        }
    }

    /// <summary>The noised sums of the job; null unless the plan asks for them.</summary>
    public SumPrivacy? Sums => field ??= plan.Privacy.Mechanism is PrivacyMechanism.Sum or PrivacyMechanism.Tree ? SumPrivacy.Resolve(plan, Network.ParameterCount, Learners.Rows.Length) : null;

    /// <summary>The private local steps of the job; null unless the plan asks for them.</summary>
    public StepPrivacy? Steps => field ??= plan.Privacy.Mechanism == PrivacyMechanism.LocalSteps ? StepPrivacy.Resolve(plan) : null;

    /// <summary>Runs the rounds one after another; each report comes when its round is over.</summary>
    /// <exception cref="FailureException">The plan cannot be carried out.</exception>
    public IEnumerable<RoundReport> Run()
    {
        if (Sums is null) Contribution.Validate();
        AggregationStep step = new(plan, loop, Receipts) { Plain = !IsSecure };
        NoisedAggregation? noised = Sums is null ? null : new NoisedAggregation(plan, Sums, step, loop);
        if (Steps?.MomentsEvent is { } moments && Ledger?.Charge(1, moments, moments) is { } refused)
        {
            Stopped = refused;
            yield break;
        }

        if (plan.Data.Standardize) Receipts?.Charge(Steps?.MomentsEvent, Steps?.MomentsEvent);
        (Dataset[] shares, Dataset test, RoundReport[] preparation) = Prepare(step);
        foreach (RoundReport report in preparation) yield return report;

        IServerOptimizer server = plan.Server.Create();
        Model = FirstModel();
        AverageModel average = new(plan.Server.AverageLast);
        for (int round = 1; round <= plan.Rounds; round++)
        {
            Stopped = Sums?.Refusal(round) ?? Refusal(round) ?? Charge(round);
            if (Stopped is not null) yield break;
            Sums?.Begin(round, Receipts);
            if (Sums is null) Receipts?.Charge(Steps?.RoundEvent, Steps?.RoundEvent);
            Progress?.Invoke(round, "training");
            int[] cohort = DrawCohort(round);
            AggregationRequest request = new(round, ModelHash(), [.. cohort.Select(i => Learners.Names[i])])
            {
                Crashes = DrawCrashes(round, cohort.Length),
                PhaseEntered = phase => Progress?.Invoke(round, phase.Name()),
            };
            (float[]? mean, RoundReport report) = noised is null ? RunExact(step, request, cohort, shares) : RunNoised(noised, request, cohort, shares);
            if (mean is not null) server.Apply(Model, mean);
            Receipts?.Issue(MemoryMarshal.AsBytes<float>(mean));
            Released = average.Of(round, plan.Rounds, Model);
            yield return report with { Metrics = Evaluation.Of(Network, Released, test, loop: loop), Privacy = report.Privacy ?? Spent(round) };
        }
    }

    /// <summary>Trains one participant once and throws the result away: to see how long a round takes.</summary>
    /// <returns>The fraction of a whole training that was done; a private training of many steps is cut short.</returns>
    public double TrainOneParticipant()
    {
        const int Enough = 20;
        DpSgdSettings? settings = Steps?.Settings;
        double share = settings is null || Steps!.StepsPerRound <= Enough ? 1 : (double)Enough / Steps.StepsPerRound;
        if (share < 1) settings = settings! with { Steps = Enough };
        float[] model = FirstModel();
        LocalTrainer.Train(CreateNetwork(), model, Learners.Split(data.Train).First(), plan.Training with { DpSgd = settings }, new SeededRandomSource(plan.Seed, "rehearsal"), loop);
        return share;
    }

    /// <summary>A book for the receipts of this job.</summary>
    /// <exception cref="FailureException">The plan has no protected rounds to sign for, or a participant's name cannot stand in a receipt.</exception>
    public ReceiptBook CreateReceipts()
    {
        if (!IsSecure) throw new FailureException(FailureCodes.InvalidValue, "--receipts was given, and the plan's mode is not secure: without a protocol there are no terms to sign");
        PrivacyPlan privacy = plan.Privacy;
        return new ReceiptBook(plan.Seed, privacy.Name, privacy.Unit, privacy.Delta, Learners.Names);
    }

    private (float[]? Mean, RoundReport Report) RunExact(AggregationStep step, AggregationRequest request, int[] cohort, Dataset[] shares)
    {
        var updates = new ModelUpdate?[cohort.Length];
        LocalRound local = new(cohort.Length);
        loop.For(cohort.Length, i =>
        {
            if (!IsGone(request, i)) updates[i] = local.Train(i, () => Train(request, i, 0, shares[cohort[i]]));
        });
        AggregationResult result = step.Run(request, Contribution, [.. updates.Select(u => u is null ? (new float[Network.ParameterCount], 0) : (u.Delta, u.Examples))]);
        return (result.Aggregate?.Mean, local.Complete(result.Report, request.Names));
    }

    private (float[]? Mean, RoundReport Report) RunNoised(NoisedAggregation noised, AggregationRequest request, int[] cohort, Dataset[] shares)
    {
        if (cohort.Length < Sums!.MinimumIncluded(cohort.Length) || cohort.Length > Sums.MostParticipants) return (null, NoRound(request));
        LocalRound local = new(cohort.Length);
        NoisedResult result = noised.Run(request, Updates);
        return (result.Mean, local.Complete(result.Report, request.Names));

        IEnumerable<float[]> Updates(int i)
        {
            if (IsGone(request, i)) yield break;
            int shard = 0;
            foreach (Dataset rows in JobData.Shards(shares[cohort[i]], plan.Privacy.MiniClients, new SeededRandomSource(plan.Seed, $"shards {request.Names[i]}")))
            {
                int number = shard++;
                // An empty shard adds its noise all the same.
                yield return rows.Rows == 0 ? new float[Network.ParameterCount] : FiniteOrZero(() => local.Train(i, () => Train(request, i, number, rows)).Delta);
            }
        }
    }

    private string? Charge(int round)
    {
        if (Ledger is null) return null;
        if (Sums is not null && Sums.PlaceOf(round).Step > 0) return null;   // paid for with the tree's first round
        if (Sums is not null) return Ledger.Charge(round, Sums.ReadersEvent, Sums.CoordinatorEvent);
        return Steps is null ? null : Ledger.Charge(round, Steps.RoundEvent, Steps.RoundEvent);
    }

    private string? Refusal(int round) => Steps is null || round <= Steps.Rounds ? null : FormattableString.Invariant(
        $"round {round} would pass the ceiling of {Steps.Plan.Epsilon} at delta {Steps.Plan.Delta:g3}: {Steps.Rounds} rounds of {Steps.StepsPerRound} steps cost {Steps.Forecast.Epsilon:g6}");

    private RoundPrivacy? Spent(int round) => Steps is null ? null : new RoundPrivacy(Steps.After((long)Steps.StepsPerRound * round), HonestShares: 0) { Clip = Steps.Settings.MaxGradNorm };

    // A drawn cohort may be smaller than the noise was planned for, or larger than the modulus was: with less than one in ten thousand.
    private RoundReport NoRound(AggregationRequest request) => new()
    {
        Round = request.Round,
        Included = [],
        Dropped = [],
        Aborted = new RoundOutcome.Aborted(FailureCodes.CohortBelowThreshold, $"{request.Names.Length} participants were drawn; the noise and the modulus are planned for {Sums!.LeastIncluded} to {Sums.MostParticipants}", []),
        Cost = RoundCost.None,
        ComputeTime = ImmutableDictionary<Phase, TimeSpan>.Empty,
    };

    // A training that diverges contributes zeros: a round that failed instead would tell whose data made it fail.
    private float[] FiniteOrZero(Func<float[]> train)
    {
        try
        {
            return train();
        }
        catch (FailureException problem) when (problem.Code == FailureCodes.UpdateNotFinite)
        {
            return new float[Network.ParameterCount];
        }
    }

    private ModelUpdate Train(AggregationRequest request, int i, int shard, Dataset rows)
    {
        SeededRandomSource random = new(plan.Seed, shard == 0 ? $"training {request.Round} {request.Names[i]}" : $"training {request.Round} {request.Names[i]} shard {shard}");
        return LocalTrainer.Train(CreateNetwork(), Model, rows, plan.Training with { DpSgd = Steps?.Settings }, random, request.Names.Length == 1 ? loop : SequentialLoop.Instance);
    }

    // Whoever is gone before the inputs are sent contributes nothing, so its training is not simulated.
    private static bool IsGone(AggregationRequest request, int i) => request.Crashes.TryGetValue(new PartyId(i + 1), out Phase phase) && phase <= Phase.MaskedInput;

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
        if (Steps?.MomentNoise is { } multiplier)
        {
            (Standardization noised, RoundReport[] rounds) = MomentRounds.RunPrivately(plan, step, shares, [.. Learners.Names], multiplier);
            return ([.. shares.Select(noised.Apply)], noised.Apply(data.Test), rounds);
        }

        bool perChannel = data.Train.InputShape is { Channels: > 1, Steps: > 1 };   // windows: one scale a channel
        (Standardization standardization, RoundReport[] reports) = MomentRounds.Run(plan, step, shares, [.. Learners.Names], perChannel);
        return ([.. shares.Select(standardization.Apply)], standardization.Apply(data.Test), reports);
    }

    private Network CreateNetwork() => Network.Create(plan.Model, data.Train.InputShape, data.Train.ClassNames.Length);

    private int[] DrawCohort(int round)
    {
        int[] all = [.. Enumerable.Range(0, Learners.Rows.Length)];
        if (Sums is { TreeSteps: > 0 } sums)
        {
            // A pass is one order of all participants, cut into cohorts: nobody is in two, and those left over sit out.
            (int tree, int step) = sums.PlaceOf(round);
            new SeededRandomSource(plan.Seed, $"pass {tree}").Shuffle<int>(all);
            return [.. all.AsSpan(step * CohortSize, CohortSize).ToArray().Order()];
        }

        SeededRandomSource random = new(plan.Seed, $"cohort {round}");
        if (plan.Privacy is { Mechanism: PrivacyMechanism.Sum, Sampling: CohortSampling.Poisson, SamplingRate: { } rate }) return [.. all.Where(_ => random.NextDouble() < rate)];
        if (CohortSize == all.Length) return all;
        random.Shuffle<int>(all);
        return [.. all[..CohortSize].Order()];
    }

    private ImmutableDictionary<PartyId, Phase> DrawCrashes(int round, int size)
    {
        SeededRandomSource random = new(plan.Seed, $"dropout {round}");
        return FaultPlan.DrawCrashes(Enumerable.Range(1, size).Select(i => new PartyId(i)), plan.Dropout, random.NextDouble);
    }

    private ImmutableArray<byte> ModelHash() => [.. SHA256.HashData(MemoryMarshal.AsBytes(Model.AsSpan()))];
}
