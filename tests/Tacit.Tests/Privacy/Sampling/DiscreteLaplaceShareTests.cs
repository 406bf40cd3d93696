using System.Numerics;
using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Numerics;
using Tacit.Privacy.Sampling;
using Xunit;

namespace Tacit.Tests.Privacy.Sampling;

public sealed class DiscreteLaplaceShareTests
{
    [Theory]
    [InlineData(0.25, 1)]
    [InlineData(0.25, 3)]
    [InlineData(3, 2)]
    [InlineData(3, 7)]
    [InlineData(10.5, 10)]
    public void Shares_convolve_to_the_discrete_laplace_distribution(double scale, int shares)
    {
        double[] one = ShareTable(scale, shares), up = [1], down = [1];
        for (int i = 0; i < shares; i++) (up, down) = (Convolve(up, one), Convolve(down, one));
        DiscreteLaplaceDistribution law = new(scale);

        for (int x = -(int)(25 * scale) - 2; x <= (25 * scale) + 2; x++)
        {
            double seen = 0;
            for (int k = Math.Max(0, -x); k < down.Length && k + x < up.Length; k++) seen += up[k + x] * down[k];
            Assert.Equal(1, seen / law.Pmf(x), 1e-10);
        }
    }

    [Fact]
    public void One_share_of_one_has_the_weights_of_a_geometric_number()
    {
        BigInteger[] weights = TableWeights.GeometricShare(5, 1);

        for (int k = 1; k < weights.Length; k++)
        {
            BigInteger exact = FixedPoint.ExpOfMinus(new Rational(k, 5));
            Assert.True(BigInteger.Abs(exact - weights[k]) <= 4 * k, $"{k}");   // units of 2⁻²⁵⁶: one a step and the decay's own
        }
    }

    [Theory]
    [InlineData(1.0, 1, 1_000_000)]
    [InlineData(0.2, 5, 200_000)]
    [InlineData(10.1, 4, 500_000)]
    [InlineData(100, 30, 100_000)]
    [InlineData(2, 1000, 5_000)]
    public void Sums_of_shares_follow_the_discrete_laplace_distribution(double scale, int shares, int draws)
    {
        int reach = (int)(60 * scale) + 5;

        Fit.AssertFits(new Summed(DiscreteLaplaceShareSampler.Create(Rational.FromDouble(scale), shares), shares), x => Math.Exp(-Math.Abs(x) / scale), -reach, reach, draws);
    }

    [Theory]
    [InlineData(8192, 1)]
    [InlineData(4096, 100)]
    [InlineData(512, 10_000)]
    public void Moments_of_one_share_are_those_of_a_part_of_the_noise(double scale, int shares)
    {
        const int Draws = 400_000;
        int[] noise = new int[Draws];
        DiscreteLaplaceShareSampler.Create(Rational.FromDouble(scale), shares).Fill(new SeededRandomSource(5), noise);
        double variance = new DiscreteLaplaceDistribution(scale).Variance / shares, fourth = 12 * Math.Pow(scale, 4) / shares;   // κ₄ of Laplace noise is 12b⁴
        double seen = noise.Average(x => (double)x * x), deviation = Math.Sqrt((fourth + (2 * variance * variance)) / Draws);

        Assert.InRange(noise.Average(), -6 * Math.Sqrt(variance / Draws), 6 * Math.Sqrt(variance / Draws));
        Assert.InRange(seen, variance - (6 * deviation), variance + (6 * deviation));
    }

    [Fact]
    public void Tables_read_back_are_the_weights()
    {
        double[] table = ShareTable(2, 3);

        double normaliser = Math.Pow(1 - Math.Exp(-0.5), 1.0 / 3), weight = normaliser;
        for (int k = 0; k < 60; k++)
        {
            Assert.Equal(1, table[k] / weight, 1e-12);
            weight *= (k + (1.0 / 3)) / (k + 1) * Math.Exp(-0.5);
        }
    }

    [Fact]
    public void Columns_in_fixed_words_are_the_integers_they_stand_for()
    {
        SeededRandomSource random = new(3);
        byte[] bytes = new byte[20];
        for (int i = 0; i < 1000; i++)
        {
            random.Fill(bytes);
            BigInteger left = new BigInteger(bytes, isUnsigned: true) >> (int)random.NextBelow(12), capacity = BigInteger.One << 140;
            random.Fill(bytes);
            BigInteger right = (new BigInteger(bytes, isUnsigned: true) >> (int)random.NextBelow(12)) + capacity;

            Assert.Equal(ColumnWeight.From(left + right - capacity), ColumnWeight.From(right).PlusLess(ColumnWeight.From(left), 1 << 12));
        }

        Assert.Equal(new ColumnWeight(1UL << 32, 0), ColumnWeight.From(BigInteger.One << 160));
        Assert.Throws<OverflowException>(() => ColumnWeight.From(BigInteger.One << 192));
    }

    [Fact]
    public void Parameters_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DiscreteLaplaceShareSampler.Create(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DiscreteLaplaceShareSampler.Create(DiscreteLaplaceShareSampler.LargestScale + 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DiscreteLaplaceShareSampler.Create(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => DiscreteLaplaceShareSampler.Create(1, DiscreteLaplaceShareSampler.MostShares + 1));
    }

    private static double[] ShareTable(double scale, int shares) =>
        [.. TableWeights.Normalise(TableWeights.GeometricShare(Rational.FromDouble(scale), shares)).Select(weight => (double)weight / Math.Pow(2, AliasTable.WeightBits))];

    private static double[] Convolve(double[] left, double[] right)
    {
        double[] product = new double[left.Length + right.Length - 1];
        for (int i = 0; i < left.Length; i++)
        {
            for (int j = 0; j < right.Length; j++) product[i + j] += left[i] * right[j];
        }

        return product;
    }

    /// <summary>Sums of as many draws as there are shares.</summary>
    private sealed class Summed(IIntegerSampler share, int shares) : IIntegerSampler
    {
        public void Fill(IRandomSource random, Span<int> destination)
        {
            int[] part = new int[destination.Length];
            destination.Clear();
            for (int i = 0; i < shares; i++)
            {
                share.Fill(random, part);
                for (int j = 0; j < part.Length; j++) destination[j] += part[j];
            }
        }
    }
}
