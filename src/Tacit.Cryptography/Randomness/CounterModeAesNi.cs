using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Tacit.Cryptography.Randomness;

/// <summary>Counter mode on AES-NI, eight blocks in flight: the unit's latency is hidden and its throughput is the limit.</summary>
internal static class CounterModeAesNi
{
    private const int BlockSize = 16;
    private const int InFlight = 8;

    /// <summary>Combines whole blocks of keystream into the destination.</summary>
    public static void Apply<TSink>(ref byte destination, nuint blocks, Vector128<byte>[] keys, UInt128 counter)
        where TSink : struct, IKeystreamSink
    {
        unchecked
        {
            nuint i = 0;
            for (; i < blocks && ((ulong)counter & (InFlight - 1)) != 0; i++, counter++) One<TSink>(ref destination, i, keys, counter);
            nuint groups = (blocks - i) / InFlight;
            Groups<TSink>(ref Unsafe.AddByteOffset(ref destination, i * BlockSize), groups, keys, counter);
            i += groups * InFlight;
            counter += groups * InFlight;
            for (; i < blocks; i++, counter++) One<TSink>(ref destination, i, keys, counter);
        }
    }

    // The counter is a multiple of eight here, so the blocks of a group differ in the low bits of the last byte alone:
    // one XOR makes each from the first, where an increment and a byte swap would take three instructions.
    private static void Groups<TSink>(ref byte destination, nuint groups, Vector128<byte>[] keys, UInt128 counter)
        where TSink : struct, IKeystreamSink
    {
        unchecked
        {
            int last = keys.Length - 1;
            for (nuint g = 0; g < groups; g++, counter += InFlight)
            {
                Vector128<byte> first = CounterBlock.Create(counter) ^ keys[0];
                Vector128<byte> b0 = first, b1 = first ^ CounterBlock.LastByte(1), b2 = first ^ CounterBlock.LastByte(2);
                Vector128<byte> b3 = first ^ CounterBlock.LastByte(3), b4 = first ^ CounterBlock.LastByte(4);
                Vector128<byte> b5 = first ^ CounterBlock.LastByte(5), b6 = first ^ CounterBlock.LastByte(6), b7 = first ^ CounterBlock.LastByte(7);
                for (int r = 1; r < last; r++)
                {
                    Vector128<byte> k = keys[r];
                    b0 = X86Aes.Encrypt(b0, k);
                    b1 = X86Aes.Encrypt(b1, k);
                    b2 = X86Aes.Encrypt(b2, k);
                    b3 = X86Aes.Encrypt(b3, k);
                    b4 = X86Aes.Encrypt(b4, k);
                    b5 = X86Aes.Encrypt(b5, k);
                    b6 = X86Aes.Encrypt(b6, k);
                    b7 = X86Aes.Encrypt(b7, k);
                }

                Vector128<byte> z = keys[last];
                ref byte d = ref Unsafe.AddByteOffset(ref destination, g * (InFlight * BlockSize));
                Put<TSink>(ref d, 0, X86Aes.EncryptLast(b0, z));
                Put<TSink>(ref d, 16, X86Aes.EncryptLast(b1, z));
                Put<TSink>(ref d, 32, X86Aes.EncryptLast(b2, z));
                Put<TSink>(ref d, 48, X86Aes.EncryptLast(b3, z));
                Put<TSink>(ref d, 64, X86Aes.EncryptLast(b4, z));
                Put<TSink>(ref d, 80, X86Aes.EncryptLast(b5, z));
                Put<TSink>(ref d, 96, X86Aes.EncryptLast(b6, z));
                Put<TSink>(ref d, 112, X86Aes.EncryptLast(b7, z));
            }
        }
    }

    private static void One<TSink>(ref byte destination, nuint index, Vector128<byte>[] keys, UInt128 counter)
        where TSink : struct, IKeystreamSink
    {
        Vector128<byte> b = CounterBlock.Create(counter) ^ keys[0];
        for (int r = 1; r < keys.Length - 1; r++) b = X86Aes.Encrypt(b, keys[r]);
        Put<TSink>(ref destination, unchecked(index * BlockSize), X86Aes.EncryptLast(b, keys[^1]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TSink>(ref byte destination, nuint offset, Vector128<byte> keystream) where TSink : struct, IKeystreamSink =>
        TSink.Combine(Vector128.LoadUnsafe(ref destination, offset), keystream).StoreUnsafe(ref destination, offset);
}
