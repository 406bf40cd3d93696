using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tacit.Cryptography.Randomness;

namespace Tacit.Privacy.Sampling;

/// <summary>The coins of one call: AES-256 in counter mode under a fresh key from the caller's source, in bulk or word by word.</summary>
/// <remarks>A source is asked once for 32 bytes, so a draw costs no system call. Not thread-safe; zeroes its key and words when disposed.</remarks>
[DebuggerDisplay("<redacted>")]
internal sealed class CoinStream : IDisposable
{
    private const int KeyBytes = 32;
    private const int BufferWords = 256;

    private readonly Keystream? stream;
    private readonly IRandomSource? direct;
    private readonly ulong[] words = GC.AllocateArray<ulong>(BufferWords, pinned: true);
    private int used = BufferWords;
    private ulong position;
    private ulong bits;
    private int bitsLeft;

    private CoinStream(Keystream? stream, IRandomSource? direct) => (this.stream, this.direct) = (stream, direct);

    /// <summary>Starts a stream under a fresh key.</summary>
    public static CoinStream From(IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> key = stackalloc byte[KeyBytes];
        random.Fill(key);
        Keystream stream = Keystream.FromKey(key);
        CryptographicOperations.ZeroMemory(key);
        return new CoinStream(stream, null);
    }

    /// <summary>Hands on the source's own bytes: for tests that choose the coins.</summary>
    public static CoinStream Direct(IRandomSource random) => new(null, random);

    /// <summary>Overwrites the destination with uniform words, past those that wait in the buffer.</summary>
    public void Fill(Span<uint> destination) => Fill(MemoryMarshal.AsBytes(destination));

    /// <summary>A uniform word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NextUInt64()
    {
        if (used == BufferWords) Refill();
        return words[used++];
    }

    /// <summary>A uniform integer of 128 bits.</summary>
    public UInt128 NextUInt128() => new(NextUInt64(), NextUInt64());

    /// <summary>A fair coin; 64 of them share a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool NextBit()
    {
        if (bitsLeft == 0) (bits, bitsLeft) = (NextUInt64(), 64);
        bitsLeft--;
        bool bit = (bits & 1) != 0;
        bits >>= 1;
        return bit;
    }

    /// <summary>A uniform integer in [0, <paramref name="bound"/>) for a positive bound (Lemire 2019, Algorithm 5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NextBelow(ulong bound)
    {
        ulong high = Math.BigMul(NextUInt64(), bound, out ulong low);
        return low >= bound ? high : Retry(bound, high, low);
    }

    /// <summary>Zeroes the key and the words.</summary>
    public void Dispose()
    {
        stream?.Dispose();
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words.AsSpan()));
        bits = 0;
    }

    /// <inheritdoc/>
    public override string ToString() => "<redacted>";

    private ulong Retry(ulong bound, ulong high, ulong low)
    {
        ulong threshold = unchecked(0UL - bound) % bound;
        while (low < threshold) high = Math.BigMul(NextUInt64(), bound, out low);
        return high;
    }

    private void Refill()
    {
        Fill(MemoryMarshal.AsBytes(words.AsSpan()));
        used = 0;
    }

    private void Fill(Span<byte> destination)
    {
        if (stream is null)
        {
            direct!.Fill(destination);
            return;
        }

        stream.Generate(position, destination);
        position += (ulong)(destination.Length + 15) & ~15UL;   // whole blocks: a part of a block costs a whole one
    }
}
