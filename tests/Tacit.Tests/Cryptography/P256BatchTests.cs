using System.Numerics;
using Tacit.Cryptography.Groups;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Randomness;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Cryptography;

/// <summary>Eight agreements side by side against the platform's, one at a time.</summary>
public sealed class P256BatchTests(ITestOutputHelper output)
{
    private static readonly BigInteger order = BigInteger.Parse("0ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);

    public static TheoryData<string> ScalarKinds => ["1", "2", "3", "7", "8", "15", "16", "17", "order - 1", "order - 2", "order / 2", "2^255", "2^128", "2^128 - 1", "0xffff0000ffff0000", "alternating"];

    [Theory]
    [MemberData(nameof(ScalarKinds))]
    public void Edge_scalars_agree_with_the_platform(string kind)
    {
        BigInteger scalar = kind switch
        {
            "order - 1" => order - 1,
            "order - 2" => order - 2,
            "order / 2" => order / 2,
            "2^255" => BigInteger.One << 255,
            "2^128" => BigInteger.One << 128,
            "2^128 - 1" => (BigInteger.One << 128) - 1,
            "0xffff0000ffff0000" => 0xffff0000ffff0000,
            "alternating" => new BigInteger(Enumerable.Repeat((byte)0x55, 32).ToArray(), isUnsigned: true),
            _ => int.Parse(kind, System.Globalization.CultureInfo.InvariantCulture),
        };
        byte[] bytes = new byte[32];
        scalar.TryWriteBytes(bytes.AsSpan(32 - scalar.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        Assert.True(AgreementKey.TryFromScalar(bytes, out AgreementKey? key));

        AssertAgrees(key!, Peers(9, 1));
    }

    [Fact]
    public void Random_keys_agree_with_the_platform_for_every_count_of_peers()
    {
        SeededRandomSource random = new(5, "batch");
        for (int count = 0; count <= 33; count++)
        {
            using AgreementKey key = AgreementKey.Create(random);
            AssertAgrees(key, Peers(count, (ulong)count));
        }

        output.WriteLine(P256Lanes.IsSupported ? "512-bit lanes were checked" : "this processor has no 512-bit lanes: the platform was compared with itself");
    }

    [Fact]
    public void A_point_and_multiples_of_it_in_one_batch_agree_with_the_platform()
    {
        // 1 … 9 times the base point, and −1 times: the table of one lane holds the point of another.
        P256Point[] peers = [.. Enumerable.Range(1, 9).Select(i => Multiple(i)), Multiple(order - 1)];
        SeededRandomSource random = new(6, "multiples");
        for (int i = 0; i < 10; i++)
        {
            using AgreementKey key = AgreementKey.Create(random);
            AssertAgrees(key, peers);
        }
    }

    [Fact]
    public void Lanes_add_subtract_and_multiply_like_numbers()
    {
        if (!P256Lanes.IsSupported) return;
        BigInteger p = BigInteger.Pow(2, 256) - BigInteger.Pow(2, 224) + BigInteger.Pow(2, 192) + BigInteger.Pow(2, 96) - 1;
        SeededRandomSource random = new(7, "lanes");
        BigInteger[] edges = [0, 1, 2, p - 1, p - 2, BigInteger.Pow(2, 255), BigInteger.Pow(2, 96), BigInteger.Pow(2, 224) - 1];
        for (int round = 0; round < 200; round++)
        {
            BigInteger[] a = [.. Enumerable.Range(0, 8).Select(i => round < 64 ? edges[(round + i) % 8] : Random(random, p))];
            BigInteger[] b = [.. Enumerable.Range(0, 8).Select(i => round < 64 ? edges[round / 8] : Random(random, p))];
            P256Lanes x = Read(a), y = Read(b);

            P256Lanes.Add(x, y, out P256Lanes sum);
            P256Lanes.Subtract(x, y, out P256Lanes difference);
            P256Lanes.Multiply(sum, difference, out P256Lanes product);
            P256Lanes.Subtract(product, sum, out P256Lanes mixed);
            P256Lanes.Square(mixed, out P256Lanes square);

            for (int lane = 0; lane < 8; lane++)
            {
                Assert.Equal((a[lane] + b[lane]) % p, Value(sum, lane, p));
                Assert.Equal((a[lane] - b[lane] + p) % p, Value(difference, lane, p));
                BigInteger squares = (((a[lane] * a[lane]) - (b[lane] * b[lane])) % p + p) % p;
                Assert.Equal(squares, Value(product, lane, p));
                BigInteger rest = ((squares - a[lane] - b[lane]) % p + p) % p;
                Assert.Equal(rest, Value(mixed, lane, p));
                Assert.Equal(rest * rest % p, Value(square, lane, p));
            }
        }
    }

    private static void AssertAgrees(AgreementKey key, P256Point[] peers)
    {
        byte[] all = new byte[peers.Length * 32], one = new byte[32];

        key.AgreeWithAll(peers, all);

        for (int i = 0; i < peers.Length; i++)
        {
            key.Agree(peers[i], one);
            Assert.Equal(Convert.ToHexString(one), Convert.ToHexString(all.AsSpan(i * 32, 32)));
        }
    }

    private static P256Point[] Peers(int count, ulong seed)
    {
        SeededRandomSource random = new(seed, "peers");
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            using AgreementKey peer = AgreementKey.Create(random);
            return peer.PublicPoint;
        })];
    }

    private static P256Point Multiple(BigInteger times)
    {
        byte[] bytes = new byte[32];
        times.TryWriteBytes(bytes.AsSpan(32 - times.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        AgreementKey.TryFromScalar(bytes, out AgreementKey? key);
        return key!.PublicPoint;
    }

    private static BigInteger Random(SeededRandomSource random, BigInteger p)
    {
        byte[] bytes = new byte[32];
        random.Fill(bytes);
        return new BigInteger(bytes, isUnsigned: true) % p;
    }

    private static P256Lanes Read(BigInteger[] values) => P256Lanes.Read([.. values.Select(value =>
    {
        byte[] bytes = new byte[32];
        value.TryWriteBytes(bytes.AsSpan(32 - value.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return (ReadOnlyMemory<byte>)bytes;
    })]);

    private static BigInteger Value(P256Lanes element, int lane, BigInteger p)
    {
        ulong[] limbs = new ulong[72];
        element.WritePlain(limbs);
        BigInteger value = 0;
        for (int limb = 8; limb >= 0; limb--) value = (value << 29) + limbs[(limb * 8) + lane];
        Assert.True(value < 2 * p, "a plain number is below 2p");
        return value % p;
    }
}
