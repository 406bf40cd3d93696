using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Pipeline;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Tacit.Privacy.Sampling;
using Tacit.Protocols;
using Tacit.Simulation.Networks;
using Tacit.Simulation.Rounds;
using Xunit;

namespace Tacit.Tests.Aggregation.RecordSums;

public sealed class RecordSumPipelineTests
{
    [Theory]
    [InlineData("secagg-plus", ProtectionMode.SemiHonest)]
    [InlineData("secagg-plus", ProtectionMode.Malicious)]
    [InlineData("secagg", ProtectionMode.SemiHonest)]
    public void The_opened_sum_is_that_of_the_included_records_and_of_exactly_their_noise(string protocol, ProtectionMode mode)
    {
        RecordSumPlan plan = Sums.Plan(Sums.Gaussian(1 << 14, length: 50, largest: 1 << 10), Sums.Laplace(30, length: 30)) with { Participants = 20, NoiseShares = 12 };
        RecordSumPipeline pipeline = new(plan);
        long[][] sums = [.. Enumerable.Range(0, 20).Select(party => Enumerable.Range(0, 80).Select(i => i < 50 ? (long)(((party * 37) + (i * 101)) % 50) << 10 : (party + i) % 40).ToArray())];
        long[][] noise = [.. Enumerable.Range(0, 20).Select(party => pipeline.Decode(pipeline.Encode(new long[80], Noise(party))))];
        RoundSetup setup = RoundSetup.Create(
            new RoundSetupOptions { Protection = new ProtectionChoice(protocol, mode) { Corrupt = 0.05, Drop = 0.3 }, Seed = 5, PlanHash = [.. plan.Hash()] },
            [.. Enumerable.Range(0, 20).Select(party => pipeline.Encode(sums[party], Noise(party)))]);
        plan.ThrowUnlessFits(setup.Terms);
        ImmutableDictionary<PartyId, Phase> crashes = ImmutableDictionary<PartyId, Phase>.Empty
            .Add(new PartyId(2), Phase.ShareKeys).Add(new PartyId(7), Phase.MaskedInput).Add(new PartyId(13), Phase.MaskedInput).Add(new PartyId(19), Phase.Unmasking);

        RoundRun run = new RoundSimulation(setup.Protocol, setup.Terms, setup.Inputs) { Faults = new FaultPlan { Crashes = crashes } }.Run();

        RoundOutcome.Completed completed = Assert.IsType<RoundOutcome.Completed>(run.Outcome);
        int[] included = [.. completed.Included.Select(party => party.Value - 1)];
        Assert.Equal(17, included.Length);   // who fell silent after its input counts
        long[] opened = pipeline.Decode(completed.Sum!);
        Assert.Equal([.. Enumerable.Range(0, 80).Select(i => included.Sum(party => sums[party][i] + noise[party][i]))], opened);
        Assert.Contains(noise, each => each[..50].Any(x => x != 0) && each[50..].Any(x => x != 0));
    }

    [Fact]
    public void The_largest_sums_come_back_with_all_noise()
    {
        RecordSumPlan plan = Sums.Plan(Sums.Gaussian(1000, length: 5000), Sums.Laplace(250, length: 5000)) with { Records = 3 };
        RecordSumPipeline pipeline = new(plan);
        ModularVector total = new(plan.Ring, plan.Length);
        long[] noise = new long[plan.Length];
        for (int party = 0; party < plan.Participants; party++)
        {
            long[] own = new long[plan.Length];
            if (party == 0) Array.Fill(own, 3);
            total.Add(pipeline.Encode(own, Noise(party)));
            long[] zero = pipeline.Decode(pipeline.Encode(new long[plan.Length], Noise(party)));
            for (int i = 0; i < noise.Length; i++) noise[i] += zero[i];
        }

        Assert.Equal([.. noise.Select(x => x + 3)], pipeline.Decode(total));

        // Variances of 10,000 draws: relative deviations of 2 % for Gaussian and 3.2 % for Laplace noise, six of each.
        Assert.InRange(noise[..5000].Average(x => (double)x * x) / (1000.0 * 1000 * 12 / 8), 0.88, 1.12);
        Assert.InRange(noise[5000..].Average(x => (double)x * x) / (2 * 250.0 * 250 * 12 / 8), 0.8, 1.2);
    }

    [Fact]
    public void Sixty_bits_work_like_six()
    {
        foreach (long largest in (long[])[1, 1L << 12, 1L << 30, 1L << 40])
        {
            RecordSumPlan plan = Sums.Plan(Sums.Gaussian(4, largest: largest)) with { Records = 1 << 19, Participants = 2, NoiseShares = 2 };
            RecordSumPipeline pipeline = new(plan);
            long[] sums = [.. Enumerable.Range(0, 10).Select(i => (i - 5) * 100_000 * largest)], zero = new long[10];

            long[] decoded = pipeline.Decode(pipeline.Encode(sums, Noise(1))), noise = pipeline.Decode(pipeline.Encode(zero, Noise(1)));

            Assert.Equal([.. sums.Zip(noise, (sum, x) => sum + x)], decoded);
        }
    }

    [Fact]
    public void Every_block_has_noise_of_its_own()
    {
        RecordSumPlan plan = Sums.Plan(Sums.Gaussian(1000), Sums.Gaussian(1000));
        RecordSumPipeline pipeline = new(plan);

        long[] noise = pipeline.Decode(pipeline.Encode(new long[20], Noise(1)));

        Assert.NotEqual(noise[..10], noise[10..]);
        ImmutableArray<IIntegerSampler> samplers = NoiseSamplers.For(plan);
        Assert.Same(samplers[0], samplers[1]);   // one table, other coins
    }

    [Fact]
    public void Central_noise_is_not_in_a_contribution_but_in_what_the_coordinator_adds()
    {
        RecordSumPlan plan = Sums.Plan(Sums.Gaussian(100), Sums.Laplace(50)) with { Placement = NoisePlacement.Central, NoiseShares = 1 };
        RecordSumPipeline pipeline = new(plan);
        long[] sums = [.. Enumerable.Range(0, 20)];

        ModularVector sum = pipeline.Encode(sums, Noise(1));
        Assert.Equal(sums, pipeline.Decode(sum));

        pipeline.AddNoise(Noise(2), sum);
        Assert.True(pipeline.Decode(sum).Zip(sums, (x, y) => x != y).Count(differs => differs) > 15);
    }

    [Fact]
    public void Sums_that_no_records_make_are_refused_without_saying_where()
    {
        RecordSumPlan plan = Sums.Plan(Sums.Gaussian(1000, largest: 8), Sums.Laplace(30));
        RecordSumPipeline pipeline = new(plan);
        long[] sums = new long[20];

        (sums[3], sums[13]) = (8000, -1000);
        pipeline.Encode(sums, Noise(1));
        foreach ((int at, long value) in ((int, long)[])[(3, 8001), (3, -8001), (13, 1001), (13, long.MinValue)])
        {
            long[] beyond = new long[20];
            beyond[at] = value;
            Given.Failure(FailureCodes.ValueOutOfBounds, () => pipeline.Encode(beyond, Noise(1)), $"block {at / 10}", "1000 records");
        }

        Given.Failure(FailureCodes.VectorDimensionMismatch, () => pipeline.Encode(new long[19], Noise(1)), "19", "20");
        Given.Failure(FailureCodes.VectorDimensionMismatch, () => pipeline.Decode(new ModularVector(plan.Ring, 19)), "19", "20");
        Given.Failure(FailureCodes.VectorDimensionMismatch, () => pipeline.AddNoise(Noise(1), new ModularVector(new ResidueRing(64), 20)), "64");
    }

    [Fact]
    public void Samplers_of_an_earlier_round_are_taken_only_for_the_same_noise()
    {
        RecordSumPlan plan = Sums.Plan(Sums.Gaussian(1000), Sums.Laplace(30));
        ImmutableArray<IIntegerSampler> samplers = NoiseSamplers.For(plan);

        _ = new RecordSumPipeline(plan with { Records = 5 }, samplers);
        Assert.Throws<ArgumentException>(() => new RecordSumPipeline(plan, [samplers[0]]));
        Assert.Throws<ArgumentException>(() => new RecordSumPipeline(plan, [samplers[1], samplers[0]]));
        Assert.Throws<ArgumentException>(() => new RecordSumPipeline(plan with { NoiseShares = 9 }, samplers));
        Assert.Throws<ArgumentException>(() => new RecordSumPipeline(plan with { Blocks = [plan.Blocks[0], plan.Blocks[1] with { Scale = 31 }] }, samplers));
    }

    private static SeededRandomSource Noise(int party) => new((ulong)party, "share");
}
