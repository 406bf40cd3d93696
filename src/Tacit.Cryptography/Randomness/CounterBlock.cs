using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tacit.Cryptography.Randomness;

/// <summary>The 128-bit big-endian counter block of NIST SP 800-38A; it wraps over all 16 bytes.</summary>
internal static class CounterBlock
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Create(UInt128 counter) => Vector128.Create(
        BinaryPrimitives.ReverseEndianness((ulong)(counter >> 64)),
        BinaryPrimitives.ReverseEndianness(unchecked((ulong)counter))).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LastByte(byte value) => Vector128.Create(0UL, (ulong)value << 56).AsByte();
}
