using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Federation.Jobs;
using Tacit.Learning.Jobs;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Budgets;
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

    /// <summary>Takes up the account of a job that was interrupted: what the ledger was charged counts, whether the sum was used or not.</summary>
    public void Resume(IEnumerable<PrivacyEvent> charged)
    {
        int most = privacy.MostParticipants * plan.Privacy.MiniClients;
        Dictionary<string, int> known = [];
        foreach (string text in charged.Select(EventText.Write))
        {
            for (int shares = most - known.Count; shares > 0 && !known.ContainsKey(text); shares--) known.TryAdd(EventText.Write(privacy.CoordinatorEventOf(shares)), shares);
            if (!known.TryGetValue(text, out int held)) throw new FailureException(FailureCodes.StorageCorrupt, $"the ledger charges this job {text}, which is no sum of its plan");
            privacy.Open(held);
        }
    }

    /// <summary>Charges, and only then opens.</summary>
    /// <param name="sum">The plan of the round.</param>
    /// <param name="completed">Who is in it.</param>
    /// <param name="terms">Of the round.</param>
    /// <param name="charge">Writes the charge down: against readers, and against the coordinator.</param>
    public async Task<Opening> OpenAsync(NoisedSumPlan sum, RoundOutcome.Completed completed, RoundTerms terms, Func<PrivacyEvent, PrivacyEvent, Task> charge)
    {
        int included = completed.Included.Length, shares = privacy.HonestShares(included, terms.Cohort.Length);
        if (shares < 1) return new Opening([], 0, 0) { Refused = TooLittle(included, shares) };   // never opened, so nothing is charged
        (PrivacyEvent Readers, PrivacyEvent Coordinator) cost = (privacy.ReadersEventOf(shares), privacy.CoordinatorEventOf(shares));
        await charge(cost.Readers, cost.Coordinator);   // on disk before the sum is used
        PrivacySpending spent = privacy.Open(shares);
        if (shares < privacy.Forecast.LeastShares || (plan.Privacy.Epsilon is { } ceiling && spent.Epsilon > ceiling * (1 + 1e-9))) return new Opening([], 0, 0) { Spent = spent, Cost = cost, Refused = TooLittle(included, shares) };
        int contributions = included * sum.ShardsPerParticipant;
        NoisedMean mean = new NoisedSumPipeline(sum, sampler).Decode(completed.Sum!, contributions);
        return new Opening(mean.Mean, contributions, 0) { Spent = spent, Cost = cost };
    }

    private RoundOutcome.Aborted TooLittle(int included, int shares) => new(
        FailureCodes.NoiseTooSmall, $"{included} participants are in the sum and {shares} honest shares of noise; the plan needs {privacy.Forecast.LeastShares}: the sum was not used", []);
}
