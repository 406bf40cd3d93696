using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Planning;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Accounting.Distributed;
using Xunit;

namespace Tacit.Tests.Aggregation.Noised;

public sealed class NormVoteTests
{
    [Theory]
    [InlineData(NoisePlacement.Distributed)]
    [InlineData(NoisePlacement.Central)]
    public void Votes_travel_inside_the_sum_with_noise_of_their_own(NoisePlacement placement)
    {
        NoisedSumPlan plan = Plan() with { Placement = placement };
        NoisedSumPipeline pipeline = new(plan, NoiseSamplers.For(plan), NoiseSamplers.ForVotes(plan));
        double[] sums = new double[400];
        for (int run = 0; run < sums.Length; run++)
        {
            ModularVector sum = new(plan.Ring, plan.Length);
            SeededRandomSource random = new((ulong)run);
            for (int i = 0; i < 10; i++) pipeline.AddTo([i < 7 ? 0.5f : 2, .. new float[63]], random, sum);
            if (placement == NoisePlacement.Central) pipeline.AddNoise(random, sum);
            sums[run] = pipeline.Decode(sum, 10).Votes!.Value;
        }

        Assert.Equal(plan.PaddedDimension + 1, plan.Length);
        double deviation = 40 / 32.0 * Math.Sqrt(placement == NoisePlacement.Central ? 1 : 10);
        Assert.Equal(2, sums.Average(), 6.2 * deviation / Math.Sqrt(400));   // 7 of ½ against 3; false alarms below 1e-9
        double variance = sums.Sum(x => (x - 2) * (x - 2)) / 400;
        Assert.InRange(variance / (deviation * deviation), 1 - (6.5 * Math.Sqrt(2.0 / 400)), 1 + (6.5 * Math.Sqrt(2.0 / 400)));
    }

    [Fact]
    public void Votes_do_not_change_the_mean()
    {
        NoisedSumPlan plan = Plan();
        float[] Decode(NoisedSumPlan with)
        {
            NoisedSumPipeline pipeline = new(with, NoiseSamplers.For(with), NoiseSamplers.ForVotes(with));
            ModularVector sum = new(with.Ring, with.Length);
            pipeline.AddTo([0.5f, .. new float[63]], new SeededRandomSource(1), sum);
            return pipeline.Decode(sum, 1).Mean;
        }

        Assert.Equal(Decode(plan with { Votes = null }), Decode(plan));
    }

    [Fact]
    public void A_plan_with_votes_is_another_plan()
    {
        NoisedSumPlan plan = Plan();

        Assert.NotEqual(plan.Hash(), (plan with { Votes = null }).Hash());
        Assert.NotEqual(plan.Hash(), (plan with { Votes = new NormVotes(8, 40) }).Hash());
        Assert.NotEqual(plan.Hash(), (plan with { Votes = new NormVotes(16, 41) }).Hash());
        Assert.NotEqual((plan with { Votes = null }).Hash(), (plan with { Votes = null, TreeSteps = 1, Placement = NoisePlacement.Central }).Hash());
        Given.Failure(FailureCodes.InvalidNoise, (plan with { Votes = new NormVotes(1, 0.4) }).Validate, "0.4", "clipping: fixed");
        Given.Failure(FailureCodes.InvalidValue, (plan with { Votes = new NormVotes(0, 40) }).Validate, "vote");
        Given.Failure(FailureCodes.MechanismNotValid, (plan with { TreeSteps = 4 }).Validate, "tree-steps");
        Assert.Throws<ArgumentException>(() => new NoisedSumPipeline(plan, NoiseSamplers.For(plan)));
    }

    [Fact]
    public void Cost_of_a_vote_counts_honest_shares_and_what_their_sum_lacks_of_a_gaussian()
    {
        NormVotes votes = new(2, 0.6);

        double expected = 2 / (0.6 * Math.Sqrt(9)) + DistributedDiscreteGaussianAccounting.Tau(0.6, 9);

        Assert.Equal(expected * expected / 2, NoisedSumCost.VotesConcentrated(votes, 9), 1e-12);
        NoisedSumPlan with = Plan(), without = with with { Votes = null };
        Assert.Equal(NoisedSumCost.Renyi(without, 9, 7) + (7 * NoisedSumCost.VotesConcentrated(with.Votes!, 9)), NoisedSumCost.Renyi(with, 9, 7), 1e-12);
    }

    [Theory]
    [InlineData(2, 16, 16)]
    [InlineData(1000, 16, 16)]
    [InlineData(5000, 16, 4)]
    [InlineData(200, 12, 4)]
    public void Votes_are_as_fine_as_the_modulus_allows(int participants, int bits, int magnitude)
    {
        NoisedSumPlan plan = NoisedSumPlanner.Plan(new NoisedSumRequest
        {
            Dimension = 5000, Participants = participants, HonestParticipants = participants, Rounds = 1, Delta = 1e-5, NoiseMultiplier = 1, Clip = 1, Bits = bits, Votes = true,
        }).Plan;

        Assert.Equal(magnitude, plan.Votes!.Magnitude);
        Assert.Equal(0.05 * participants, plan.Votes.ToHalves(1) * plan.Votes.NoiseScale * Math.Sqrt(participants), 1e-9 * participants);
    }

    private static NoisedSumPlan Plan() => new()
    {
        Dimension = 64, Participants = 10, Clip = 1, Granularity = 1e-3, ModulusBits = 20, NoiseScale = 2, Votes = new NormVotes(16, 40),
    };
}
