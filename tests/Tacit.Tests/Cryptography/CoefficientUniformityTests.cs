using System.Buffers.Binary;
using System.Numerics;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Sharing;
using Xunit;

namespace Tacit.Tests.Cryptography;

/// <summary>A polynomial whose top coefficient is never zero tells t − 1 holders that some secrets are impossible.</summary>
public sealed class CoefficientUniformityTests
{
    [Fact]
    public void The_top_coefficient_is_uniform_in_its_high_and_its_low_bits()
    {
        const int Buckets = 256;
        long[] high = new long[Buckets], low = new long[Buckets];
        SeededRandomSource random = new(12);
        byte[] secret = new byte[SeedSharing.SecretBytes], shares = new byte[2 * SeedSharing.ShareBytes];
        for (int run = 0; run < 20_000; run++)
        {
            SeedSharing.Split(secret, 2, [1, 2], random, shares);
            for (int element = 0; element < SeedSharing.Elements; element++)
            {
                // f = 0 + a x, so that the share of x = 1 is the coefficient.
                ulong coefficient = BinaryPrimitives.ReadUInt64LittleEndian(shares.AsSpan(8 * element));
                high[coefficient >> 53]++;
                low[coefficient % Buckets]++;
            }
        }

        Assert.True(Statistics.ChiSquare(high) < Statistics.ChiSquareLimit(Buckets - 1));
        Assert.True(Statistics.ChiSquare(low) < Statistics.ChiSquareLimit(Buckets - 1));
    }

    [Fact]
    public void A_coefficient_of_zero_is_kept()
    {
        byte[] secret = new byte[SeedSharing.SecretBytes], shares = new byte[2 * SeedSharing.ShareBytes];
        secret[0] = 42;

        SeedSharing.Split(secret, 2, [1, 2], new FixedRandomSource(), shares);

        Assert.Equal(42UL, BinaryPrimitives.ReadUInt64LittleEndian(shares));
        Assert.Equal(shares[..SeedSharing.ShareBytes], shares[SeedSharing.ShareBytes..]);
    }

    [Fact]
    public void The_one_string_that_is_the_prime_is_drawn_again()
    {
        byte[] ones = [.. Enumerable.Repeat((byte)0xff, SeedSharing.ShareBytes)], again = [8, 0, 0, 0, 0, 0, 0, 0];
        byte[] shares = new byte[2 * SeedSharing.ShareBytes];

        SeedSharing.Split(new byte[SeedSharing.SecretBytes], 2, [1, 2], new FixedRandomSource([.. ones, .. again]), shares);

        Assert.Equal(1UL, BinaryPrimitives.ReadUInt64LittleEndian(shares));
        Assert.True(SeedSharing.IsShare(shares.AsSpan(0, SeedSharing.ShareBytes)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(257)]
    public void Coefficients_over_small_fields_are_uniform_with_zero(int prime)
    {
        long[] counts = new long[prime];
        SeededRandomSource random = new(13);
        PrimeFieldSharing sharing = new(prime);
        for (int run = 0; run < 100 * prime; run++)
        {
            FieldShare[] shares = sharing.Split(0, 2, 2, random);
            counts[(int)shares[0].Y]++;
        }

        Assert.True(Statistics.ChiSquare(counts) < Statistics.ChiSquareLimit(prime - 1));
        Assert.All(counts, count => Assert.NotEqual(0, count));
    }

    [Fact]
    public void One_share_of_two_says_nothing_of_the_secret()
    {
        // Over the field of 5 the share of x = 1 is uniform, whatever the secret.
        PrimeFieldSharing sharing = new(5);
        SeededRandomSource random = new(14);
        foreach (int secret in Enumerable.Range(0, 5))
        {
            long[] counts = new long[5];
            for (int run = 0; run < 2000; run++) counts[(int)sharing.Split(secret, 2, 2, random)[0].Y]++;
            Assert.True(Statistics.ChiSquare(counts) < Statistics.ChiSquareLimit(4));
        }
    }

    [Fact]
    public void A_modulus_that_is_not_prime_is_refused() => Assert.Throws<ArgumentException>(() => new PrimeFieldSharing(BigInteger.Pow(2, 64)));
}
