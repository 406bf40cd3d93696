using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Tacit.Cryptography.Randomness;

/// <summary>
/// The pseudorandom generator behind every mask: AES in counter mode from a zero counter block, seekable to any byte,
/// so that a range of a vector can be expanded alone.
/// </summary>
/// <remarks>
/// Holds an expanded secret key in pinned memory and zeroes it when disposed. One key must serve one purpose: the counter
/// always starts at zero. Instances are not thread-safe on <see cref="AesPath.Portable"/> and are read-only on the others.
/// Source: NIST SP 800-38A, Section 6.5.
/// </remarks>
[DebuggerDisplay("<redacted>")]
public sealed class Keystream : IDisposable
{
    private const int BlockSize = 16;

    private readonly AesPath path;
    private readonly Vector128<byte>[] roundKeys = [];
    private readonly Aes? aes;
    private readonly UInt128 start;
    private bool disposed;

    private Keystream(ReadOnlySpan<byte> key, AesPath path, UInt128 start)
    {
        if (key.Length is not (16 or 32)) throw new ArgumentException("A key has 16 bytes (AES-128) or 32 (AES-256).", nameof(key));
        this.path = path;
        this.start = start;
        if (path == AesPath.Portable)
        {
            aes = Aes.Create();
            aes.SetKey(key);
        }
        else
        {
            roundKeys = AesRoundKeys.Expand(key);
        }
    }

    /// <summary>Expands a key on the fastest path of this processor.</summary>
    /// <param name="key">16 bytes for AES-128, 32 for AES-256; copied, so the caller clears its own.</param>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    public static Keystream FromKey(ReadOnlySpan<byte> key) => new(key, AesPaths.Best, UInt128.Zero);

    /// <summary>Expands a key on a chosen path, for comparing paths.</summary>
    /// <param name="key">16 or 32 bytes.</param>
    /// <param name="path">One of <see cref="AesPaths.Supported"/>.</param>
    /// <param name="start">The first counter block as a big-endian number; zero in every protocol, other values for known-answer tests.</param>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    /// <exception cref="PlatformNotSupportedException">This processor does not have the path.</exception>
    public static Keystream FromKey(ReadOnlySpan<byte> key, AesPath path, UInt128 start = default)
    {
        if (!AesPaths.Supported().Contains(path)) throw new PlatformNotSupportedException($"The AES path {path} is not available here.");
        return new Keystream(key, path, start);
    }

    /// <summary>Whether several threads may expand ranges at the same time.</summary>
    internal bool IsThreadSafe => path != AesPath.Portable;

    /// <summary>Overwrites the destination with the keystream from a byte position on.</summary>
    /// <param name="position">Bytes from the start of the stream.</param>
    /// <param name="destination">Any length.</param>
    /// <exception cref="ObjectDisposedException">The key is gone.</exception>
    public void Generate(ulong position, Span<byte> destination) => Apply<StoreSink>(position, destination);

    /// <summary>Combines the keystream from a byte position on into the destination.</summary>
    internal void Apply<TSink>(ulong position, Span<byte> destination) where TSink : struct, IKeystreamSink
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        UInt128 counter = unchecked(start + position / BlockSize);
        int skip = (int)(position % BlockSize);
        if (skip != 0)
        {
            int head = Math.Min(BlockSize - skip, destination.Length);
            Partial<TSink>(destination[..head], skip, counter);
            destination = destination[head..];
            counter = unchecked(counter + 1);
        }

        int whole = destination.Length / BlockSize;
        if (whole > 0) Blocks<TSink>(ref MemoryMarshal.GetReference(destination), whole, counter);
        if (destination.Length % BlockSize != 0) Partial<TSink>(destination[(whole * BlockSize)..], 0, unchecked(counter + (uint)whole));
    }

    /// <summary>Zeroes the expanded key.</summary>
    public void Dispose()
    {
        disposed = true;
        AesRoundKeys.Clear(roundKeys);
        aes?.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => "<redacted>";

    private void Partial<TSink>(Span<byte> destination, int skip, UInt128 counter) where TSink : struct, IKeystreamSink
    {
        Span<byte> block = stackalloc byte[BlockSize];
        destination.CopyTo(block[skip..]);
        Blocks<TSink>(ref block[0], 1, counter);
        block.Slice(skip, destination.Length).CopyTo(destination);
    }

    private void Blocks<TSink>(ref byte destination, int count, UInt128 counter) where TSink : struct, IKeystreamSink
    {
        switch (path)
        {
            case AesPath.AesNi: CounterModeAesNi.Apply<TSink>(ref destination, (nuint)count, roundKeys, counter); break;
            case AesPath.Arm: CounterModeArm.Apply<TSink>(ref destination, (nuint)count, roundKeys, counter); break;
            case AesPath.Portable: CounterModePortable.Apply<TSink>(ref destination, (nuint)count, aes!, counter); break;
            default: throw new UnreachableException();
        }
    }
}
