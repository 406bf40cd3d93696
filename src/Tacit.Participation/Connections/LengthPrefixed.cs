using System.Buffers.Binary;
using Tacit.Aggregation.Failures;

namespace Tacit.Participation.Connections;

/// <summary>Texts behind their length in 4 bytes, little-endian.</summary>
internal static class LengthPrefixed
{
    /// <exception cref="FailureException">MALFORMED_MESSAGE.</exception>
    public static List<byte[]> Read(ReadOnlySpan<byte> bytes)
    {
        List<byte[]> all = [];
        while (!bytes.IsEmpty)
        {
            if (bytes.Length < sizeof(int) || BinaryPrimitives.ReadInt32LittleEndian(bytes) is not (>= 0 and int length) || length > bytes.Length - sizeof(int)) throw new FailureException(FailureCodes.MalformedMessage, "the coordinator's answer ends in the middle");
            all.Add(bytes.Slice(sizeof(int), length).ToArray());
            bytes = bytes[(sizeof(int) + length)..];
        }

        return all;
    }
}
