using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace Tacit.Cryptography.Randomness;

/// <summary>Counter mode on Arm's AES instructions. AESE adds the round key first, so the last key is a plain XOR.</summary>
internal static class CounterModeArm
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
            for (; i + InFlight <= blocks; i += InFlight, counter += InFlight) Eight<TSink>(ref destination, i, keys, counter);
            for (; i < blocks; i++, counter++) Put<TSink>(ref destination, i * BlockSize, Encrypt(CounterBlock.Create(counter), keys));
        }
    }

    private static void Eight<TSink>(ref byte destination, nuint index, Vector128<byte>[] keys, UInt128 counter)
        where TSink : struct, IKeystreamSink
    {
        unchecked
        {
            Vector128<byte> b0 = CounterBlock.Create(counter), b1 = CounterBlock.Create(counter + 1), b2 = CounterBlock.Create(counter + 2);
            Vector128<byte> b3 = CounterBlock.Create(counter + 3), b4 = CounterBlock.Create(counter + 4), b5 = CounterBlock.Create(counter + 5);
            Vector128<byte> b6 = CounterBlock.Create(counter + 6), b7 = CounterBlock.Create(counter + 7);
            for (int r = 0; r < keys.Length - 2; r++)
            {
                Vector128<byte> k = keys[r];
                b0 = ArmAes.MixColumns(ArmAes.Encrypt(b0, k));
                b1 = ArmAes.MixColumns(ArmAes.Encrypt(b1, k));
                b2 = ArmAes.MixColumns(ArmAes.Encrypt(b2, k));
                b3 = ArmAes.MixColumns(ArmAes.Encrypt(b3, k));
                b4 = ArmAes.MixColumns(ArmAes.Encrypt(b4, k));
                b5 = ArmAes.MixColumns(ArmAes.Encrypt(b5, k));
                b6 = ArmAes.MixColumns(ArmAes.Encrypt(b6, k));
                b7 = ArmAes.MixColumns(ArmAes.Encrypt(b7, k));
            }

            Vector128<byte> y = keys[^2], z = keys[^1];
            ref byte d = ref Unsafe.AddByteOffset(ref destination, index * BlockSize);
            Put<TSink>(ref d, 0, ArmAes.Encrypt(b0, y) ^ z);
            Put<TSink>(ref d, 16, ArmAes.Encrypt(b1, y) ^ z);
            Put<TSink>(ref d, 32, ArmAes.Encrypt(b2, y) ^ z);
            Put<TSink>(ref d, 48, ArmAes.Encrypt(b3, y) ^ z);
            Put<TSink>(ref d, 64, ArmAes.Encrypt(b4, y) ^ z);
            Put<TSink>(ref d, 80, ArmAes.Encrypt(b5, y) ^ z);
            Put<TSink>(ref d, 96, ArmAes.Encrypt(b6, y) ^ z);
            Put<TSink>(ref d, 112, ArmAes.Encrypt(b7, y) ^ z);
        }
    }

    private static Vector128<byte> Encrypt(Vector128<byte> block, Vector128<byte>[] keys)
    {
        for (int r = 0; r < keys.Length - 2; r++) block = ArmAes.MixColumns(ArmAes.Encrypt(block, keys[r]));
        return ArmAes.Encrypt(block, keys[^2]) ^ keys[^1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TSink>(ref byte destination, nuint offset, Vector128<byte> keystream) where TSink : struct, IKeystreamSink =>
        TSink.Combine(Vector128.LoadUnsafe(ref destination, offset), keystream).StoreUnsafe(ref destination, offset);
}
