using System.Security.Cryptography;
using System.Text;

namespace Tacit.Cryptography.KeyAgreement;

/// <summary>HKDF with SHA-256 (RFC 5869) and a domain label in front of every use.</summary>
public static class KeyDerivation
{
    /// <summary>Derives a key for one purpose.</summary>
    /// <param name="secret">Input keying material, such as a Diffie–Hellman secret; cleared by the caller.</param>
    /// <param name="salt">What the key is bound to, such as a session digest.</param>
    /// <param name="label">The purpose and its version; ASCII. Different labels give independent keys.</param>
    /// <param name="context">Fixed-width fields that name the instance, such as sender and recipient.</param>
    /// <param name="key">Filled; at most 255 · 32 bytes; owned and cleared by the caller.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is too long for HKDF, or the label holds a zero byte.</exception>
    /// <remarks>info = label ‖ 0x00 ‖ context: labels hold no zero byte, so no label and context imitate another.</remarks>
    public static void Derive(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> salt, string label, ReadOnlySpan<byte> context, Span<byte> key)
    {
        if (label.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException("A label holds no zero byte.", nameof(label));
        int labelBytes = Encoding.UTF8.GetByteCount(label);
        Span<byte> info = stackalloc byte[256];
        int length = labelBytes + 1 + context.Length;
        if (length > info.Length) info = new byte[length];
        Encoding.UTF8.GetBytes(label, info);
        info[labelBytes] = 0;
        context.CopyTo(info[(labelBytes + 1)..]);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt, info[..length]);
    }
}
