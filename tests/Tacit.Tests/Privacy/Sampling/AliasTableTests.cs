using System.Buffers.Binary;
using System.Numerics;
using Tacit.Privacy.Numerics;
using Tacit.Privacy.Sampling;
using Tacit.Tests.Cryptography;
using Xunit;

namespace Tacit.Tests.Privacy.Sampling;

public sealed class AliasTableTests
{
    private const int Bits = AliasTable.WeightBits;

    private static readonly BigInteger whole = BigInteger.One << Bits;

    // Two columns of 2¹⁵⁹: value 0 owns 2¹⁵⁸ + 5 of the first, whose first 31 bits are 0100…0 and whose other 128 are 5.
    [Theory]
    [InlineData(0x3fffffff, 9, 0)]
    [InlineData(0x40000000, 0, 0)]
    [InlineData(0x40000000, 4, 0)]
    [InlineData(0x40000000, 5, 1)]
    [InlineData(0x40000000, 6, 1)]
    [InlineData(0x40000001, 0, 1)]
    public void Equal_first_bits_are_decided_by_the_others(uint word, ulong refinement, int value)
    {
        BigInteger own = (BigInteger.One << 158) + 5;
        AliasTable table = new([own, whole - own], first: 0);

        Assert.Equal(value, Draw(table, word, refinement));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ties_within_a_batch_take_their_bits_in_order(bool vectorised)
    {
        BigInteger own = (BigInteger.One << 158) + 5;
        AliasTable table = new([own, whole - own], first: 0) { IsVectorised = vectorised };
        byte[] bytes = new byte[(40 * 4) + (3 * 16)];
        foreach (int tie in new[] { 3, 17, 39 }) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * tie), 0x40000000);
        bytes[160 + 8] = 4;    // each refinement: the high word, then the low one
        bytes[176 + 8] = 5;
        bytes[192 + 8] = 3;
        int[] draws = new int[40];

        table.Fill(CoinStream.Direct(new FixedRandomSource(bytes)), draws);

        Assert.Equal([17], Enumerable.Range(0, 40).Where(i => draws[i] == 1));
    }

    [Fact]
    public void A_table_holds_its_weights_to_the_last_bit()
    {
        BigInteger[] weights = TableWeights.Normalise(TableWeights.Gaussian(Rational.FromDouble(0.8)));
        int reach = weights.Length / 2;
        AliasTable table = new([.. weights], -reach);
        const int columnBits = 5;
        BigInteger capacity = whole >> columnBits;
        BigInteger[] held = new BigInteger[weights.Length];

        for (uint column = 0; column < 1 << columnBits; column++)
        {
            int low = At(table, column, BigInteger.Zero), high = At(table, column, capacity - 1);
            BigInteger own = BigInteger.Zero, end = capacity;   // the draw is low before own … and high from end on
            while (low != high && end - own > 1)
            {
                BigInteger middle = (own + end) / 2;
                if (At(table, column, middle) == low) own = middle;
                else end = middle;
            }

            held[low + reach] += end;
            held[high + reach] += capacity - end;
        }

        Assert.Equal(weights, held);
        Assert.Equal(whole, weights.Aggregate(BigInteger.Add));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(7)]
    [InlineData(250.3)]
    public void Weights_are_the_probabilities(double scale)
    {
        BigInteger[] weights = TableWeights.Normalise(TableWeights.Gaussian(Rational.FromDouble(scale)));
        DiscreteGaussianDistribution expected = new(scale);

        Assert.Equal(whole, weights.Aggregate(BigInteger.Add));
        for (int i = 0; i < weights.Length; i++)
        {
            Assert.Equal(expected.Pmf(i - weights.Length / 2), new Rational(weights[i], whole).ToDouble(), 1e-14);
        }
    }

    [Fact]
    public void A_single_value_is_always_drawn()
    {
        AliasTable table = new([whole], first: -3);

        Assert.Equal(-3, Draw(table, 0, 0));
        Assert.Equal(-3, Draw(table, uint.MaxValue, ulong.MaxValue));
    }

    // The draw of a column when the uniform number of 160 − c bits in it is v.
    private static int At(AliasTable table, uint column, BigInteger v)
    {
        const int columnBits = 5;
        uint word = (column << (32 - columnBits)) | (uint)(v >> 128);
        UInt128 rest = (UInt128)(v & (BigInteger)UInt128.MaxValue);
        byte[] bytes = new byte[20];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(4), (ulong)(rest >> 64));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(12), unchecked((ulong)rest));
        int[] draw = new int[1];
        table.Fill(CoinStream.Direct(new FixedRandomSource(bytes)), draw);
        return draw[0];
    }

    private static int Draw(AliasTable table, uint word, ulong refinement)
    {
        byte[] bytes = new byte[20];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(12), refinement);
        int[] draw = new int[1];
        table.Fill(CoinStream.Direct(new FixedRandomSource(bytes)), draw);
        return draw[0];
    }
}
