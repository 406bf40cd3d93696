using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Clipping;
using Tacit.Simulation.Receipts;
using Tacit.Simulation.Rounds;

namespace Tacit.Simulation.Jobs;

/// <summary>One weighted mean to be taken.</summary>
/// <param name="Round">The round's number.</param>
/// <param name="ModelHash">SHA-256 of the model the vectors belong to.</param>
/// <param name="Names">The participants, in the order of their vectors.</param>
internal sealed record AggregationRequest(int Round, ImmutableArray<byte> ModelHash, ImmutableArray<string> Names)
{
    public ImmutableDictionary<PartyId, Phase> Crashes { get; init; } = ImmutableDictionary<PartyId, Phase>.Empty;

    public Action<Phase>? PhaseEntered { get; init; }
}

/// <summary>The mean, unless the round aborted, and what it cost.</summary>
internal sealed record AggregationResult(Aggregate? Aggregate, RoundReport Report);

/// <summary>Encode → protect → unprotect → decode, over the real protocol; or the plain mean of the same participants, for comparison.</summary>
internal sealed class AggregationStep(TrainingPlan plan, IParallelLoop loop, ReceiptBook? receipts = null)
{
    private readonly ProtectedRounds rounds = new(plan.Protection, plan.Seed, loop) { NumbersBefore = 2, Receipts = receipts };   // the moments' rounds are the numbers 1 and 2 of the job

    public bool Plain { get; init; }

    public ReceiptBook? Receipts => receipts;

    public AggregationResult Run(AggregationRequest request, WeightedMeanPlan contribution, IReadOnlyList<(float[] Vector, int Weight)> inputs)
    {
        if (Plain) return RunPlain(request, contribution, inputs);

        var contributions = new Contribution[inputs.Count];
        loop.For(inputs.Count, i => contributions[i] = WeightedMeanPipeline.Encode(
            contribution, (float[])inputs[i].Vector.Clone(), inputs[i].Weight, new SeededRandomSource(plan.Seed, $"rounding {request.Round} {request.Names[i]}")));
        RoundRun run = Protect(request, contribution, [.. contributions.Select(made => made.Residues)], plan.Cohort.Minimum);
        Aggregate? aggregate = run.Outcome is RoundOutcome.Completed completed ? WeightedMeanPipeline.Decode(contribution, completed.Sum!) : null;
        return new AggregationResult(aggregate, Report(request, run) with { Saturated = aggregate?.Saturated ?? 0, Weight = aggregate?.Weight ?? 0 });
    }

    /// <inheritdoc cref="ProtectedRounds.Run"/>
    public RoundRun Protect(AggregationRequest request, ContributionPlan contribution, ImmutableArray<ModularVector> contributions, int minimumCohort) =>
        rounds.Run(request, contribution, contributions, minimumCohort);

    /// <summary>Who was in, who dropped out, and what it cost.</summary>
    public static RoundReport Report(AggregationRequest request, RoundRun run)
    {
        RoundOutcome.Completed? completed = run.Outcome as RoundOutcome.Completed;
        return new RoundReport
        {
            Round = request.Round,
            Included = completed is null ? [] : [.. completed.Included.Select(party => request.Names[party.Value - 1])],
            Dropped = completed is null
                ? [.. request.Crashes.OrderBy(crash => crash.Key).Select(crash => (request.Names[crash.Key.Value - 1], crash.Value, false))]
                : [.. completed.Dropped.Select(drop => (request.Names[drop.Party.Value - 1], drop.Phase, drop.Recovered))],
            Aborted = run.Outcome as RoundOutcome.Aborted,
            Cost = new RoundCost(
                run.Traffic.Values.Average(t => (double)t.Up), run.Traffic.Values.Average(t => (double)t.Down), run.Traffic.Values.Max(t => t.Up), run.Traffic.Values.Max(t => t.Down)),
            ComputeTime = Enum.GetValues<Phase>().ToImmutableDictionary(
                phase => phase, phase => run.CoordinatorTime.GetValueOrDefault(phase) + run.ParticipantTime.GetValueOrDefault(phase)),
            Incidents = [.. run.Incidents.Select(seen => $"{seen.Incident.Code} at {seen.Observer}: {seen.Incident.Detail}")],
        };
    }

    // The float mean of exactly those whose inputs the protocol would include, clipped and weighed as they would be.
    private static AggregationResult RunPlain(AggregationRequest request, WeightedMeanPlan contribution, IReadOnlyList<(float[] Vector, int Weight)> inputs)
    {
        int[] included = [.. Enumerable.Range(0, inputs.Count).Where(i => !request.Crashes.TryGetValue(new PartyId(i + 1), out Phase phase) || phase > Phase.MaskedInput)];
        inputs = [.. inputs.Select(input => (Clip(contribution, input.Vector), Math.Min(input.Weight, contribution.WeightCap)))];
        long weight = included.Sum(i => (long)inputs[i].Weight);
        if (weight == 0) throw new FailureException(FailureCodes.EmptyData, $"round {request.Round}: nobody with data is left to average");

        float[] mean = new float[contribution.Dimension];
        for (int j = 0; j < mean.Length; j++) mean[j] = (float)(included.Sum(i => (double)inputs[i].Vector[j] * inputs[i].Weight) / weight);
        long bytes = mean.Length * (long)sizeof(float);
        return new AggregationResult(new Aggregate(mean, weight, 0), new RoundReport
        {
            Round = request.Round,
            Included = [.. included.Select(i => request.Names[i])],
            Dropped = [.. request.Crashes.OrderBy(crash => crash.Key).Select(crash => (request.Names[crash.Key.Value - 1], crash.Value, true))],
            Cost = new RoundCost(bytes, 0, bytes, 0),
            ComputeTime = ImmutableDictionary<Phase, TimeSpan>.Empty,
            Weight = weight,
        });
    }

    private static float[] Clip(WeightedMeanPlan plan, float[] vector)
    {
        if (plan.ClipNorm is not { } bound) return vector;
        float[] clipped = (float[])vector.Clone();
        NormClipping.ClipToNorm(clipped, bound);
        return clipped;
    }
}
