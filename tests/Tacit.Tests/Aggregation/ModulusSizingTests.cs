using System.Numerics;
using Tacit.Aggregation.Encodings;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Xunit;

namespace Tacit.Tests.Aggregation;

public sealed class ModulusSizingTests
{
    [Fact]
    public void Sums_of_extremes_never_wrap_and_with_one_bit_less_they_do()
    {
        SeededRandomSource random = new(82);
        for (int run = 0; run < 10_000; run++)
        {
            int n = 1 + random.NextIndex(1 << random.NextIndex(20));
            long magnitude = 1 + (long)random.NextBelow(1UL << random.NextIndex(40));
            int bits = ModulusSizing.SignedBits(n, magnitude);
            BigInteger extreme = (BigInteger)n * magnitude;

            Assert.True(extreme <= BigInteger.Pow(2, bits - 1) - 1 && -extreme >= -BigInteger.Pow(2, bits - 1), $"{n} × {magnitude} in {bits} bits");
            Assert.True(extreme > BigInteger.Pow(2, bits - 2) - 1, $"{n} × {magnitude} in {bits - 1} bits");
        }
    }

    [Fact]
    public void Sums_in_the_ring_come_back_and_in_a_smaller_ring_they_do_not()
    {
        SeededRandomSource random = new(83);
        for (int run = 0; run < 500; run++)
        {
            int n = 1 + random.NextIndex(100);
            long magnitude = 1 + (long)random.NextBelow(1UL << 40);
            ResidueRing ring = new(ModulusSizing.SignedBits(n, magnitude));

            Assert.Equal(n * magnitude, Sum(ring, n, magnitude));
            Assert.Equal(-n * magnitude, Sum(ring, n, -magnitude));
            Assert.NotEqual(n * magnitude, Sum(new ResidueRing(ring.Bits - 1), n, magnitude));
        }
    }

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(2, 1, 3)]
    [InlineData(3, 1, 3)]
    [InlineData(4, 1, 4)]
    [InlineData(1, 127, 8)]
    [InlineData(2, 127, 9)]
    [InlineData(100, 127, 15)]
    [InlineData(128, 32767, 23)]
    [InlineData(1000, 32767, 26)]
    [InlineData(1024, 32767, 26)]
    [InlineData(1025, 32767, 27)]
    [InlineData(10_000, 524_287, 34)]
    [InlineData(int.MaxValue, long.MaxValue, 95)]
    public void Bits_for_participants_and_magnitude(int participants, long magnitude, int bits) => Assert.Equal(bits, ModulusSizing.SignedBits(participants, magnitude));

    [Fact]
    public void The_formula_of_the_paper_gives_the_same_bits()
    {
        for (int n = 1; n <= 5000; n++)
        {
            BigInteger values = (BigInteger)n * 65534 + 1;
            int paper = (int)(values - 1).GetBitLength();
            Assert.Equal(paper, ModulusSizing.SignedBits(n, 32767));
        }
    }

    [Fact]
    public void A_ring_that_is_too_small_is_refused_with_what_it_has_and_needs()
    {
        ModulusSizing.ThrowIfWraps(new ResidueRing(15), 100, 127);

        Given.Failure(FailureCodes.ModulusTooSmall, () => ModulusSizing.ThrowIfWraps(new ResidueRing(14), 100, 127), "14", "15", "100");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(-1, 1)]
    public void Nobody_and_nothing_cannot_be_summed(int participants, long magnitude) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ModulusSizing.SignedBits(participants, magnitude));

    private static long Sum(ResidueRing ring, int n, long value)
    {
        ModularVector sum = new(ring, 1), one = ModularVector.From(ring, [ring.Reduce(value)]);
        for (int i = 0; i < n; i++) sum.Add(one);
        return ring.Centre(sum[0]);
    }
}
