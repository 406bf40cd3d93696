using System.Buffers.Binary;

namespace Tacit.Aggregation.Rounds;

/// <summary>A round's number, a tag of its model and SHA-256 of its terms: two parties that hold different terms are in different rounds.</summary>
/// <remarks>The hash decides; number and tag are there so that a message of an old round or of another model can be called by its name.</remarks>
public readonly record struct RoundId
{
    /// <summary>Bytes of an id: number (8), model tag (8), hash (32).</summary>
    public const int Bytes = 16 + HashBytes;

    private const int HashBytes = 32;

    private readonly UInt128 high;
    private readonly UInt128 low;

    /// <summary>Reads an id.</summary>
    /// <param name="bytes">48 bytes.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public RoundId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Bytes) throw new ArgumentException($"A round id has {Bytes} bytes.", nameof(bytes));
        Number = BinaryPrimitives.ReadInt64BigEndian(bytes);
        ModelTag = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        high = BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]);
        low = BinaryPrimitives.ReadUInt128BigEndian(bytes[32..]);
    }

    /// <summary>Puts an id together.</summary>
    /// <param name="number">The round's number.</param>
    /// <param name="modelHash">32 bytes; the first eight are the tag.</param>
    /// <param name="termsHash">32 bytes.</param>
    internal RoundId(long number, ReadOnlySpan<byte> modelHash, ReadOnlySpan<byte> termsHash)
    {
        Number = number;
        ModelTag = BinaryPrimitives.ReadUInt64BigEndian(modelHash);
        high = BinaryPrimitives.ReadUInt128BigEndian(termsHash);
        low = BinaryPrimitives.ReadUInt128BigEndian(termsHash[16..]);
    }

    /// <summary>The round's number; for messages, not for decisions.</summary>
    public long Number { get; }

    /// <summary>The first eight bytes of the model's hash; for messages, not for decisions.</summary>
    public ulong ModelTag { get; }

    /// <summary>Writes the 48 bytes.</summary>
    /// <param name="destination">At least 48 bytes.</param>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination, Number);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], ModelTag);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[32..], low);
    }

    /// <summary>The 48 bytes.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Bytes];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The number and the first eight bytes of the hash in hexadecimal.</summary>
    public override string ToString() => FormattableString.Invariant($"{Number}:{(ulong)(high >> 64):x16}");
}
