using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Xunit;

namespace Tacit.Tests.Cryptography;

public sealed class ModularVectorTests
{
    public static TheoryData<int> Bits => [.. Enumerable.Range(1, 64)];

    [Theory]
    [MemberData(nameof(Bits))]
    public void Addition_and_subtraction_are_those_of_the_ring(int bits)
    {
        ResidueRing ring = new(bits);
        foreach (int length in new[] { 0, 1, 7, 31, 64, 257 })
        {
            ulong[] a = Residues(ring, length, 1), b = Residues(ring, length, 2);
            ModularVector sum = ModularVector.From(ring, a), difference = ModularVector.From(ring, a);

            sum.Add(ModularVector.From(ring, b));
            difference.Subtract(ModularVector.From(ring, b));

            Assert.Equal(a.Zip(b, (x, y) => unchecked(x + y) & ring.Mask), sum.ToArray());
            Assert.Equal(a.Zip(b, (x, y) => unchecked(x - y) & ring.Mask), difference.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Bits))]
    public void Equality_ignores_what_lanes_hold_above_the_ring(int bits)
    {
        ResidueRing ring = new(bits);
        ModularVector wrapped = ModularVector.From(ring, [ring.Mask]), plain = new(ring, 1);

        wrapped.Add(ModularVector.From(ring, [1]));

        Assert.True(wrapped.SequenceEqual(plain));
        Assert.Equal(0UL, wrapped[0]);
    }

    [Theory]
    [MemberData(nameof(Bits))]
    public void Centre_undoes_Reduce_for_the_numbers_of_the_ring(int bits)
    {
        ResidueRing ring = new(bits);
        long least = bits == 64 ? long.MinValue : -(1L << (bits - 1)), most = bits == 64 ? long.MaxValue : (1L << (bits - 1)) - 1;

        foreach (long value in new[] { least, Math.Max(least, -1), 0, most }) Assert.Equal(value, ring.Centre(ring.Reduce(value)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(32)]
    [InlineData(63)]
    public void A_residue_at_the_modulus_is_refused(int bits)
    {
        ModularVector vector = new(new ResidueRing(bits), 1);

        Assert.Throws<ArgumentOutOfRangeException>(() => vector[0] = 1UL << bits);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(12)]
    [InlineData(20)]
    [InlineData(40)]
    public void An_index_outside_the_vector_is_refused(int bits)
    {
        ModularVector vector = new(new ResidueRing(bits), 3);

        Assert.Throws<IndexOutOfRangeException>(() => vector[3]);
        Assert.Throws<IndexOutOfRangeException>(() => vector[-1] = 0);
    }

    [Fact]
    public void Vectors_of_another_ring_or_length_are_refused()
    {
        ModularVector vector = new(new ResidueRing(16), 4);

        Assert.Throws<ArgumentException>(() => vector.Add(new ModularVector(new ResidueRing(15), 4)));
        Assert.Throws<ArgumentException>(() => vector.Subtract(new ModularVector(new ResidueRing(16), 5)));
        Assert.False(vector.SequenceEqual(new ModularVector(new ResidueRing(15), 4)));
        Assert.False(vector.SequenceEqual(new ModularVector(new ResidueRing(16), 5)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    [InlineData(-1)]
    public void Rings_have_1_to_64_bits(int bits) => Assert.Throws<ArgumentOutOfRangeException>(() => new ResidueRing(bits));

    [Fact]
    public void Clear_zeroes_the_lanes_and_printing_shows_no_residue()
    {
        ModularVector vector = ModularVector.From(new ResidueRing(16), [4711, 4712]);

        Assert.DoesNotContain("471", vector.ToString(), StringComparison.Ordinal);
        vector.Clear();

        Assert.Equal(new ulong[2], vector.ToArray());
        Assert.Equal(-1, vector.Bytes.IndexOfAnyExcept((byte)0));
    }

    private static ulong[] Residues(ResidueRing ring, int length, ulong seed)
    {
        SeededRandomSource random = new(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextUInt64() & ring.Mask)];
    }
}
