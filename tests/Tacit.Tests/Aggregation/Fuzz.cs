using Tacit.Cryptography.Randomness;
using Xunit;

namespace Tacit.Tests.Aggregation;

/// <summary>Reads bytes of hostile origin; gives the encoding of what was read, or null if it was refused.</summary>
internal delegate byte[]? Rereading(byte[] bytes);

/// <summary>What every decoder must stand.</summary>
internal static class Fuzz
{
    private const int RandomMessages = 200_000;
    private const long AllowedPerByte = 16;

    /// <summary>Random bytes, every truncation and every bit flip of a valid message: no exception, little memory, and one encoding for one value.</summary>
    /// <param name="valid">A message that must be read and come out again unchanged.</param>
    /// <param name="reread">The decoder, then the encoder.</param>
    /// <param name="allowance">Bytes that a message may cost whatever its length: what the protocol's own roster takes.</param>
    /// <param name="decode">The decoder alone, for counting what it allocates.</param>
    public static void Check(byte[] valid, Rereading reread, Action<byte[]> decode, long allowance = 4096)
    {
        Assert.Equal(valid, reread(valid));
        AssertHarmless([.. valid, 0], reread, decode, allowance);
        for (int length = 0; length < valid.Length; length++) AssertHarmless(valid[..length], reread, decode, allowance);
        for (int bit = 0; bit < 8 * valid.Length; bit++)
        {
            byte[] flipped = [.. valid];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertHarmless(flipped, reread, decode, allowance);
        }

        SeededRandomSource random = new((ulong)valid.Length);
        for (int run = 0; run < RandomMessages; run++) AssertHarmless(Random(random, valid), reread, decode, allowance);
    }

    // Half of the messages keep the front of a valid one, so that they reach the counts and lengths behind it.
    private static byte[] Random(SeededRandomSource random, byte[] valid)
    {
        byte[] bytes = new byte[random.NextIndex(2 * valid.Length + 2)];
        random.Fill(bytes);
        int kept = random.NextIndex(2) == 0 ? 0 : random.NextIndex(Math.Min(bytes.Length, valid.Length) + 1);
        valid.AsSpan(0, kept).CopyTo(bytes);
        return bytes;
    }

    private static void AssertHarmless(byte[] bytes, Rereading reread, Action<byte[]> decode, long allowance)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            decode(bytes);
        }
        catch (Exception e)
        {
            Assert.Fail($"{Convert.ToHexStringLower(bytes)} throws {e}");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= allowance + AllowedPerByte * bytes.Length, $"{bytes.Length} bytes allocate {allocated}: {Convert.ToHexStringLower(bytes)}");

        byte[]? again = reread(bytes);
        if (again is not null) Assert.True(again.AsSpan().SequenceEqual(bytes), $"{Convert.ToHexStringLower(bytes)} is read but is not the encoding of what it says");
    }
}
