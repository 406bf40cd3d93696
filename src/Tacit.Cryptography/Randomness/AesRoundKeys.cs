using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Tacit.Cryptography.Randomness;

/// <summary>AES key expansion for the paths that run their own rounds (FIPS 197, Section 5.2).</summary>
/// <remarks>SubWord runs in the processor's AES unit: no table is indexed by key bytes.</remarks>
internal static class AesRoundKeys
{
    /// <summary>Expands a 16- or 32-byte key to 11 or 15 round keys in pinned memory, to be zeroed by the owner.</summary>
    public static Vector128<byte>[] Expand(ReadOnlySpan<byte> key)
    {
        int keyWords = key.Length / 4;
        int rounds = keyWords + 6;
        var roundKeys = GC.AllocateArray<Vector128<byte>>(rounds + 1, pinned: true);
        Span<uint> w = MemoryMarshal.Cast<Vector128<byte>, uint>(roundKeys.AsSpan());
        key.CopyTo(MemoryMarshal.AsBytes(w));

        uint roundConstant = 1;
        for (int i = keyWords; i < w.Length; i++)
        {
            uint t = w[i - 1];
            if (i % keyWords == 0)
            {
                t = uint.RotateRight(SubWord(t), 8) ^ roundConstant;   // little-endian words: RotWord is a right rotation
                roundConstant = unchecked((byte)((roundConstant << 1) ^ (0x1b * (roundConstant >> 7))));
            }
            else if (keyWords > 6 && i % keyWords == 4)
            {
                t = SubWord(t);
            }

            w[i] = w[i - keyWords] ^ t;
        }

        return roundKeys;
    }

    public static void Clear(Vector128<byte>[] roundKeys) =>
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(roundKeys.AsSpan()));

    private static uint SubWord(uint word)
    {
        // Word 0 of the result of AESKEYGENASSIST is SubWord of word 1 of the source.
        if (X86Aes.IsSupported) return X86Aes.KeygenAssist(Vector128.Create(0, word, 0, 0).AsByte(), 0).AsUInt32().ToScalar();

        // AESE with a zero key is ShiftRows(SubBytes(state)); four equal columns make ShiftRows the identity.
        if (ArmAes.IsSupported) return ArmAes.Encrypt(Vector128.Create(word).AsByte(), Vector128<byte>.Zero).AsUInt32().ToScalar();

        throw new UnreachableException("The portable path expands keys in the platform's AES.");
    }
}
