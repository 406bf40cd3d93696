using System.Buffers.Binary;
using System.Numerics;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Sharing;
using Xunit;

namespace Tacit.Tests.Cryptography;

public sealed class SeedSharingTests
{
    private readonly SeededRandomSource random = new(11);

    [Fact]
    public void Any_t_of_n_shares_give_the_secret()
    {
        for (int n = 1; n <= 12; n++)
        {
            for (int t = 1; t <= n; t++)
            {
                Sharing sharing = Share(t, n);
                for (int run = 0; run < 5; run++) AssertReconstructs(sharing.Pick(random, t + random.NextIndex(n - t + 1)));
            }
        }
    }

    [Fact]
    public void Extreme_points_and_secrets_survive()
    {
        foreach (byte fill in new byte[] { 0, 0xff })
        {
            byte[] secret = new byte[SeedSharing.SecretBytes], again = new byte[SeedSharing.SecretBytes];
            secret.AsSpan().Fill(fill);
            uint[] points = [1, uint.MaxValue, uint.MaxValue - 1, 1u << 31];
            byte[] shares = new byte[points.Length * SeedSharing.ShareBytes];

            SeedSharing.Split(secret, 3, points, random, shares);

            Assert.True(SeedSharing.TryReconstruct(3, points, shares, again).Succeeded);
            Assert.Equal(secret, again);
        }
    }

    [Fact]
    public void Fewer_than_t_shares_are_too_few()
    {
        Sharing few = Share(4, 6).Pick(random, 3);

        Assert.Equal(SharingError.TooFewShares, SeedSharing.TryReconstruct(4, few.Points, few.Shares, new byte[32]).Error);
    }

    [Fact]
    public void With_t_plus_2e_shares_the_secret_is_right_and_the_e_wrong_ones_are_named()
    {
        for (int t = 1; t <= 6; t++)
        {
            for (int e = 1; e <= 4; e++)
            {
                for (int extra = 0; extra <= 1; extra++)
                {
                    Sharing sharing = Share(t, t + 2 * e + extra);
                    uint[] wrong = sharing.Corrupt(random, e);
                    byte[] secret = new byte[SeedSharing.SecretBytes];

                    SharingResult result = SeedSharing.TryReconstruct(t, sharing.Points, sharing.Shares, secret);

                    Assert.Equal(SharingError.None, result.Error);
                    Assert.Equal(wrong, result.Culprits);
                    Assert.Equal(sharing.Secret, secret);
                }
            }
        }
    }

    [Theory]
    [InlineData(67, 100)]
    [InlineData(51, 100)]
    [InlineData(1, 63)]
    [InlineData(667, 1_000)]
    public void As_many_wrong_shares_as_can_be_corrected_are_found_in_large_cohorts(int threshold, int holders)
    {
        Sharing sharing = Share(threshold, holders).Pick(random, holders);   // in no order
        uint[] wrong = sharing.Corrupt(random, (holders - threshold) / 2);
        byte[] secret = new byte[SeedSharing.SecretBytes];

        SharingResult result = SeedSharing.TryReconstruct(threshold, sharing.Points, sharing.Shares, secret);

        Assert.Equal(SharingError.None, result.Error);
        Assert.Equal(wrong, result.Culprits);
        Assert.Equal(sharing.Secret, secret);
    }

    [Fact]
    public void Wrong_shares_that_agree_with_each_other_win_only_as_a_majority_beyond_doubt()
    {
        for (int t = 1; t <= 5; t++)
        {
            for (int n = t + 1; n <= 10; n++)   // t of them agree with anything
            {
                for (int others = 0; others <= n; others++)
                {
                    Sharing honest = Share(t, n), mixed = new(t, honest.Secret, honest.Points, [.. honest.Shares]), colluding = Share(t, n);
                    colluding.Shares.AsSpan(0, others * SeedSharing.ShareBytes).CopyTo(mixed.Shares);
                    byte[] secret = new byte[SeedSharing.SecretBytes];

                    SharingResult result = SeedSharing.TryReconstruct(t, mixed.Points, mixed.Shares, secret);

                    int errors = (n - t) / 2;
                    byte[] expected = others <= errors ? honest.Secret : n - others <= errors ? colluding.Secret : new byte[SeedSharing.SecretBytes];
                    Assert.True(expected.AsSpan().SequenceEqual(secret), $"t = {t}, n = {n}, {others} of another polynomial: {result.Error}");
                    Assert.Equal(others <= errors || n - others <= errors ? SharingError.None : SharingError.InconsistentShares, result.Error);
                }
            }
        }
    }

    [Fact]
    public void One_wrong_element_of_one_share_is_found()
    {
        for (int element = 0; element < SeedSharing.Elements; element++)
        {
            Sharing sharing = Share(3, 5);
            Span<byte> y = sharing.Shares.AsSpan(SeedSharing.ShareBytes + 8 * element, 8);
            BinaryPrimitives.WriteUInt64LittleEndian(y, Mersenne61.Add(BinaryPrimitives.ReadUInt64LittleEndian(y), 1));

            SharingResult result = SeedSharing.TryReconstruct(3, sharing.Points, sharing.Shares, new byte[32]);

            Assert.Equal([sharing.Points[1]], result.Culprits.ToArray());
        }
    }

    [Fact]
    public void Wrong_shares_beyond_what_can_be_corrected_are_inconsistent_and_never_give_another_secret()
    {
        for (int t = 1; t <= 6; t++)
        {
            for (int e = 1; e <= 3; e++)
            {
                Sharing sharing = Share(t, t + 2 * e - 1);
                sharing.Corrupt(random, e);
                byte[] secret = new byte[SeedSharing.SecretBytes];

                SharingResult result = SeedSharing.TryReconstruct(t, sharing.Points, sharing.Shares, secret);

                Assert.Equal(SharingError.InconsistentShares, result.Error);
                Assert.Equal(sharing.Points, result.Culprits);
                Assert.Equal(new byte[32], secret);
            }
        }
    }

    [Fact]
    public void More_wrong_shares_than_can_be_corrected_are_not_hidden_in_different_elements()
    {
        Sharing sharing = Share(3, 5);   // one wrong share can be corrected, here are two, each in one polynomial
        sharing.Shares[0] ^= 1;
        sharing.Shares[SeedSharing.ShareBytes + 8] ^= 1;

        SharingResult result = SeedSharing.TryReconstruct(3, sharing.Points, sharing.Shares, new byte[32]);

        Assert.Equal(SharingError.InconsistentShares, result.Error);
    }

    [Fact]
    public void Elements_that_do_not_fit_into_a_secret_are_refused()
    {
        byte[] shares = new byte[SeedSharing.ShareBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(shares, 1UL << 56);   // a constant polynomial whose value has 57 bits
        byte[] secret = new byte[32];
        secret.AsSpan().Fill(7);

        SharingResult result = SeedSharing.TryReconstruct(1, [5], shares, secret);

        Assert.Equal(SharingError.InconsistentShares, result.Error);
        Assert.Equal(new byte[32], secret);
    }

    [Fact]
    public void Zero_duplicate_and_non_canonical_shares_are_refused()
    {
        Sharing sharing = Share(2, 3);
        byte[] atPrime = [.. sharing.Shares];
        BinaryPrimitives.WriteUInt64LittleEndian(atPrime.AsSpan(SeedSharing.ShareBytes), Mersenne61.P);

        AssertRefused(SharingError.InvalidShare, 0, [1, 0, 3], sharing.Shares);
        AssertRefused(SharingError.DuplicateShare, 3, [1, 3, 3], sharing.Shares);
        AssertRefused(SharingError.InvalidShare, sharing.Points[1], sharing.Points, atPrime);
        Assert.False(SeedSharing.IsShare(atPrime.AsSpan(SeedSharing.ShareBytes, SeedSharing.ShareBytes)));
        Assert.False(SeedSharing.IsShare(new byte[SeedSharing.ShareBytes - 1]));
        Assert.True(SeedSharing.IsShare(sharing.Shares.AsSpan(0, SeedSharing.ShareBytes)));
    }

    [Fact]
    public void Splitting_refuses_bad_parameters()
    {
        AssertSplitThrows(secretBytes: 31, threshold: 2, [1, 2], shareBytes: 80);
        AssertSplitThrows(secretBytes: 32, threshold: 0, [1, 2], shareBytes: 80);
        AssertSplitThrows(secretBytes: 32, threshold: 3, [1, 2], shareBytes: 80);
        AssertSplitThrows(secretBytes: 32, threshold: 2, [1, 0], shareBytes: 80);
        AssertSplitThrows(secretBytes: 32, threshold: 2, [2, 2], shareBytes: 80);
        AssertSplitThrows(secretBytes: 32, threshold: 2, [1, 2], shareBytes: 79);
        Assert.Throws<ArgumentOutOfRangeException>(() => SeedSharing.TryReconstruct(0, [1], new byte[40], new byte[32]));
    }

    [Fact]
    public void Shares_agree_with_the_reference_over_any_prime_field()
    {
        Sharing sharing = Share(4, 7);
        PrimeFieldSharing reference = new(Mersenne61.P);
        for (int element = 0; element < SeedSharing.Elements; element++)
        {
            FieldShare[] shares = [.. sharing.Points.Select((x, i) => new FieldShare(1, x, sharing.Element(i, element)))];

            Assert.Equal(SharingError.None, reference.TryReconstruct(4, shares, out BigInteger secret));

            byte[] part = sharing.Secret[(7 * element)..Math.Min(32, 7 * (element + 1))];
            Assert.Equal(new BigInteger(part, isUnsigned: true), secret);
        }
    }

    private void AssertSplitThrows(int secretBytes, int threshold, uint[] points, int shareBytes) => Assert.ThrowsAny<ArgumentException>(
        () => SeedSharing.Split(new byte[secretBytes], threshold, points, random, new byte[shareBytes]));

    private static void AssertRefused(SharingError error, uint culprit, uint[] points, byte[] shares)
    {
        SharingResult result = SeedSharing.TryReconstruct(2, points, shares, new byte[32]);
        Assert.Equal(error, result.Error);
        Assert.Equal([culprit], result.Culprits.ToArray());
    }

    private static void AssertReconstructs(Sharing sharing)
    {
        byte[] secret = new byte[SeedSharing.SecretBytes];
        SharingResult result = SeedSharing.TryReconstruct(sharing.Threshold, sharing.Points, sharing.Shares, secret);
        Assert.Equal(SharingError.None, result.Error);
        Assert.Empty(result.Culprits);
        Assert.Equal(sharing.Secret, secret);
    }

    private Sharing Share(int threshold, int holders)
    {
        byte[] secret = new byte[SeedSharing.SecretBytes], shares = new byte[holders * SeedSharing.ShareBytes];
        random.Fill(secret);
        uint[] points = [.. Enumerable.Range(1, holders).Select(i => (uint)(i * i + 3 * i))];
        SeedSharing.Split(secret, threshold, points, random, shares);
        return new Sharing(threshold, secret, points, shares);
    }

    private sealed class Sharing(int threshold, byte[] secret, uint[] points, byte[] shares)
    {
        public int Threshold { get; } = threshold;

        public byte[] Secret { get; } = secret;

        public uint[] Points { get; } = points;

        public byte[] Shares { get; } = shares;

        public ulong Element(int holder, int element) => BinaryPrimitives.ReadUInt64LittleEndian(Shares.AsSpan(holder * SeedSharing.ShareBytes + 8 * element));

        public Sharing Pick(IRandomSource random, int count)
        {
            int[] chosen = [.. Enumerable.Range(0, Points.Length)];
            random.Shuffle<int>(chosen);
            chosen = chosen[..count];
            return new Sharing(
                Threshold, Secret, [.. chosen.Select(i => Points[i])],
                [.. chosen.SelectMany(i => Shares[(i * SeedSharing.ShareBytes)..((i + 1) * SeedSharing.ShareBytes)])]);
        }

        /// <summary>Replaces some elements of e shares; gives their points, ascending.</summary>
        public uint[] Corrupt(IRandomSource random, int count)
        {
            int[] chosen = [.. Enumerable.Range(0, Points.Length)];
            random.Shuffle<int>(chosen);
            foreach (int i in chosen[..count])
            {
                for (int element = random.NextIndex(SeedSharing.Elements); element < SeedSharing.Elements; element++)
                {
                    ulong wrong = Mersenne61.Add(Element(i, element), 1 + random.NextBelow(Mersenne61.P - 1));
                    BinaryPrimitives.WriteUInt64LittleEndian(Shares.AsSpan(i * SeedSharing.ShareBytes + 8 * element), wrong);
                }
            }

            return [.. chosen[..count].Select(i => Points[i]).Order()];
        }
    }
}
