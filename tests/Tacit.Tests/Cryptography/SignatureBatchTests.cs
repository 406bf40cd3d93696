using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Tacit.Cryptography.Groups;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Tacit.Cryptography.Signatures;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Cryptography;

/// <summary>Signatures checked side by side against the platform's check of one.</summary>
public sealed class SignatureBatchTests(ITestOutputHelper output)
{
    private static readonly BigInteger order = BigInteger.Parse("0ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [Fact]
    public void Right_signatures_pass_in_every_count()
    {
        for (int count = 0; count <= 26; count++) Assert.Equal(-1, SignatureBatch.FirstInvalid(Claims(count, (ulong)count)));
        output.WriteLine(Lanes ? "512-bit lanes were checked" : "the platform was compared with itself");
    }

    [Fact]
    public void One_wrong_signature_is_found_wherever_it_stands()
    {
        for (int count = 1; count <= 18; count++)
        {
            SignatureClaim[] claims = Claims(count, 100);
            for (int wrong = 0; wrong < count; wrong++)
            {
                SignatureClaim[] altered = [.. claims];
                altered[wrong] = claims[wrong] with { Message = new byte[] { 1, 2, 3 } };
                Assert.Equal(wrong, SignatureBatch.FirstInvalid(altered));
            }
        }
    }

    [Fact]
    public void The_first_of_several_wrong_ones_is_named()
    {
        SignatureClaim[] claims = Claims(12, 101);
        claims[9] = claims[9] with { Signature = claims[8].Signature };
        claims[4] = claims[4] with { Key = claims[5].Key };

        Assert.Equal(4, SignatureBatch.FirstInvalid(claims));
    }

    [Fact]
    public void Every_flipped_bit_is_found()
    {
        SignatureClaim[] claims = Claims(8, 102);
        for (int bit = 0; bit < 512; bit++)
        {
            byte[] flipped = claims[bit % 8].Signature.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            SignatureClaim[] altered = [.. claims];
            altered[bit % 8] = claims[bit % 8] with { Signature = flipped };
            Assert.Equal(bit % 8, SignatureBatch.FirstInvalid(altered));
        }
    }

    public static TheoryData<string, string> Outside => new()
    {
        { "0", "s" }, { "r", "0" }, { "order", "s" }, { "r", "order" }, { "r + order", "s" }, { "r", "s + order" }, { "0", "0" }, { "2^256 - 1", "s" }, { "r", "2^256 - 1" },
    };

    [Theory]
    [MemberData(nameof(Outside))]
    public void Numbers_outside_the_range_are_refused(string r, string s)
    {
        SignatureClaim[] claims = Claims(5, 103);
        BigInteger ownR = Number(claims[2].Signature[..32]), ownS = Number(claims[2].Signature[32..]);
        BigInteger Named(string name) => name switch { "0" => 0, "r" => ownR, "s" => ownS, "order" => order, "r + order" => (ownR + order) % (BigInteger.One << 256), "s + order" => (ownS + order) % (BigInteger.One << 256), _ => (BigInteger.One << 256) - 1 };
        claims[2] = claims[2] with { Signature = Bytes(Named(r), Named(s)) };

        Assert.Equal(2, SignatureBatch.FirstInvalid(claims));
    }

    [Fact]
    public void Another_length_is_refused()
    {
        SignatureClaim[] claims = Claims(5, 104);
        foreach (int length in new[] { 0, 1, 32, 63 }) Assert.Equal(0, SignatureBatch.FirstInvalid([claims[0] with { Signature = claims[0].Signature[..length] }, .. claims[1..]]));
        Assert.Equal(0, SignatureBatch.FirstInvalid([claims[0] with { Signature = (byte[])[.. claims[0].Signature.Span, 0] }, .. claims[1..]]));
    }

    [Fact]
    public void A_sum_at_infinity_is_refused()
    {
        // u1·G + u2·Q = (e + r·d)/s·G is infinity for r = −e/d, whatever s is; X = Z = 0 would match every r.
        byte[] secret = [.. Enumerable.Repeat((byte)7, 32)], message = [1];
        Assert.True(SigningKey.TryFromScalar(secret, out SigningKey? key));
        BigInteger e = Number(SHA256.HashData(message)), d = Number(secret);
        BigInteger r = (order - (e * BigInteger.ModPow(d, order - 2, order) % order)) % order;
        SignatureClaim[] claims = Claims(5, 105);
        claims[3] = new SignatureClaim(key!.VerificationKey, message, Bytes(r, 12345));

        Assert.Equal(3, SignatureBatch.FirstInvalid(claims));
        Assert.False(key.VerificationKey.Verify(message, Bytes(r, 12345)));
    }

    [Fact]
    public void Keys_that_are_small_multiples_of_the_base_point_agree_with_the_platform()
    {
        // equal and opposite points meet within their combs
        SeededRandomSource random = new(106, "messages");
        List<SignatureClaim> claims = [];
        foreach (BigInteger d in Enumerable.Range(1, 8).SelectMany(i => new[] { i, order - i, (BigInteger.One << (32 * (i % 8))) + 1, BigInteger.One << (64 * (i % 4)) }))
        {
            Assert.True(SigningKey.TryFromScalar(Bytes(d), out SigningKey? key));
            byte[] message = new byte[20];
            random.Fill(message);
            claims.Add(new SignatureClaim(key!.VerificationKey, message, key.Sign(message)));
        }

        Assert.Equal(-1, SignatureBatch.FirstInvalid(claims));
        for (int i = 0; i < claims.Count; i++) Assert.True(claims[i].Key.Verify(claims[i].Message.Span, claims[i].Signature.Span), $"platform, {i}");
    }

    [Fact]
    public void Chosen_scalars_give_the_points_they_should()
    {
        if (!Lanes) return;
        BigInteger[] edges = [0, 1, 2, 3, order - 1, order - 2, BigInteger.One << 255, (BigInteger.One << 64) - 1, BigInteger.One << 32, order / 2];
        BigInteger[] keys = [1, 2, order - 1, 3, BigInteger.One << 64, order - 2, 5, 77];
        P256Comb[] combs = P256Comb.Of([.. keys.Select(d => PointOf(d).EncodedMemory)]);
        foreach (BigInteger u1 in edges)
        {
            foreach (BigInteger u2 in edges)
            {
                ulong[] first = [.. Enumerable.Range(0, 8).SelectMany(_ => Words(u1))], second = [.. Enumerable.Range(0, 8).SelectMany(_ => Words(u2))];
                P256Points points = P256Sums.Compute(combs, first, second);
                BigInteger[] expected = [.. keys.Select(d => (u1 + (u2 * d)) % order)];
                bool[] infinite = new bool[8], match = new bool[8], other = new bool[8];
                points.Z.AreZero(infinite);
                ReadOnlyMemory<byte>[] x = [.. expected.Select(multiple => multiple.IsZero ? new byte[32] : Bytes(Number(PointOf(multiple).Encoded.Slice(1, 32).ToArray()) % order))];
                P256Sums.MatchAbscissas(points, x, match);
                P256Sums.MatchAbscissas(points, [.. x.Select(lane => (ReadOnlyMemory<byte>)Bytes(Number(lane) ^ 1))], other);

                Assert.Equal(expected.Select(multiple => multiple.IsZero), infinite);
                Assert.Equal(expected.Select(multiple => !multiple.IsZero), match);
                Assert.All(other, Assert.False);
            }
        }
    }

    [Fact]
    public void An_abscissa_between_the_order_and_the_prime_matches_its_remainder()
    {
        if (!Lanes) return;
        BigInteger p = BigInteger.Pow(2, 256) - BigInteger.Pow(2, 224) + BigInteger.Pow(2, 192) + BigInteger.Pow(2, 96) - 1;
        BigInteger b = BigInteger.Parse("05ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        List<(BigInteger Remainder, ReadOnlyMemory<byte> Point)> found = [];
        for (BigInteger x = order; found.Count < 8; x++)
        {
            BigInteger right = ((x * x * x) - (3 * x) + b) % p, y = BigInteger.ModPow(right, (p + 1) / 4, p);   // p = 3 mod 4
            if (y * y % p == right) found.Add((x - order, (byte[])[4, .. Bytes(x, y)]));
        }

        Assert.All(found, point => Assert.True(P256Point.TryRead(point.Point.Span, out _)));
        P256Points points = P256Sums.Compute(P256Comb.Of([.. found.Select(point => point.Point)]), new ulong[32], [.. Enumerable.Range(0, 8).SelectMany(_ => Words(1))]);
        bool[] match = new bool[8], other = new bool[8];
        P256Sums.MatchAbscissas(points, [.. found.Select(point => (ReadOnlyMemory<byte>)Bytes(point.Remainder))], match);
        P256Sums.MatchAbscissas(points, [.. found.Select(point => (ReadOnlyMemory<byte>)Bytes(point.Remainder ^ 1))], other);

        Assert.All(match, Assert.True);
        Assert.All(other, Assert.False);
    }

    [Fact]
    public void A_key_may_be_prepared_freed_and_used_again()
    {
        SignatureClaim[] claims = Claims(9, 107);
        SignatureBatch.Prepare(claims.Select(claim => claim.Key));
        Assert.Equal(-1, SignatureBatch.FirstInvalid(claims));
        foreach (SignatureClaim claim in claims) claim.Key.Dispose();
        Assert.Equal(-1, SignatureBatch.FirstInvalid(claims));
    }

    private bool Lanes
    {
        get
        {
            if (!P256Lanes.IsSupported) output.WriteLine("NOT CHECKED: this processor has no 512-bit lanes");
            return P256Lanes.IsSupported;
        }
    }

    private static SignatureClaim[] Claims(int count, ulong seed)
    {
        SeededRandomSource random = new(seed, "claims");
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            using SigningKey key = SigningKey.Create(random);
            byte[] message = new byte[i * 5];
            random.Fill(message);
            return new SignatureClaim(new VerificationKey(key.VerificationKey.Point), message, key.Sign(message));
        })];
    }

    private static P256Point PointOf(BigInteger scalar)
    {
        Assert.True(AgreementKey.TryFromScalar(Bytes(scalar), out AgreementKey? key));
        using (key) return key!.PublicPoint;
    }

    private static BigInteger Number(ReadOnlyMemory<byte> bytes) => new(bytes.Span, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(params BigInteger[] numbers) => [.. numbers.SelectMany(number =>
    {
        byte[] bytes = new byte[32];
        number.TryWriteBytes(bytes.AsSpan(32 - number.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    })];

    private static ulong[] Words(BigInteger number) => [.. Enumerable.Range(0, 4).Select(i => (ulong)(number >> (64 * i) & ulong.MaxValue))];
}
