using System.Security.Cryptography;
using System.Text;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Federation.Jobs;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Clipping;
using Tacit.Privacy.Sampling;
using Tacit.Simulation.Receipts;
using Tacit.Simulation.Rounds;

namespace Tacit.Simulation.Jobs;

/// <summary>The mean of clipped updates with noise inside the sum, over the real protocol. Randomness is seeded, so a simulation protects nobody.</summary>
internal sealed class NoisedAggregation(TrainingPlan plan, SumPrivacy privacy, AggregationStep step, IParallelLoop loop)
{
    private readonly IIntegerSampler sampler = NoiseSamplers.For(privacy.Forecast.Plan);
    private readonly IIntegerSampler? votes = NoiseSamplers.ForVotes(privacy.Forecast.Plan);
    private readonly AdaptiveClipping? clipping = privacy.Plan.AdaptiveClip ? new AdaptiveClipping(privacy.Plan.Clip) { Target = privacy.Plan.ClipQuantile } : null;
    private TreeNoise? tree;

    // The grid scales with the norm, so the noise in grid steps stays what it was.
    private double Clip => clipping?.Bound ?? privacy.Forecast.Plan.Clip;

    /// <summary>Runs a round.</summary>
    /// <param name="request">The round.</param>
    /// <param name="updates">The updates of a participant's shards, computed one after another as they are asked for; none if it is gone.</param>
    public NoisedResult Run(AggregationRequest request, Func<int, IEnumerable<float[]>> updates)
    {
        NoisedSumPlan sum = PlanOf(request.Round, request.Names.Length);
        var contributions = new ModularVector[request.Names.Length];
        PlainSums plain = new(sum.Dimension, contributions.Length);
        loop.For(contributions.Length, i =>
        {
            // One pipeline and one vector for all shards of a participant: O(d) memory, nothing on disk.
            NoisedSumPipeline pipeline = new(sum, sampler, votes);
            contributions[i] = new ModularVector(sum.Ring, sum.Length);
            SeededRandomSource random = new(plan.Seed, $"noise {request.Round} {request.Names[i]}");
            foreach (float[] update in updates(i)) plain.Add(i, update, pipeline.AddTo(update, random, contributions[i]));
        });
        RoundRun run = step.Protect(request, sum, [.. contributions], privacy.MinimumIncluded(request.Names.Length));
        RoundReport report = AggregationStep.Report(request, run);
        return run.Outcome is RoundOutcome.Completed completed ? Open(request, sum, completed, report, plain) : new NoisedResult(null, report);
    }

    private NoisedResult Open(AggregationRequest request, NoisedSumPlan sum, RoundOutcome.Completed completed, RoundReport report, PlainSums plain)
    {
        int included = completed.Included.Length, shares = privacy.HonestShares(included, request.Names.Length);
        PrivacySpending spent = privacy.Open(shares, step.Receipts);   // before the sum is used
        bool enough = sum.Placement != NoisePlacement.Distributed || shares >= privacy.Forecast.LeastShares;
        if (!enough || (privacy.Plan.Epsilon is { } ceiling && spent.Epsilon > ceiling * (1 + 1e-9)))
        {
            RoundOutcome.Aborted refused = new(FailureCodes.NoiseTooSmall, FormattableString.Invariant(
                $"{included} participants are in the sum and {shares} honest shares of noise; the plan needs {privacy.Forecast.LeastShares}: the sum was not used"), []);
            return new NoisedResult(null, report with { Included = [], Aborted = refused, Privacy = new RoundPrivacy(spent, shares) });
        }

        int[] indices = [.. completed.Included.Select(party => party.Value - 1)];
        int contributions = privacy.Divisor ?? (included * sum.ShardsPerParticipant);
        NoisedMean mean = Decode(request.Round, sum, completed.Sum!, contributions);
        if (mean.Votes is { } votesSum) clipping!.Update(votesSum, privacy.ExpectedVotes);
        return new NoisedResult(mean.Mean, report with
        {
            Weight = contributions,
            Privacy = new RoundPrivacy(spent, shares)
            {
                Clip = sum.Clip,
                NearModulus = mean.NearModulus,
                SignalToNoise = SignalToNoise(sum, mean, contributions),
                Simulated = plain.Compare(indices, mean.Mean),
            },
        });
    }

    private NoisedMean Decode(int round, NoisedSumPlan sum, ModularVector opened, int contributions)
    {
        NoisedSumPipeline pipeline = new(sum, sampler, votes);
        SeededRandomSource random = new(plan.Seed, $"central noise {round}");
        if (sum.TreeSteps > 0)
        {
            // Divided by the planned number whoever dropped out, so that noise cancels between the rounds.
            tree ??= new TreeNoise(sum, sampler);
            return pipeline.Decode(opened, sum.Participants * sum.ShardsPerParticipant, tree.Next(privacy.PlaceOf(round).Tree, random));
        }

        if (sum.Placement == NoisePlacement.Central) pipeline.AddNoise(random, opened);
        return pipeline.Decode(opened, contributions);
    }

    private NoisedSumPlan PlanOf(int round, int participants) => privacy.Forecast.Plan with
    {
        Participants = participants,
        Clip = Clip,
        Granularity = privacy.Forecast.Plan.Granularity * (Clip / privacy.Forecast.Plan.Clip),
        SignSeed = [.. SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"tacit/signs {plan.Seed} {(privacy.TreeSteps > 0 ? 0 : round)}")))],
    };

    // What production can say without anybody's plain update: the energy of the mean beyond the noise that is known to be in it.
    private double SignalToNoise(NoisedSumPlan sum, NoisedMean mean, int contributions)
    {
        int draws = tree?.Nodes ?? (sum.Placement == NoisePlacement.Central ? 1 : contributions);
        if (tree is not null) contributions = sum.Participants * sum.ShardsPerParticipant;
        double deviation = sum.NoiseScale * sum.Granularity * Math.Sqrt(draws) / contributions, noise = deviation * deviation * sum.Dimension;
        double energy = mean.Mean.Sum(x => (double)x * x);
        return Math.Max(0, energy - noise) / noise;
    }
}

/// <summary>The mean, unless the round aborted or was refused.</summary>
internal sealed record NoisedResult(float[]? Mean, RoundReport Report);
