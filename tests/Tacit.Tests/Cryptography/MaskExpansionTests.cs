using System.Threading.Tasks;
using Tacit.Cryptography.Parallelism;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Xunit;

namespace Tacit.Tests.Cryptography;

public sealed class MaskExpansionTests
{
    public static TheoryData<int> Bits => [.. Enumerable.Range(1, 64)];

    [Theory]
    [MemberData(nameof(Bits))]
    public void A_mask_is_the_keystream_in_little_endian_lanes_modulo_the_ring(int bits)
    {
        ResidueRing ring = new(bits);
        ModularVector vector = Residues(ring, 1000, seed: 1);
        ulong[] before = vector.ToArray();
        using Keystream added = Stream(1), taken = Stream(2);

        MaskExpansion.Accumulate(vector, new MaskTerm[] { new(added, subtract: false), new(taken, subtract: true) }, SequentialLoop.Instance);

        ulong[] plus = Reference(added, ring, before.Length), minus = Reference(taken, ring, before.Length);
        Assert.Equal(before.Select((x, i) => unchecked(x + plus[i] - minus[i]) & ring.Mask), vector.ToArray());
    }

    [Theory]
    [MemberData(nameof(Bits))]
    public void A_range_is_the_slice_of_the_whole(int bits)
    {
        ResidueRing ring = new(bits);
        ModularVector whole = new(ring, 300);
        using Keystream stream = Stream(3);
        MaskExpansion.AccumulateRange(whole, new MaskTerm(stream, subtract: false), 0, 300);

        foreach ((int offset, int count) in new[] { (0, 0), (0, 1), (1, 1), (7, 100), (13, 287), (299, 1), (300, 0) })
        {
            ModularVector part = new(ring, 300);
            MaskExpansion.AccumulateRange(part, new MaskTerm(stream, subtract: false), offset, count);
            Assert.Equal(whole.ToArray().Select((x, i) => i >= offset && i < offset + count ? x : 0), part.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Bits))]
    public void Adding_and_subtracting_a_mask_changes_nothing(int bits)
    {
        ModularVector vector = Residues(new ResidueRing(bits), 777, seed: 4);
        ulong[] before = vector.ToArray();
        using Keystream stream = Stream(4);

        MaskExpansion.Accumulate(vector, new MaskTerm[] { new(stream, subtract: false) }, SequentialLoop.Instance);
        Assert.NotEqual(before, vector.ToArray());
        MaskExpansion.Accumulate(vector, new MaskTerm[] { new(stream, subtract: true) }, SequentialLoop.Instance);

        Assert.Equal(before, vector.ToArray());
    }

    [Theory]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(32)]
    [InlineData(64)]
    public void Tiles_in_parallel_give_what_one_loop_gives(int bits)
    {
        ResidueRing ring = new(bits);
        ModularVector sequential = new(ring, 70_001), parallel = new(ring, 70_001);
        using Keystream a = Stream(5), b = Stream(6);
        MaskTerm[] masks = [new(a, subtract: false), new(b, subtract: true)];

        MaskExpansion.Accumulate(sequential, masks, SequentialLoop.Instance);
        MaskExpansion.Accumulate(parallel, masks, AesPaths.Best == AesPath.Portable ? SequentialLoop.Instance : new ThreadedLoop());

        Assert.True(sequential.SequenceEqual(parallel));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(0, 11)]
    [InlineData(11, 0)]
    [InlineData(5, int.MaxValue)]
    public void Ranges_outside_the_vector_are_refused(int offset, int count)
    {
        using Keystream stream = Stream(7);
        ModularVector vector = new(new ResidueRing(16), 10);

        Assert.Throws<ArgumentOutOfRangeException>(() => MaskExpansion.AccumulateRange(vector, new MaskTerm(stream, subtract: false), offset, count));
    }

    private static Keystream Stream(byte key) => Keystream.FromKey([key, .. new byte[15]]);

    private static ModularVector Residues(ResidueRing ring, int length, ulong seed)
    {
        SeededRandomSource random = new(seed);
        return ModularVector.From(ring, [.. Enumerable.Range(0, length).Select(_ => random.NextUInt64() & ring.Mask)]);
    }

    private static ulong[] Reference(Keystream stream, ResidueRing ring, int length)
    {
        int width = ring.Bits <= 8 ? 1 : ring.Bits <= 16 ? 2 : ring.Bits <= 32 ? 4 : 8;
        byte[] bytes = new byte[width * length];
        stream.Generate(0, bytes);
        return [.. Enumerable.Range(0, length).Select(i => Enumerable.Range(0, width).Aggregate(0UL, (x, b) => x | (ulong)bytes[i * width + b] << (8 * b)) & ring.Mask)];
    }

    private sealed class ThreadedLoop : IParallelLoop
    {
        public void For(int count, Action<int> body) => Parallel.For(0, count, body);
    }
}
