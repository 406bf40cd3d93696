using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tacit.Cryptography.Hashing;

/// <summary>SHA-256 over labelled, length-prefixed fields: two different lists of fields never give the same input bytes.</summary>
/// <remarks>Each field is hashed as label length (4 bytes, little-endian), label (UTF-8), content length (8 bytes), content.</remarks>
public sealed class TranscriptHash : IDisposable
{
    /// <summary>Bytes of a digest.</summary>
    public const int DigestBytes = 32;

    // Replacing what is not Unicode would let two texts have one digest.
    private static readonly UTF8Encoding strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Starts a transcript.</summary>
    /// <param name="domain">What is hashed and its version; different domains never collide.</param>
    public TranscriptHash(string domain) => Append("domain", strictUtf8.GetBytes(domain));

    /// <summary>Adds a field.</summary>
    /// <param name="label">The field's name.</param>
    /// <param name="content">Its bytes.</param>
    /// <returns>This transcript.</returns>
    public TranscriptHash Append(string label, ReadOnlySpan<byte> content)
    {
        byte[] name = strictUtf8.GetBytes(label);
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(prefix, name.Length);
        hash.AppendData(prefix[..4]);
        hash.AppendData(name);
        BinaryPrimitives.WriteInt64LittleEndian(prefix, content.Length);
        hash.AppendData(prefix);
        hash.AppendData(content);
        return this;
    }

    /// <summary>Adds a text field as UTF-8.</summary>
    /// <param name="label">The field's name.</param>
    /// <param name="content">Its text.</param>
    /// <returns>This transcript.</returns>
    public TranscriptHash Append(string label, string content) => Append(label, strictUtf8.GetBytes(content));

    /// <summary>Adds an integer field as 8 bytes, little-endian.</summary>
    /// <param name="label">The field's name.</param>
    /// <param name="content">Its value.</param>
    /// <returns>This transcript.</returns>
    public TranscriptHash Append(string label, long content)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, content);
        return Append(label, bytes);
    }

    /// <summary>Finishes the transcript and resets it.</summary>
    /// <returns>The 32-byte digest.</returns>
    public byte[] Digest() => hash.GetHashAndReset();

    /// <inheritdoc/>
    public void Dispose() => hash.Dispose();
}
