using System.Numerics;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Secrets;
using Xunit;

namespace Tacit.Tests.Cryptography;

public sealed class KeyTests
{
    private const string Order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

    [Fact]
    public void Both_sides_agree()
    {
        SeededRandomSource random = new(21);
        for (int run = 0; run < 50; run++)
        {
            using AgreementKey a = AgreementKey.Create(random), b = AgreementKey.Create(random);
            byte[] atA = new byte[AgreementKey.SharedSecretBytes], atB = new byte[AgreementKey.SharedSecretBytes];

            a.Agree(b.PublicPoint, atA);
            b.Agree(a.PublicPoint, atB);

            Assert.Equal(atA, atB);
            Assert.NotEqual(new byte[32], atA);
        }
    }

    [Fact]
    public void A_key_comes_back_from_its_exported_scalar()
    {
        byte[] scalar = new byte[AgreementKey.ScalarBytes];
        using AgreementKey key = AgreementKey.Create(new SeededRandomSource(22));
        key.ExportScalar(scalar);

        Assert.True(AgreementKey.TryFromScalar(scalar, out AgreementKey? again));

        using (again) Assert.Equal(key.PublicPoint, again!.PublicPoint);
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(Order)]
    [InlineData("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000001")]
    public void Scalars_outside_of_1_to_order_minus_1_are_refused(string scalar)
    {
        Assert.False(AgreementKey.TryFromScalar(Convert.FromHexString(scalar), out AgreementKey? key));
        Assert.Null(key);
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")]
    [InlineData("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550", "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000002", "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978")]
    public void The_least_and_the_greatest_scalar_give_multiples_of_the_generator(string scalar, string x)
    {
        Assert.True(AgreementKey.TryFromScalar(Convert.FromHexString(scalar), out AgreementKey? key));

        using (key) Assert.Equal(x, Convert.ToHexStringLower(key!.PublicPoint.Encoded.Slice(1, 32)));
    }

    [Fact]
    public void Draws_that_are_no_scalar_are_drawn_again()
    {
        byte[] one = new byte[32];
        one[31] = 1;

        using AgreementKey key = AgreementKey.Create(new FixedRandomSource([.. new byte[32], .. Convert.FromHexString(Order), .. one]));

        byte[] scalar = new byte[32];
        key.ExportScalar(scalar);
        Assert.Equal(one, scalar);
    }

    [Fact]
    public void A_shared_secret_of_another_length_is_refused()
    {
        using AgreementKey key = AgreementKey.Create(new SeededRandomSource(23));

        Assert.Throws<ArgumentException>(() => key.Agree(key.PublicPoint, new byte[31]));
    }

    [Fact]
    public void Every_bit_flip_of_a_point_is_refused()
    {
        using AgreementKey key = AgreementKey.Create(new SeededRandomSource(24));
        byte[] encoded = key.PublicPoint.Encoded.ToArray();
        for (int bit = 0; bit < 8 * encoded.Length; bit++)
        {
            encoded[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(P256Point.TryRead(encoded, out _), $"bit {bit}");
            encoded[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(P256Point.TryRead(encoded, out P256Point? point));
        Assert.Equal(key.PublicPoint, point);
    }

    [Fact]
    public void A_coordinate_that_was_not_reduced_is_refused()
    {
        BigInteger p = Number("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
        BigInteger b = Number("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");
        BigInteger x = 0, y = 0;
        for (bool found = false; !found; found = y * y % p == ((x * x - 3) * x + b) % p)
        {
            x++;
            y = BigInteger.ModPow((x * x - 3) * x + b, (p + 1) / 4, p);   // p ≡ 3 mod 4
        }

        Assert.True(P256Point.TryRead(Encode(x, y), out _));
        Assert.False(P256Point.TryRead(Encode(x + p, y), out _));
    }

    [Fact]
    public void Labels_and_contexts_separate_keys()
    {
        byte[][] keys = [Derive("a", [1, 2]), Derive("a", [1]), Derive("a", []), Derive("b", [1, 2]), Derive("ab", [1, 2]), Derive("", [97, 1, 2])];

        Assert.Equal(keys.Length, keys.DistinctBy(Convert.ToHexStringLower).Count());
    }

    [Fact]
    public void A_context_longer_than_the_stack_buffer_is_used_in_full()
    {
        byte[] context = new byte[1000];
        byte[] before = Derive("label", context);
        context[^1] = 1;

        Assert.NotEqual(before, Derive("label", context));
    }

    [Fact]
    public void Secret_bytes_are_zero_after_disposal_and_cannot_be_read()
    {
        SecretBytes secret = SecretBytes.From([1, 2, 3]);
        Span<byte> kept = secret.Span;

        secret.Dispose();

        Assert.Equal([0, 0, 0], kept.ToArray());
        Assert.Throws<ObjectDisposedException>(() => secret.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => secret.FixedTimeEquals(secret));
        secret.Dispose();
    }

    [Fact]
    public void Secret_bytes_compare_by_content()
    {
        using SecretBytes a = SecretBytes.From([1, 2, 3]), same = SecretBytes.From([1, 2, 3]), other = SecretBytes.From([1, 2, 4]), shorter = SecretBytes.From([1, 2]);

        Assert.True(a.FixedTimeEquals(same));
        Assert.False(a.FixedTimeEquals(other));
        Assert.False(a.FixedTimeEquals(shorter));
    }

    [Fact]
    public void Secrets_are_not_printed()
    {
        using SecretBytes secret = SecretBytes.From([77, 78]);
        using AgreementKey key = AgreementKey.Create(new SeededRandomSource(25));

        Assert.Equal("<redacted>", $"{secret}");
        Assert.Equal("<redacted>", $"{key}");
    }

    private static BigInteger Number(string hex) => new(Convert.FromHexString(hex), isUnsigned: true, isBigEndian: true);

    private static byte[] Encode(BigInteger x, BigInteger y) =>
        [4, .. new[] { x, y }.SelectMany(c => new byte[32].Concat(c.ToByteArray(isUnsigned: true, isBigEndian: true)).TakeLast(32))];

    private static byte[] Derive(string label, byte[] context)
    {
        byte[] key = new byte[32];
        KeyDerivation.Derive([1, 2, 3], [4], label, context, key);
        return key;
    }
}
