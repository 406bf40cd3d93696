using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;
using Tacit.Privacy.Sampling;
using Tacit.Tests.Cryptography;
using Tacit.Tests.Vectors;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Privacy.Sampling;

public sealed class ExactCoinsTests(ITestOutputHelper output)
{
    private const int Draws = 1_000_000;

    [Fact]
    public void Coins_of_exp_agree_with_the_vectors()
    {
        if (SharedVectors.Find("dp_bernoulli_exp", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            JsonElement gamma = vector.GetProperty("params");
            BernoulliSampler coin = BernoulliSampler.ExpOfMinus(new Rational(gamma.Big("gamma_num"), gamma.Big("gamma_den")));
            double probability = vector.GetProperty("expected").Number("probability");
            tally.Check(vector, IsFair(coin, probability, Draws));
        }

        tally.AssertComplete(publicChecked: 4);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(0, 5)]
    [InlineData(5, 5)]
    [InlineData(999, 1000)]
    public void Coins_of_a_fraction_have_its_probability(int numerator, int denominator) =>
        Assert.True(IsFair(BernoulliSampler.Of(new Rational(numerator, denominator)), (double)numerator / denominator, 200_000));

    [Fact]
    public void Long_fractions_are_as_good_as_short_ones()
    {
        BigInteger huge = BigInteger.Pow(10, 50);

        Assert.True(IsFair(BernoulliSampler.Of(new Rational(huge / 3, huge)), 1.0 / 3, 200_000));
        Assert.True(IsFair(BernoulliSampler.ExpOfMinus(new Rational(3 * huge / 2 + 1, huge)), Math.Exp(-1.5), 200_000));
    }

    [Fact]
    public void All_widths_flip_the_same_coin()
    {
        using CoinStream coins = CoinStream.From(new SeededRandomSource(9));
        int[] heads = new int[3];
        for (int i = 0; i < 200_000; i++)
        {
            if (ExactCoins.BernoulliExp(coins, 7UL, 5UL)) heads[0]++;
            if (ExactCoins.BernoulliExp(coins, (UInt128)7, (UInt128)5)) heads[1]++;
            if (ExactCoins.BernoulliExp(coins, (BigInteger)7, (BigInteger)5)) heads[2]++;
        }

        double p = Math.Exp(-1.4), limit = Statistics.OneInABillion * Math.Sqrt(p * (1 - p) * 200_000);
        Assert.All(heads, count => Assert.InRange(count - p * 200_000, -limit, limit));
    }

    // 20!·(1/2! − 1/3! + … − 1/19! …) of the numbers from 1 on are heads; 0 goes on with the 21st coin.
    [Fact]
    public void The_number_below_20_factorial_counts_what_the_single_coins_would()
    {
        BigInteger factorial = 2432902008176640000, accepted = BigInteger.Zero, term = factorial;
        for (int k = 2; k <= 20; k++)
        {
            BigInteger next = term / k;                          // 20!/k!
            if (k % 2 == 1) accepted += term - next;             // ends at an odd K = k
            term = next;
        }

        Assert.True(Heads(accepted));
        Assert.False(Heads(accepted + 1));
        Assert.True(Heads(BigInteger.One));
        Assert.False(Heads(factorial - 1));

        // The word whose product with 20! has the given high part, and a low part that is not redrawn: NextBelow returns it.
        static bool Heads(BigInteger draw)
        {
            byte[] bytes = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(((draw << 64) + (BigInteger.One << 63)) / 2432902008176640000));
            return ExactCoins.BernoulliExpOfOne(CoinStream.Direct(new FixedRandomSource(bytes)));
        }
    }

    [Theory]
    [InlineData(0x5555555555555555UL, 0x5555555555555554UL, true)]
    [InlineData(0x5555555555555555UL, 0x5555555555555556UL, false)]
    [InlineData(0x5555555555555554UL, 0UL, true)]
    [InlineData(0x5555555555555556UL, 0UL, false)]
    public void A_comparison_goes_on_while_it_is_open(ulong prefix, ulong next, bool below)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, next);

        Assert.Equal(below, ExactCoins.IsBelow(CoinStream.Direct(new FixedRandomSource(bytes)), prefix, 64, 1, 3));
    }

    [Fact]
    public void What_is_no_probability_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BernoulliSampler.Of(new Rational(-1, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => BernoulliSampler.Of(new Rational(3, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => BernoulliSampler.ExpOfMinus(-1));
    }

    private static bool IsFair(BernoulliSampler coin, double probability, int draws)
    {
        int[] flips = new int[draws];
        coin.Fill(new SeededRandomSource(4), flips);
        return Math.Abs(flips.Sum() - probability * draws) <= Statistics.OneInABillion * Math.Sqrt(probability * (1 - probability) * draws) + 1e-6;
    }
}
