using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Federation.Jobs;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Sampling;

namespace Tacit.Coordination.Jobs;

/// <summary>The coordinator's half of sums that participants noise: new public signs each round, charged before a sum is used.</summary>
internal sealed class NoisedSums(SumPrivacy privacy, TrainingPlan plan)
{
    private readonly IIntegerSampler sampler = NoiseSamplers.For(privacy.Forecast.Plan);

    public SumPrivacy Privacy => privacy;

    public NoisedSumPlan PlanFor(int participants)
    {
        byte[] signs = new byte[32];
        SystemRandomSource.Instance.Fill(signs);
        return privacy.Forecast.Plan with { Participants = participants, SignSeed = ImmutableArray.Create(signs) };
    }

    public Opening Open(NoisedSumPlan sum, RoundOutcome.Completed completed, RoundTerms terms)
    {
        int included = completed.Included.Length, shares = privacy.HonestShares(included, terms.Cohort.Length);
        PrivacySpending spent = privacy.Open(shares);   // before the sum is used
        if (shares < privacy.Forecast.LeastShares || (plan.Privacy.Epsilon is { } ceiling && spent.Epsilon > ceiling * (1 + 1e-9)))
        {
            return new Opening([], 0, 0)
            {
                Spent = spent,
                Refused = new RoundOutcome.Aborted(FailureCodes.NoiseTooSmall, $"{included} participants are in the sum and {shares} honest shares of noise; the plan needs {privacy.Forecast.LeastShares}: the sum was not used", []),
            };
        }

        int contributions = included * sum.ShardsPerParticipant;
        NoisedMean mean = new NoisedSumPipeline(sum, sampler).Decode(completed.Sum!, contributions);
        return new Opening(mean.Mean, contributions, 0) { Spent = spent };
    }
}
