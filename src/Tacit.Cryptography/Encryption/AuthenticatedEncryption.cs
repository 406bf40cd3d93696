using System.Security.Cryptography;

namespace Tacit.Cryptography.Encryption;

/// <summary>AES-256-GCM (NIST SP 800-38D): 32-byte key, 12-byte nonce, 16-byte tag appended to the ciphertext.</summary>
public static class AuthenticatedEncryption
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = 32;

    /// <summary>Bytes of a nonce.</summary>
    public const int NonceBytes = 12;

    /// <summary>Bytes that sealing adds.</summary>
    public const int TagBytes = 16;

    /// <summary>Encrypts and authenticates.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="nonce">12 bytes, never used twice under one key.</param>
    /// <param name="plaintext">Any length.</param>
    /// <param name="associatedData">Authenticated, not encrypted.</param>
    /// <param name="sealedBytes">Plaintext length + 16, overwritten: ciphertext ‖ tag.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static void Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> sealedBytes)
    {
        ThrowUnlessLengths(key, nonce);
        if (sealedBytes.Length != plaintext.Length + TagBytes) throw new ArgumentException($"Sealing adds {TagBytes} bytes.", nameof(sealedBytes));
        using AesGcm gcm = new(key, TagBytes);
        gcm.Encrypt(nonce, plaintext, sealedBytes[..plaintext.Length], sealedBytes[plaintext.Length..], associatedData);
    }

    /// <summary>Checks and decrypts bytes that may come from a hostile peer.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="nonce">12 bytes.</param>
    /// <param name="sealedBytes">Ciphertext ‖ tag.</param>
    /// <param name="associatedData">As given to sealing.</param>
    /// <param name="plaintext">Sealed length − 16, overwritten; zeroed if the check fails.</param>
    /// <returns>False, and no plaintext, unless key, nonce, ciphertext, tag and associated data all belong together.</returns>
    /// <exception cref="ArgumentException">The length of key, nonce or destination is wrong.</exception>
    public static bool TryOpen(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> associatedData, Span<byte> plaintext)
    {
        ThrowUnlessLengths(key, nonce);
        if (sealedBytes.Length < TagBytes) return false;
        if (plaintext.Length != sealedBytes.Length - TagBytes) throw new ArgumentException($"Opening removes {TagBytes} bytes.", nameof(plaintext));
        using AesGcm gcm = new(key, TagBytes);
        try
        {
            gcm.Decrypt(nonce, sealedBytes[..plaintext.Length], sealedBytes[plaintext.Length..], plaintext, associatedData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            plaintext.Clear();
            return false;
        }
    }

    private static void ThrowUnlessLengths(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce)
    {
        if (key.Length != KeyBytes) throw new ArgumentException($"A key has {KeyBytes} bytes.", nameof(key));
        if (nonce.Length != NonceBytes) throw new ArgumentException($"A nonce has {NonceBytes} bytes.", nameof(nonce));
    }
}
