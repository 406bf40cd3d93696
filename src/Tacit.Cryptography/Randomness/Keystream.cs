using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tacit.Cryptography.Randomness;

/// <summary>AES in counter mode from a zero block.</summary>
public sealed class Keystream
{
    private readonly Aes aes = Aes.Create();

    private Keystream(byte[] key) => aes.Key = key;

    /// <summary>Expands a key.</summary>
    public static Keystream FromKey(ReadOnlySpan<byte> key) => new(key.ToArray());

    /// <summary>Writes the bytes from a position on.</summary>
    public void Generate(ulong position, Span<byte> destination)
    {
        byte[] block = new byte[16];
        for (int i = 0; i < destination.Length; i++, position++)
        {
            if (i == 0 || position % 16 == 0)
            {
                block.AsSpan().Clear();
                BinaryPrimitives.WriteUInt64BigEndian(block.AsSpan(8), position / 16);
                block = aes.EncryptEcb(block, PaddingMode.None);
            }
            destination[i] = block[(int)(position % 16)];
        }
    }
}
