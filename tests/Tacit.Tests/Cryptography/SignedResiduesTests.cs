using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Rings;
using Xunit;

namespace Tacit.Tests.Cryptography;

public sealed class SignedResiduesTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(24)]
    [InlineData(32)]
    [InlineData(40)]
    [InlineData(64)]
    public void Signed_values_are_added_as_residues_one_by_one_would_be(int bits)
    {
        ResidueRing ring = new(bits);
        SeededRandomSource random = new((ulong)bits, "signed");
        ModularVector vector = new(ring, 1003), expected = new(ring, 1003);
        int[] values = [.. Enumerable.Range(0, 1000).Select(_ => unchecked((int)random.NextUInt64()))];
        for (int round = 0; round < 3; round++)
        {
            SignedResidues.Add(vector, 2, values);
            for (int i = 0; i < values.Length; i++) expected[i + 2] = ring.Reduce(unchecked((long)expected[i + 2] + values[i]));
        }

        Assert.Equal(expected.ToArray(), vector.ToArray());
        if (bits > 32) return;
        int[] centred = new int[1000];
        SignedResidues.Centre(vector, 2, centred);
        Assert.Equal(Enumerable.Range(2, 1000).Select(i => (int)ring.Centre(expected[i])), centred);
    }

    [Fact]
    public void A_range_outside_the_vector_and_a_ring_that_is_too_large_are_refused()
    {
        ModularVector vector = new(new ResidueRing(16), 10);

        Assert.Throws<ArgumentOutOfRangeException>(() => SignedResidues.Add(vector, 8, [1, 2, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SignedResidues.Add(vector, -1, [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SignedResidues.Centre(new ModularVector(new ResidueRing(33), 10), 0, new int[3]));
    }
}
