using System.Buffers.Binary;

namespace Tacit.Aggregation.Rounds;

/// <summary>SHA-256 of a round's terms: two parties that hold different terms are in different rounds.</summary>
public readonly record struct RoundId
{
    /// <summary>Bytes of an id.</summary>
    public const int Bytes = 32;

    private readonly UInt128 high;
    private readonly UInt128 low;

    /// <summary>Reads an id.</summary>
    /// <param name="digest">32 bytes.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public RoundId(ReadOnlySpan<byte> digest)
    {
        if (digest.Length != Bytes) throw new ArgumentException($"A round id has {Bytes} bytes.", nameof(digest));
        high = BinaryPrimitives.ReadUInt128BigEndian(digest);
        low = BinaryPrimitives.ReadUInt128BigEndian(digest[16..]);
    }

    /// <summary>Writes the 32 bytes.</summary>
    /// <param name="destination">At least 32 bytes.</param>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], low);
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Bytes];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The first eight bytes in hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray().AsSpan(0, 8));
}
