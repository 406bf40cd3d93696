using Tacit.Cryptography.Randomness;

namespace Tacit.Tests.Cryptography;

/// <summary>Hands out chosen bytes, then zeros: for draws that must be rejected or must be allowed.</summary>
internal sealed class FixedRandomSource(params byte[] bytes) : IRandomSource
{
    private int used;

    public void Fill(Span<byte> destination)
    {
        foreach (ref byte b in destination) b = used < bytes.Length ? bytes[used++] : (byte)0;
    }
}
