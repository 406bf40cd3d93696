using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tacit.Cryptography.Randomness;

/// <summary>A reproducible stream for simulation and tests. <b>Not private</b>: whoever knows the seed knows every key.</summary>
/// <remarks>
/// The constructor is internal and visible only to the simulation and the tests, so that no production path can seed a key by accident.
/// The stream is AES-256-CTR under SHA-256(seed ‖ label).
/// </remarks>
public sealed class SeededRandomSource : IRandomSource
{
    private readonly Keystream stream;
    private readonly byte[] buffer = new byte[512];
    private ulong position;
    private int used = 512;

    internal SeededRandomSource(ulong seed, string label = "")
    {
        byte[] text = Encoding.UTF8.GetBytes(label);
        byte[] input = new byte[8 + text.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(input, seed);
        text.CopyTo(input, 8);
        stream = Keystream.FromKey(SHA256.HashData(input));
    }

    /// <inheritdoc/>
    public void Fill(Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            if (used == buffer.Length) Refill();
            int count = Math.Min(destination.Length, buffer.Length - used);
            buffer.AsSpan(used, count).CopyTo(destination);
            destination = destination[count..];
            used += count;
        }
    }

    private void Refill()
    {
        stream.Generate(position, buffer);
        position += (ulong)buffer.Length;
        used = 0;
    }
}
