using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Tacit.Cryptography.Randomness;

/// <summary>Counter mode through the platform's AES: encrypts a buffer of counters in electronic-codebook mode.</summary>
internal static class CounterModePortable
{
    private const int BufferBlocks = 256;

    /// <summary>Combines whole blocks of keystream into the destination.</summary>
    public static void Apply<TSink>(ref byte destination, nuint blocks, Aes aes, UInt128 counter) where TSink : struct, IKeystreamSink
    {
        unchecked
        {
            var buffer = new Vector128<byte>[(int)Math.Min(blocks, BufferBlocks)];
            for (nuint done = 0; done < blocks;)
            {
                int count = (int)Math.Min(blocks - done, BufferBlocks);
                for (int i = 0; i < count; i++, counter++) buffer[i] = CounterBlock.Create(counter);
                Span<byte> bytes = MemoryMarshal.AsBytes(buffer.AsSpan(0, count));
                aes.EncryptEcb(bytes, bytes, PaddingMode.None);
                for (int i = 0; i < count; i++, done++)
                {
                    ref byte d = ref Unsafe.AddByteOffset(ref destination, done * 16);
                    TSink.Combine(Vector128.LoadUnsafe(ref d), buffer[i]).StoreUnsafe(ref d);
                }
            }

            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(buffer.AsSpan()));
        }
    }
}
