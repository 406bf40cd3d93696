using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tacit.Cryptography.Randomness;

/// <summary>A reproducible stream for simulation and tests. <b>Not private</b>: whoever knows the seed knows every key.</summary>
/// <remarks>
/// The constructors are internal and visible only to the simulation and the tests, so that no production path can seed a key by accident.
/// The stream is AES-256-CTR under SHA-256(label ‖ seed).
/// </remarks>
public sealed class SeededRandomSource : IRandomSource
{
    private readonly Keystream stream;
    private ulong position;

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
        stream.Generate(position, destination);
        position += (ulong)destination.Length;
    }
}
