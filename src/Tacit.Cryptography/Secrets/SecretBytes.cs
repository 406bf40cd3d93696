using System.Diagnostics;
using System.Security.Cryptography;
using Tacit.Cryptography.Randomness;

namespace Tacit.Cryptography.Secrets;

/// <summary>Secret bytes in pinned memory: never copied by the collector, never printed, zeroed when disposed.</summary>
[DebuggerDisplay("<redacted>")]
public sealed class SecretBytes : IDisposable
{
    private readonly byte[] bytes;
    private bool disposed;

    /// <summary>Reserves zeroed secret memory, to be written through <see cref="Span"/>.</summary>
    /// <param name="length">In bytes, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public SecretBytes(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        bytes = GC.AllocateArray<byte>(length, pinned: true);
    }

    /// <summary>The number of bytes.</summary>
    public int Length => bytes.Length;

    /// <summary>The secret itself; do not keep the span.</summary>
    /// <exception cref="ObjectDisposedException">The secret is gone.</exception>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return bytes;
        }
    }

    /// <summary>Draws a uniform secret.</summary>
    /// <param name="length">In bytes.</param>
    /// <param name="random">Where the bytes come from.</param>
    public static SecretBytes Create(int length, IRandomSource random)
    {
        SecretBytes secret = new(length);
        random.Fill(secret.Span);
        return secret;
    }

    /// <summary>Copies bytes that the caller then clears.</summary>
    /// <param name="source">Any length.</param>
    public static SecretBytes From(ReadOnlySpan<byte> source)
    {
        SecretBytes secret = new(source.Length);
        source.CopyTo(secret.Span);
        return secret;
    }

    /// <summary>Whether both hold the same bytes, in time that depends on the lengths alone.</summary>
    /// <param name="other">Another secret.</param>
    public bool FixedTimeEquals(SecretBytes other) => CryptographicOperations.FixedTimeEquals(Span, other.Span);

    /// <summary>Zeroes the bytes.</summary>
    public void Dispose()
    {
        disposed = true;
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <inheritdoc/>
    public override string ToString() => "<redacted>";
}
