using System.Runtime.InteropServices;
using Tacit.Cryptography.Randomness;

namespace Tacit.Learning.Kernels;

/// <summary>Coins for dropout that one thread draws without the others. <b>Not for keys, masks or noise</b>.</summary>
internal sealed class StatisticalSource(IRandomSource seed) : IRandomSource
{
    private StatisticalGenerator generator = new(seed);

    public void Fill(Span<byte> destination)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(destination);
        foreach (ref ulong word in words) word = generator.Next();
        if (destination.Length % 8 == 0) return;
        Span<ulong> last = [generator.Next()];
        Span<byte> rest = destination[(words.Length * 8)..];
        MemoryMarshal.AsBytes(last)[..rest.Length].CopyTo(rest);
    }
}
