using System.Security.Cryptography;
using Tacit.Cryptography.Randomness;
using Xunit;

namespace Tacit.Tests.Cryptography;

public sealed class KeystreamTests
{
    public static TheoryData<AesPath, int> PathsAndKeys
    {
        get
        {
            TheoryData<AesPath, int> data = [];
            foreach (AesPath path in AesPaths.Supported())
            {
                data.Add(path, 16);
                data.Add(path, 32);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndKeys))]
    public void Every_path_is_AES_in_counter_mode(AesPath path, int keyBytes)
    {
        SeededRandomSource random = new((ulong)keyBytes);
        byte[] key = new byte[keyBytes], stream = new byte[5000];
        for (int run = 0; run < 20; run++)
        {
            random.Fill(key);
            UInt128 start = new(random.NextUInt64(), ulong.MaxValue - (ulong)run);

            using Keystream keystream = Keystream.FromKey(key, path, start);
            keystream.Generate(0, stream);

            Assert.Equal(Reference(key, start, stream.Length), stream);
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndKeys))]
    public void Seeking_gives_the_slice_of_the_whole(AesPath path, int keyBytes)
    {
        byte[] key = new byte[keyBytes], whole = new byte[512];
        new SeededRandomSource(2).Fill(key);
        using Keystream keystream = Keystream.FromKey(key, path);
        keystream.Generate(0, whole);

        for (int offset = 0; offset <= 40; offset++)
        {
            for (int length = 0; length <= 200; length++)
            {
                byte[] part = new byte[length];
                keystream.Generate((ulong)offset, part);
                Assert.True(whole.AsSpan(offset, length).SequenceEqual(part), $"offset {offset}, length {length}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndKeys))]
    public void Seeking_far_out_lands_on_the_block_of_that_number(AesPath path, int keyBytes)
    {
        byte[] key = new byte[keyBytes], far = new byte[33], expected = new byte[33];
        using Keystream fromZero = Keystream.FromKey(key, path);
        using Keystream fromThere = Keystream.FromKey(key, path, ulong.MaxValue / 16 - 4);

        fromZero.Generate((ulong.MaxValue / 16 - 4) * 16, far);
        fromThere.Generate(0, expected);

        Assert.Equal(expected, far);
    }

    [Fact]
    public void The_best_path_gives_what_the_portable_one_gives()
    {
        byte[] key = new byte[16], best = new byte[100_000], portable = new byte[best.Length];
        using Keystream a = Keystream.FromKey(key);
        using Keystream b = Keystream.FromKey(key, AesPath.Portable);

        a.Generate(7, best);
        b.Generate(7, portable);

        Assert.Equal(portable, best);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(24)]
    [InlineData(33)]
    public void Keys_of_another_length_are_refused(int keyBytes) =>
        Assert.Throws<ArgumentException>(() => Keystream.FromKey(new byte[keyBytes]));

    [Fact]
    public void Paths_that_the_processor_lacks_are_refused() =>
        Assert.Throws<PlatformNotSupportedException>(() => Keystream.FromKey(new byte[16], AesPath.Vaes));

    [Fact]
    public void A_disposed_keystream_gives_nothing()
    {
        Keystream keystream = Keystream.FromKey(new byte[16]);
        keystream.Dispose();

        Assert.Throws<ObjectDisposedException>(() => keystream.Generate(0, new byte[1]));
    }

    [Fact]
    public void A_keystream_is_not_printed()
    {
        using Keystream keystream = Keystream.FromKey(new byte[16]);

        Assert.Equal("<redacted>", keystream.ToString());
    }

    // One block at a time through the platform's single-block encryption.
    private static byte[] Reference(byte[] key, UInt128 start, int length)
    {
        using Aes aes = Aes.Create();
        aes.Key = key;
        byte[] stream = new byte[length], counter = new byte[16];
        for (int at = 0; at < length; at += 16, start = unchecked(start + 1))
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(counter, start);
            byte[] block = aes.EncryptEcb(counter, PaddingMode.None);
            block.AsSpan(0, Math.Min(16, length - at)).CopyTo(stream.AsSpan(at));
        }

        return stream;
    }
}
