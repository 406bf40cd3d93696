using System.Collections.Immutable;
using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination.Access;
using Tacit.Coordination.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Federation.Jobs;
using Tacit.Federation.Offers;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Tacit.Learning.Optimizers;
using Tacit.Privacy.Accounting.Events;
using Tacit.Protocols.PlainSum;

namespace Tacit.Coordination.Jobs;

/// <summary>Runs a training plan over the network: offers rounds, opens sums, moves the model. Sees no data and no update.</summary>
internal sealed class FederatedTraining
{
    private readonly FederatedJob job;
    private readonly JobRecorder recorder;
    private readonly RoundRunner runner;
    private readonly RoundBoard board;
    private readonly CoordinatorOptions options;
    private readonly TimeProvider clock;
    private readonly Network network;
    private readonly NoisedSums? noised;
    private readonly List<FederatedRound> reports = [];
    private double[] means = [];
    private double[] squares = [];
    private bool resumed;

    /// <summary>Checks the plan before anybody is asked for anything.</summary>
    /// <exception cref="FailureException">The plan cannot be run over the network, or cannot keep what it promises.</exception>
    public FederatedTraining(FederatedJob job, JobRecorder recorder, RoundRunner runner, RoundBoard board, CoordinatorOptions options, TimeProvider clock)
    {
        (this.job, this.recorder, this.runner, this.board, this.options, this.clock) = (job, recorder, runner, board, options, clock);
        (network, noised) = Prepare(job);
    }

    /// <summary>Told of each round when it is over.</summary>
    public Action<FederatedRound>? Finished { get; init; }

    /// <summary>Refuses a job that cannot run.</summary>
    /// <exception cref="FailureException">Why.</exception>
    public static void Check(FederatedJob job) => Prepare(job);

    private int CohortSize => SizeOf(job);

    private int LeastPresent => Math.Max(job.Plan.Cohort.Minimum, noised?.Privacy.LeastIncluded ?? 1);

    private bool PerChannel => job.Input is { Channels: > 1, Steps: > 1 };   // windows: one scale a channel

    /// <summary>Runs the job from where it is.</summary>
    /// <param name="before">Rounds that were reported before; empty for a new job.</param>
    /// <param name="stopping">Ends the job between rounds, or in one.</param>
    public async Task<FederatedResult> RunAsync(ImmutableArray<FederatedRound> before, CancellationToken stopping)
    {
        reports.AddRange(before);
        IServerOptimizer server = job.Plan.Server.Create();
        AverageModel average = new(job.Plan.Server.AverageLast);
        JobCheckpoint last = await recorder.ResumeAsync(stopping) ?? new JobCheckpoint(0, FirstModel(), [], [], 0, [], [], []);
        resumed = before.Length > 0;
        noised?.Resume(recorder.Charged);
        server.LoadState(last.Server);
        average.LoadState(last.Averaged, last.Average);
        (means, squares) = (last.Means, last.Squares);
        float[] model = last.Model, released = last.Released.Length == 0 ? model : last.Released;
        if (job.Plan.Data.Standardize && last.Squares.Length == 0) await StandardizeAsync(model, stopping);
        Dataset? test = job.Test is { } examples && means.Length > 0 ? Standardization.FromMoments(means, squares).Apply(examples) : job.Test;
        for (int round = last.Round + 1; round <= job.Plan.Rounds; round++)
        {
            if (noised?.Privacy.Refusal(round) is { } refusal) return new FederatedResult([.. reports], released, refusal);
            for (int failures = 0; ; failures++)
            {
                Attempt attempt = await RoundAsync(RoundPurpose.Training, round, model, noised?.PlanFor(CohortSize) ?? (ContributionPlan)PlanTerms.WeightedMeanOf(job.Plan.Protection, network.ParameterCount, CohortSize), stopping);
                if (attempt.Opened is not null)
                {
                    server.Apply(model, attempt.Opened.Mean);
                    attempt = attempt with { Opened = null };   // its mean is as large as the model
                    released = average.Of(round, job.Plan.Rounds, model);
                    (int averaged, double[] sum) = average.SaveState();
                    Evaluation? metrics = test is null ? null : Evaluation.Of(network, released, test);
                    await FinishAsync(attempt with { Report = attempt.Report with { Metrics = metrics } }, new JobCheckpoint(round, model, released, server.SaveState(), averaged, sum, means, squares), stopping);
                    break;
                }

                await FinishAsync(attempt, null, stopping);
                if (noised?.Privacy.Refusal(round) is { } spent) return new FederatedResult([.. reports], released, spent);
                RoundOutcome.Aborted aborted = attempt.Report.Aborted!;
                if (failures + 1 >= options.MostFailures) throw new FailureException(aborted.Reason, $"round {round} failed {failures + 1} times in a row; the last time: {aborted.Detail}");
            }
        }

        return new FederatedResult([.. reports], released, null);
    }

    // Moments come out of secure sums too: first the means, then the mean squares around them.
    private async Task StandardizeAsync(float[] model, CancellationToken stopping)
    {
        int features = PerChannel ? job.Input.Channels : job.Input.Size;
        double range = job.Plan.Data.StandardizeRange;
        if (means.Length == 0)
        {
            await MomentsAsync(RoundPurpose.FeatureMeans, new float[features], range, opened => means = [.. opened.Select(x => (double)x)], model, stopping);
        }

        float[] mean = [.. means.Select(x => (float)x)];
        await MomentsAsync(RoundPurpose.FeatureSquares, mean, range * range, opened => squares = [.. opened.Select((v, j) => Math.Max(0, v) + ((double)mean[j] * mean[j]))], model, stopping);
    }

    private async Task MomentsAsync(RoundPurpose purpose, float[] vector, double range, Action<float[]> take, float[] model, CancellationToken stopping)
    {
        int bits = Quantization.MaxBits;
        while (ModulusSizing.SignedBits(job.Participants, new Quantization(range, bits).Magnitude) > 64) bits--;
        WeightedMeanPlan plan = new() { Dimension = vector.Length, Participants = job.Participants, Quantization = new Quantization(range, bits), WeightCap = Math.Max(1, job.Plan.Protection.WeightCap) };
        plan.Validate();
        for (int failures = 0; ; failures++)
        {
            Attempt attempt = await RoundAsync(purpose, 0, vector, plan, stopping);
            if (attempt.Opened is { } opened && attempt.Report.Saturated == 0)
            {
                take(opened.Mean);
                await FinishAsync(attempt, new JobCheckpoint(0, model, [], [], 0, [], means, squares), stopping);
                return;
            }

            await FinishAsync(attempt, null, stopping);
            if (attempt.Opened is not null) throw new FailureException(FailureCodes.ValueOutOfBounds, FormattableString.Invariant($"data.standardize-range is {job.Plan.Data.StandardizeRange}; {attempt.Report.Saturated} moments are beyond it: enlarge it"));
            RoundOutcome.Aborted aborted = attempt.Report.Aborted!;
            if (failures + 1 >= options.MostFailures) throw new FailureException(aborted.Reason, $"the round that sums the features' moments failed {failures + 1} times in a row; the last time: {aborted.Detail}");
        }
    }

    private async Task<Attempt> RoundAsync(RoundPurpose purpose, int round, float[] vector, ContributionPlan plan, CancellationToken stopping)
    {
        // Everybody to begin with; later rounds go on without those that are gone.
        bool first = reports.Count == 0;
        ImmutableArray<Member> present = await runner.GatherAsync(
            first || resumed ? job.Participants : LeastPresent, LeastPresent, resumed ? options.RejoinGrace : null, stopping);
        resumed = false;
        int most = purpose == RoundPurpose.Training ? CohortSize : job.Participants;
        ImmutableArray<Member> invited = Draw(present, (int)Math.Min(job.Participants, Math.Ceiling(most * (1 + options.OverSelection))));
        DateTimeOffset startedAt = clock.GetUtcNow();
        long start = clock.GetTimestamp();
        RoundOffer offer = new()
        {
            Job = recorder.Id,
            Round = board.NextNumber(),
            Purpose = purpose,
            Protocol = job.Plan.Protection.Protocol,
            Mode = job.Plan.Protection.Malicious && job.Plan.Protection.Protocol != PlainSumProtocol.ProtocolName ? ProtectionMode.Malicious : ProtectionMode.SemiHonest,
            MinimumCohort = Math.Min(job.Plan.Cohort.Minimum, Math.Min(most, invited.Length)),
            Invited = invited.Length,
            AnswerWithin = options.AnswerTimeout,
            Plan = plan,
            Vector = vector,   // not copied: it changes when the round is over
            FeatureMeans = purpose == RoundPurpose.Training ? means : [],
            FeatureSquares = purpose == RoundPurpose.Training ? squares : [],
        };
        bool begun = false;
        async Task BeginAsync(RoundTerms terms, CancellationToken gone)
        {
            await recorder.BeginAsync(terms, gone);
            begun = true;
        }

        int Minimum(int cohort) => Math.Max(offer.MinimumCohort, plan is NoisedSumPlan ? noised!.Privacy.MinimumIncluded(cohort) : 1);
        RoundResult result = await runner.RunAsync(offer, invited, PlanTerms.ProtectionOf(job.Plan.Protection), most, Minimum, BeginAsync, stopping);
        FederatedRound report = ReportOf(result, round, clock.GetElapsedTime(start)) with { StartedAt = startedAt };
        if (result.Outcome is not RoundOutcome.Completed completed) return new Attempt(null, report, begun, "", result.Actor);
        Opening opened = plan is NoisedSumPlan sum
            ? await noised!.OpenAsync(sum, completed, result.Actor!.Terms, (readers, coordinator) => recorder.ChargeAsync(offer.Round, readers, coordinator))
            : OpenExact((WeightedMeanPlan)plan, completed);
        report = report with { Weight = opened.Weight, Saturated = opened.Saturated, Spent = opened.Spent };
        bool unopened = plan is NoisedSumPlan && opened.Cost is null;
        string transcript = unopened ? "" : await recorder.ReceiptsAsync(result.Actor!, completed, opened.Cost, opened.Mean, CancellationToken.None);   // charged: from here on nothing is given up half-way
        result.Actor!.ForgetSum();
        return opened.Refused is { } refused ? new Attempt(null, report with { Included = [], Aborted = refused }, begun, transcript, result.Actor) : new Attempt(opened, report, begun, transcript, result.Actor);
    }

    private async Task FinishAsync(Attempt attempt, JobCheckpoint? next, CancellationToken stopping)
    {
        if (next is not null) RoundActor.ReturnMemory();   // of the sum and its mean: a checkpoint is as large
        await recorder.FinishAsync(attempt.Report, attempt.Begun, attempt.Actor?.Transcript, attempt.Transcript, next, attempt.Transcript.Length > 0 ? CancellationToken.None : stopping);
        reports.Add(attempt.Report);
        Finished?.Invoke(attempt.Report);
        if (board.Find(attempt.Report.Number) is not { } entry) return;
        entry.Forget(attempt.Actor);
        entry.Over.TrySetResult();
    }

    private static Opening OpenExact(WeightedMeanPlan plan, RoundOutcome.Completed completed)
    {
        Aggregate aggregate = WeightedMeanPipeline.Decode(plan, completed.Sum!);
        return new Opening(aggregate.Mean, aggregate.Weight, aggregate.Saturated);
    }

    // Who is drawn must not be foreseen by anybody.
    private static ImmutableArray<Member> Draw(ImmutableArray<Member> present, int size)
    {
        if (present.Length <= size) return present;
        Member[] order = [.. present];
        SystemRandomSource.Instance.Shuffle<Member>(order);
        return [.. order[..size].OrderBy(member => member.Number)];
    }

    private static FederatedRound ReportOf(RoundResult result, int round, TimeSpan elapsed)
    {
        RoundOutcome.Completed? completed = result.Outcome as RoundOutcome.Completed;
        ImmutableArray<string> names = result.Actor?.Names ?? [];
        return new FederatedRound
        {
            Number = result.Entry.Number,
            Round = round,
            Purpose = result.Entry.Offer.Purpose,
            Invited = result.Entry.Invited.Length,
            Included = completed is null ? [] : [.. completed.Included.Select(party => names[party.Value - 1])],
            Dropped = completed is null ? [] : [.. completed.Dropped.Select(drop => (names[drop.Party.Value - 1], drop.Phase, drop.Recovered))],
            Declined = [.. result.Entry.Declined.Select(answer => (answer.Member.Name, answer.Reason))],
            Aborted = result.Outcome as RoundOutcome.Aborted,
            BytesReceived = result.Actor?.Received ?? 0,
            Elapsed = elapsed,
            Incidents = result.Actor is null ? [] : [.. result.Actor.Incidents.Select(incident => $"{incident.Code}: {incident.Detail}")],
        };
    }

    private static int SizeOf(FederatedJob job) => Math.Min(job.Plan.Cohort.Size ?? int.MaxValue, job.Participants);

    private static (Network, NoisedSums?) Prepare(FederatedJob job)
    {
        FederatedPlans.Check(job.Plan);
        Network network = Network.Create(job.Plan.Model, job.Input, job.Classes);
        int size = SizeOf(job);
        if (size < job.Plan.Cohort.Minimum) throw new FailureException(FailureCodes.InvalidValue, $"cohort.minimum is {job.Plan.Cohort.Minimum}; {size} participants take part in a round: it must be at most that");
        if (job.Plan.Privacy.Mechanism != PrivacyMechanism.None) return (network, new NoisedSums(SumPrivacy.Resolve(job.Plan, network.ParameterCount, job.Participants), job.Plan));
        PlanTerms.WeightedMeanOf(job.Plan.Protection, network.ParameterCount, size).Validate();
        return (network, null);
    }

    private float[] FirstModel()
    {
        if (job.Start is { } start)
        {
            if (start.Length != network.ParameterCount) throw new FailureException(FailureCodes.ShapeMismatch, $"the parameters to begin with are {start.Length}; the plan's model has {network.ParameterCount}");
            return [.. start];
        }

        float[] model = new float[network.ParameterCount];
        network.Initialize(model, SystemRandomSource.Instance);
        return model;
    }
}

/// <summary>An opened sum: the mean, or why it must not be used.</summary>
internal sealed record Opening(float[] Mean, long Weight, long Saturated)
{
    public Aggregation.Planning.PrivacySpending? Spent { get; init; }

    /// <summary>What was charged; null for an exact sum, and for a noised one that was never opened.</summary>
    public (PrivacyEvent Readers, PrivacyEvent Coordinator)? Cost { get; init; }

    public RoundOutcome.Aborted? Refused { get; init; }
}

/// <summary>One round of a job, before it is written down: opened if its sum may be used.</summary>
internal sealed record Attempt(Opening? Opened, FederatedRound Report, bool Begun, string Transcript, RoundActor? Actor);
