using Tacit.Cryptography.Hashing;

namespace Tacit.Federation.Identities;

/// <summary>What the old key and the new key both sign when an identity changes its key.</summary>
/// <remarks>Needs no challenge: a key is taken once for ever, so a rotation that is sent again changes nothing.</remarks>
public static class RotationProof
{
    /// <summary>The message to be signed by both.</summary>
    /// <param name="name">Whose identity.</param>
    /// <param name="oldKey">The present public key, 65 bytes.</param>
    /// <param name="newKey">The public key from now on, 65 bytes.</param>
    public static byte[] Message(string name, ReadOnlySpan<byte> oldKey, ReadOnlySpan<byte> newKey)
    {
        using TranscriptHash hash = new("tacit/rotate/1");
        return hash.Append("name", name).Append("old", oldKey).Append("new", newKey).Digest();
    }
}

/// <summary>A new key for the identity that asks, as JSON carries it.</summary>
/// <param name="Key">The new public key, 65 bytes in base64url.</param>
/// <param name="OldSignature">By the present key, 64 bytes in base64url.</param>
/// <param name="NewSignature">By the new key, 64 bytes in base64url.</param>
public sealed record RotateRequest(string Key, string OldSignature, string NewSignature);
