using Tacit.Cryptography.Randomness;
using Xunit;

namespace Tacit.Tests.Cryptography;

public sealed class RandomSourceTests
{
    private readonly SeededRandomSource random = new(61);

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    [InlineData(1000UL)]
    [InlineData((1UL << 63) + 1)]
    [InlineData(ulong.MaxValue)]
    public void NextBelow_stays_below_the_bound(ulong bound)
    {
        for (int run = 0; run < 10_000; run++) Assert.True(random.NextBelow(bound) < bound);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void NextBelow_is_uniform(int bound)
    {
        long[] counts = new long[bound];
        for (int run = 0; run < 100_000; run++) counts[random.NextBelow((ulong)bound)]++;

        Assert.True(Statistics.ChiSquare(counts) < Statistics.ChiSquareLimit(bound - 1));
    }

    [Fact]
    public void NextBelow_is_uniform_where_a_remainder_would_be_biased()
    {
        // Four words of three numbers: without rejection the multiples of three would come twice as often as the others.
        long[] remainders = new long[3];
        for (int run = 0; run < 30_000; run++) remainders[random.NextBelow(3UL << 62) % 3]++;

        Assert.True(Statistics.ChiSquare(remainders) < Statistics.ChiSquareLimit(2));
    }

    [Fact]
    public void NextBelow_rejects_the_short_first_interval()
    {
        // 2⁶⁴ mod 3 = 1: the word 0 lands below the threshold and is drawn again; the next word is 2⁶³ and lands in the middle.
        FixedRandomSource fixedSource = new([.. new byte[8], 0, 0, 0, 0, 0, 0, 0, 0x80]);

        Assert.Equal(1UL, fixedSource.NextBelow(3));
    }

    [Fact]
    public void Bounds_that_are_not_positive_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextBelow(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextIndex(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextIndex(-1));
    }

    [Fact]
    public void Doubles_are_in_0_to_1_and_normals_are_finite_with_the_right_moments()
    {
        const int Draws = 100_000;
        double sum = 0, squares = 0;
        for (int run = 0; run < Draws; run++)
        {
            Assert.InRange(random.NextDouble(), 0, Math.BitDecrement(1.0));
            double normal = random.NextNormal();
            Assert.True(double.IsFinite(normal));
            sum += normal;
            squares += normal * normal;
        }

        Assert.InRange(sum / Draws, -Statistics.OneInABillion / Math.Sqrt(Draws), Statistics.OneInABillion / Math.Sqrt(Draws));
        Assert.InRange(squares / Draws - 1, -Statistics.OneInABillion * Math.Sqrt(2.0 / Draws), Statistics.OneInABillion * Math.Sqrt(2.0 / Draws));
    }

    [Fact]
    public void Shuffle_is_a_permutation_for_every_length()
    {
        for (int length = 0; length < 100; length++)
        {
            int[] items = [.. Enumerable.Range(0, length)];
            random.Shuffle<int>(items);
            Assert.Equal(Enumerable.Range(0, length), items.Order());
        }
    }

    [Fact]
    public void Shuffle_gives_every_permutation_as_often()
    {
        Dictionary<string, long> counts = [];
        for (int run = 0; run < 48_000; run++)
        {
            char[] items = ['a', 'b', 'c', 'd'];
            random.Shuffle<char>(items);
            string order = new(items);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(24, counts.Count);
        Assert.True(Statistics.ChiSquare(counts.Values) < Statistics.ChiSquareLimit(23));
    }

    [Fact]
    public void Public_coins_do_not_depend_on_how_they_are_drawn()
    {
        byte[] seed = new byte[32], whole = new byte[3000], pieces = new byte[3000];
        new PublicCoins(seed).Fill(whole);

        PublicCoins coins = new(seed);
        for (int at = 0, size = 1; at < pieces.Length; at += size, size = Math.Min(size + 7, pieces.Length - at)) coins.Fill(pieces.AsSpan(at, Math.Min(size, pieces.Length - at)));

        Assert.Equal(whole, pieces);
        Assert.Throws<ArgumentException>(() => new PublicCoins(new byte[31]));
    }

    [Fact]
    public void Seeds_and_labels_give_different_streams()
    {
        ulong[] words = [new SeededRandomSource(1).NextUInt64(), new SeededRandomSource(2).NextUInt64(), new SeededRandomSource(1, "a").NextUInt64()];

        Assert.Equal(3, words.Distinct().Count());
        Assert.Equal(words[0], new SeededRandomSource(1).NextUInt64());
    }
}
