using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Mechanisms;
using Tacit.Privacy.Numerics;
using Tacit.Tests.Cryptography;
using Xunit;

namespace Tacit.Tests.Privacy.Mechanisms;

public sealed class IntegerMechanismTests
{
    private const int Answers = 100_000;

    [Fact]
    public void Discrete_gaussian_noise_has_its_variance_and_its_rho()
    {
        DiscreteGaussianMechanism mechanism = DiscreteGaussianMechanism.Create(new L2Sensitivity(3), scale: 12);

        Assert.Equal(9.0 / 288, mechanism.ZeroConcentratedRho, 1e-15);
        AssertVariance(144, answer => mechanism.AddNoise(answer, new SeededRandomSource(1)), kurtosis: 3);
    }

    [Fact]
    public void Discrete_laplace_noise_has_its_variance_and_its_scale()
    {
        DiscreteLaplaceMechanism mechanism = DiscreteLaplaceMechanism.Create(new L1Sensitivity(2), epsilon: 0.25);

        Assert.Equal(8, mechanism.NoiseScale);
        AssertVariance(new DiscreteLaplaceDistribution(8).Variance, answer => mechanism.AddNoise(answer, new SeededRandomSource(1)), kurtosis: 6);
    }

    [Fact]
    public void Skellam_noise_has_its_variance()
    {
        SkellamMechanism mechanism = SkellamMechanism.Create(new L1Sensitivity(2), new L2Sensitivity(1), variance: 50);

        AssertVariance(50, answer => mechanism.AddNoise(answer, new SeededRandomSource(1)), kurtosis: 3.02);
        Assert.Throws<ArgumentOutOfRangeException>(() => mechanism.RenyiEpsilon(1));
    }

    // The claim itself: over neighbouring answers, no event is more than e^ε times as likely, but for chance.
    [Fact]
    public void Discrete_laplace_releases_of_neighbours_stay_within_epsilon()
    {
        DiscreteLaplaceMechanism mechanism = DiscreteLaplaceMechanism.Create(new L1Sensitivity(1), epsilon: 0.5);
        long[] here = new long[Answers], there = [.. Enumerable.Repeat(1L, Answers)];
        mechanism.AddNoise(here, new SeededRandomSource(5));
        mechanism.AddNoise(there, new SeededRandomSource(6));

        for (int edge = -8; edge <= 8; edge++)
        {
            long p = there.Count(x => x >= edge), q = here.Count(x => x >= edge);
            Assert.True(p <= Math.Exp(0.5) * q + Statistics.OneInABillion * Math.Sqrt(p + Math.Exp(1) * q), $"{p} and {q} at {edge}");
        }
    }

    [Theory]
    [InlineData(2, 1.0)]
    [InlineData(2, 8.0)]
    [InlineData(10, 0.3)]
    [InlineData(100, 4.0)]
    public void Responses_have_their_probabilities(int choices, double epsilon)
    {
        RandomizedResponse mechanism = RandomizedResponse.Create(epsilon, choices);
        int[] responses = [.. Enumerable.Repeat(choices - 1, Answers)];

        mechanism.Respond(responses, new SeededRandomSource(1));

        AssertCount(mechanism.TruthProbability, responses.Count(x => x == choices - 1));
        for (int other = 0; other < Math.Min(choices - 1, 5); other++) AssertCount(mechanism.OtherProbability, responses.Count(x => x == other));
        double spread = Math.Sqrt(mechanism.TruthProbability * (1 - mechanism.TruthProbability) * Answers) / (mechanism.TruthProbability - mechanism.OtherProbability);
        Assert.InRange(mechanism.Estimate(responses.Count(x => x == choices - 1), Answers) - Answers, -Statistics.OneInABillion * spread, Statistics.OneInABillion * spread);
        Assert.Equal(epsilon, Math.Log(mechanism.TruthProbability / mechanism.OtherProbability), 1e-12);
    }

    [Fact]
    public void Reports_in_unary_have_their_probabilities()
    {
        const int reports = 20_000;
        UnaryEncoding mechanism = UnaryEncoding.Create(epsilon: 1.5, choices: 4);
        SeededRandomSource random = new(1);
        int[] set = new int[4];
        bool[] report = new bool[4];
        for (int i = 0; i < reports; i++)
        {
            mechanism.Encode(2, random, report);
            for (int bit = 0; bit < 4; bit++) set[bit] += report[bit] ? 1 : 0;
        }

        for (int bit = 0; bit < 4; bit++) AssertCount(bit == 2 ? 0.5 : mechanism.OtherProbability, set[bit], reports);
    }

    [Fact]
    public void Choices_that_are_none_are_refused()
    {
        RandomizedResponse response = RandomizedResponse.Create(1, 3);
        int[] choices = [0, 3];

        Assert.Throws<ArgumentOutOfRangeException>(() => response.Respond(choices, new SeededRandomSource(1)));
        Assert.Equal([0, 3], choices);
        Assert.Throws<ArgumentOutOfRangeException>(() => RandomizedResponse.Create(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => RandomizedResponse.Create(1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => UnaryEncoding.Create(1, 4).Encode(-1, new SeededRandomSource(1), new bool[4]));
        Assert.Throws<ArgumentException>(() => UnaryEncoding.Create(1, 4).Encode(1, new SeededRandomSource(1), new bool[5]));
        Assert.Throws<InvalidOperationException>(() => response.ShareVariance(10));
    }

    private static void AssertVariance(double variance, Action<long[]> addNoise, double kurtosis)
    {
        long[] answer = [.. Enumerable.Repeat(1L << 40, Answers)];
        addNoise(answer);
        double seen = answer.Average(x => (double)(x - (1L << 40)) * (x - (1L << 40)));
        double limit = Statistics.OneInABillion * Math.Sqrt((kurtosis - 1) / Answers);
        Assert.InRange(seen / variance - 1, -limit, limit);
    }

    private static void AssertCount(double probability, int count, int draws = Answers)
    {
        double limit = Statistics.OneInABillion * Math.Sqrt(probability * (1 - probability) * draws) + 5;
        Assert.InRange(count - probability * draws, -limit, limit);
    }
}
