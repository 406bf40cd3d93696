using System.Collections.Immutable;
using System.Diagnostics;
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

namespace Tacit.Coordination.Jobs;

/// <summary>Runs a training plan over the network: offers rounds, opens sums, moves the model. Sees no data and no update.</summary>
internal sealed class FederatedTraining
{
    private readonly FederatedJob job;
    private readonly RoundRunner runner;
    private readonly RoundBoard board;
    private readonly CoordinatorOptions options;
    private readonly TimeProvider clock;
    private readonly Network network;
    private readonly NoisedSums? noised;
    private readonly List<FederatedRound> reports = [];
    private double[] means = [];
    private double[] squares = [];

    /// <summary>Checks the plan before anybody is asked for anything.</summary>
    /// <exception cref="FailureException">The plan cannot be run over the network, or cannot keep what it promises.</exception>
    public FederatedTraining(FederatedJob job, RoundRunner runner, RoundBoard board, CoordinatorOptions options, TimeProvider clock)
    {
        (this.job, this.runner, this.board, this.options, this.clock) = (job, runner, board, options, clock);
        FederatedPlans.Check(job.Plan);
        network = Network.Create(job.Plan.Model, job.Input, job.Classes);
        if (CohortSize < job.Plan.Cohort.Minimum) throw new FailureException(FailureCodes.InvalidValue, $"cohort.minimum is {job.Plan.Cohort.Minimum}; {CohortSize} participants take part in a round: it must be at most that");
        if (job.Plan.Privacy.Mechanism == PrivacyMechanism.None) PlanTerms.WeightedMeanOf(job.Plan.Protection, network.ParameterCount, CohortSize).Validate();
        else noised = new NoisedSums(SumPrivacy.Resolve(job.Plan, network.ParameterCount, job.Participants), job.Plan);
    }

    /// <summary>Told of each round when it is over.</summary>
    public Action<FederatedRound>? Finished { get; init; }

    private int CohortSize => Math.Min(job.Plan.Cohort.Size ?? int.MaxValue, job.Participants);

    private int LeastPresent => Math.Max(job.Plan.Cohort.Minimum, noised?.Privacy.LeastIncluded ?? 1);

    private bool PerChannel => job.Input is { Channels: > 1, Steps: > 1 };   // windows: one scale a channel

    public async Task<FederatedResult> RunAsync(CancellationToken stopping)
    {
        if (job.Plan.Data.Standardize) await StandardizeAsync(stopping);
        Dataset? test = job.Test is { } examples && means.Length > 0 ? Standardization.FromMoments(means, squares).Apply(examples) : job.Test;
        IServerOptimizer server = job.Plan.Server.Create();
        AverageModel average = new(job.Plan.Server.AverageLast);
        float[] model = FirstModel(), released = model;
        for (int round = 1; round <= job.Plan.Rounds; round++)
        {
            if (noised?.Privacy.Refusal(round) is { } refusal) return new FederatedResult([.. reports], released, refusal);
            for (int failures = 0; ; failures++)
            {
                (Opening? opened, FederatedRound report) = await RoundAsync(RoundPurpose.Training, round, model, noised?.PlanFor(CohortSize) ?? (ContributionPlan)PlanTerms.WeightedMeanOf(job.Plan.Protection, network.ParameterCount, CohortSize), stopping);
                if (opened is not null)
                {
                    server.Apply(model, opened.Mean);
                    released = average.Of(round, job.Plan.Rounds, model);
                    report = report with { Metrics = test is null ? null : Evaluation.Of(network, released, test) };
                }

                Report(report);
                if (opened is not null) break;
                if (noised?.Privacy.Refusal(round) is { } spent) return new FederatedResult([.. reports], released, spent);
                if (failures + 1 >= options.MostFailures) throw new FailureException(report.Aborted!.Reason, $"round {round} failed {failures + 1} times in a row; the last time: {report.Aborted.Detail}");
            }
        }

        return new FederatedResult([.. reports], released, null);
    }

    // Moments come out of secure sums too: first the means, then the mean squares around them.
    private async Task StandardizeAsync(CancellationToken stopping)
    {
        int features = PerChannel ? job.Input.Channels : job.Input.Size;
        double range = job.Plan.Data.StandardizeRange;
        float[] mean = await MomentsAsync(RoundPurpose.FeatureMeans, new float[features], range, stopping);
        float[] variance = await MomentsAsync(RoundPurpose.FeatureSquares, mean, range * range, stopping);
        means = [.. mean.Select(x => (double)x)];
        squares = [.. variance.Select((v, j) => Math.Max(0, v) + ((double)mean[j] * mean[j]))];
    }

    private async Task<float[]> MomentsAsync(RoundPurpose purpose, float[] vector, double range, CancellationToken stopping)
    {
        int bits = Quantization.MaxBits;
        while (ModulusSizing.SignedBits(job.Participants, new Quantization(range, bits).Magnitude) > 64) bits--;
        WeightedMeanPlan plan = new() { Dimension = vector.Length, Participants = job.Participants, Quantization = new Quantization(range, bits), WeightCap = Math.Max(1, job.Plan.Protection.WeightCap) };
        plan.Validate();
        for (int failures = 0; ; failures++)
        {
            (Opening? opened, FederatedRound report) = await RoundAsync(purpose, 0, vector, plan, stopping);
            Report(report);
            if (opened is not null && report.Saturated == 0) return opened.Mean;
            if (opened is not null) throw new FailureException(FailureCodes.ValueOutOfBounds, FormattableString.Invariant($"data.standardize-range is {job.Plan.Data.StandardizeRange}; {report.Saturated} moments are beyond it: enlarge it"));
            if (failures + 1 >= options.MostFailures) throw new FailureException(report.Aborted!.Reason, $"the round that sums the features' moments failed {failures + 1} times in a row; the last time: {report.Aborted.Detail}");
        }
    }

    private async Task<(Opening?, FederatedRound)> RoundAsync(RoundPurpose purpose, int round, float[] vector, ContributionPlan plan, CancellationToken stopping)
    {
        // Everybody to begin with; later rounds go on without those that are gone.
        ImmutableArray<Member> present = await runner.GatherAsync(reports.Count == 0 ? job.Participants : LeastPresent, stopping);
        ImmutableArray<Member> invited = purpose == RoundPurpose.Training ? Draw(present, CohortSize) : Draw(present, job.Participants);
        Stopwatch elapsed = Stopwatch.StartNew();
        RoundOffer offer = new()
        {
            Job = job.Name,
            Round = board.NextNumber(),
            Purpose = purpose,
            Protocol = job.Plan.Protection.Protocol,
            Mode = job.Plan.Protection.Malicious ? ProtectionMode.Malicious : ProtectionMode.SemiHonest,
            MinimumCohort = Math.Min(job.Plan.Cohort.Minimum, invited.Length),
            Invited = invited.Length,
            AnswerWithin = options.AnswerTimeout,
            Plan = plan,
            Vector = [.. vector],
            FeatureMeans = purpose == RoundPurpose.Training ? means : [],
            FeatureSquares = purpose == RoundPurpose.Training ? squares : [],
        };
        int Minimum(int cohort) => Math.Max(offer.MinimumCohort, plan is NoisedSumPlan ? noised!.Privacy.MinimumIncluded(cohort) : 1);
        RoundResult result = await runner.RunAsync(offer, invited, PlanTerms.ProtectionOf(job.Plan.Protection), Minimum, stopping);
        FederatedRound report = ReportOf(result, round, elapsed.Elapsed);
        if (result.Outcome is not RoundOutcome.Completed completed) return (null, report);
        Opening opened = plan is NoisedSumPlan sum ? noised!.Open(sum, completed, result.Actor!.Terms) : OpenExact((WeightedMeanPlan)plan, completed);
        report = report with { Weight = opened.Weight, Saturated = opened.Saturated, Spent = opened.Spent };
        return opened.Refused is { } refused ? (null, report with { Included = [], Aborted = refused }) : (opened, report);
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

    private void Report(FederatedRound report)
    {
        reports.Add(report);
        Finished?.Invoke(report);
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

    public RoundOutcome.Aborted? Refused { get; init; }
}
