using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Xunit;

namespace Tacit.Tests.Cryptography;

public sealed class BitPackingTests
{
    public static TheoryData<int> Bits => [.. Enumerable.Range(1, 64)];

    [Theory]
    [MemberData(nameof(Bits))]
    public void Packing_lays_bits_out_without_gaps_lowest_first(int bits)
    {
        ResidueRing ring = new(bits);
        for (int count = 0; count <= 200; count++)
        {
            ModularVector vector = Residues(ring, count, seed: (ulong)count);
            byte[] packed = new byte[BitPacking.PackedBytes(ring, count)];

            BitPacking.Pack(vector, 0, count, packed);

            Assert.True(Reference(vector.ToArray(), bits).AsSpan().SequenceEqual(packed), $"{count} residues");
        }
    }

    [Theory]
    [MemberData(nameof(Bits))]
    public void Unpacking_adds_the_residues_that_were_packed(int bits)
    {
        ResidueRing ring = new(bits);
        for (int count = 0; count <= 200; count++)
        {
            ulong[] sent = Residues(ring, count, seed: 1).ToArray(), held = Residues(ring, count, seed: 2).ToArray();
            ModularVector target = ModularVector.From(ring, held);

            Assert.True(BitPacking.TryAddPacked(target, 0, count, Reference(sent, bits)));

            Assert.True(held.Zip(sent, (x, y) => unchecked(x + y) & ring.Mask).SequenceEqual(target.ToArray()), $"{count} residues");
        }
    }

    [Theory]
    [MemberData(nameof(Bits))]
    public void Unpacking_adds_to_lanes_that_hold_unreduced_sums(int bits)
    {
        ResidueRing ring = new(bits);
        ulong[] ones = [.. Enumerable.Repeat(ring.Mask, 67)];
        ModularVector target = ModularVector.From(ring, ones);

        for (int i = 0; i < 300; i++) Assert.True(BitPacking.TryAddPacked(target, 0, 67, Reference(ones, bits)));

        Assert.All(target.ToArray(), residue => Assert.Equal(unchecked(0UL - 301) & ring.Mask, residue));
        byte[] packed = new byte[BitPacking.PackedBytes(ring, 67)];
        BitPacking.Pack(target, 0, 67, packed);
        Assert.Equal(Reference(target.ToArray(), bits), packed);
    }

    [Theory]
    [MemberData(nameof(Bits))]
    public void A_range_changes_nothing_outside_of_it(int bits)
    {
        ResidueRing ring = new(bits);
        ModularVector source = Residues(ring, 200, seed: 3), target = new(ring, 200);
        byte[] packed = new byte[BitPacking.PackedBytes(ring, 101)];

        BitPacking.Pack(source, 72, 101, packed);
        Assert.True(BitPacking.TryAddPacked(target, 72, 101, packed));

        Assert.Equal(source.ToArray().Select((x, i) => i is >= 72 and < 173 ? x : 0), target.ToArray());
    }

    [Theory]
    [MemberData(nameof(Bits))]
    public void Filling_bits_that_are_not_zero_are_refused_and_change_nothing(int bits)
    {
        ResidueRing ring = new(bits);
        for (int count = 1; count <= 17; count++)
        {
            byte[] packed = new byte[BitPacking.PackedBytes(ring, count)];
            for (int bit = count * bits; bit < 8 * packed.Length; bit++)
            {
                ModularVector target = new(ring, count);
                packed[bit / 8] = (byte)(1 << (bit % 8));

                Assert.False(BitPacking.TryAddPacked(target, 0, count, packed));

                Assert.True(target.SequenceEqual(new ModularVector(ring, count)));
                packed[bit / 8] = 0;
            }
        }
    }

    [Theory]
    [InlineData(1, 8, 0)]
    [InlineData(-8, 8, 0)]
    [InlineData(0, 65, 0)]
    [InlineData(64, 8, 0)]
    [InlineData(0, -1, 0)]
    [InlineData(0, 8, 1)]
    [InlineData(0, 8, -1)]
    public void Ranges_and_lengths_that_do_not_fit_are_refused(int offset, int count, int extraBytes)
    {
        ModularVector vector = new(new ResidueRing(11), 64);
        byte[] packed = new byte[Math.Max(0, BitPacking.PackedBytes(vector.Ring, Math.Max(0, count)) + extraBytes)];

        Assert.Throws<ArgumentException>(() => BitPacking.Pack(vector, offset, count, packed));
        Assert.Throws<ArgumentException>(() => BitPacking.TryAddPacked(vector, offset, count, packed));
    }

    private static ModularVector Residues(ResidueRing ring, int length, ulong seed)
    {
        SeededRandomSource random = new(seed);
        return ModularVector.From(ring, [.. Enumerable.Range(0, length).Select(_ => random.NextUInt64() & ring.Mask)]);
    }

    // Bit j of residue i is bit i·b + j of the message.
    private static byte[] Reference(ulong[] residues, int bits)
    {
        byte[] packed = new byte[(residues.Length * bits + 7) / 8];
        for (int at = 0; at < residues.Length * bits; at++)
        {
            if ((residues[at / bits] >> (at % bits) & 1) != 0) packed[at / 8] |= (byte)(1 << (at % 8));
        }

        return packed;
    }
}
