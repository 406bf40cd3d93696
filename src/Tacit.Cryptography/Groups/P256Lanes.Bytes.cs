using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Tacit.Cryptography.Groups;

/// <content>The ways in and out: 32 bytes, big-endian.</content>
internal partial struct P256Lanes
{
    private const int CoordinateBytes = 32;

    /// <summary>Reads eight numbers below p, 32 bytes each, big-endian.</summary>
    /// <param name="coordinates">Eight coordinates.</param>
    public static P256Lanes Read(ReadOnlySpan<ReadOnlyMemory<byte>> coordinates)
    {
        Span<ulong> limbs = stackalloc ulong[Limbs * 8];
        for (int lane = 0; lane < 8; lane++)
        {
            UInt128 high = BinaryPrimitives.ReadUInt128BigEndian(coordinates[lane].Span), low = BinaryPrimitives.ReadUInt128BigEndian(coordinates[lane].Span[16..]);
            for (int limb = 0; limb < Limbs; limb++)
            {
                limbs[(limb * 8) + lane] = unchecked((ulong)low) & ((1UL << LimbBits) - 1);
                low = (low >> LimbBits) | (high << (128 - LimbBits));
                high >>= LimbBits;
            }
        }

        P256Lanes plain = Load(limbs);
        Multiply(plain, SquareOfRadix, out P256Lanes element);
        return element;
    }

    /// <summary>Writes the limbs of the plain numbers, below 2p.</summary>
    /// <param name="limbs">72 values, limb by limb, lane by lane.</param>
    public readonly void WritePlain(Span<ulong> limbs)
    {
        Multiply(this, new P256Lanes { L0 = Vector512.Create(1UL) }, out P256Lanes plain);
        plain.Store(limbs);
    }

    /// <summary>Writes eight numbers below p: plain ones come out below 2p, and p is taken away under a mask.</summary>
    /// <param name="results">Eight times 32 bytes, overwritten, big-endian.</param>
    public readonly void WriteCanonical(Span<byte> results)
    {
        Span<ulong> limbs = stackalloc ulong[Limbs * 8];
        Span<uint> words = stackalloc uint[10];
        WritePlain(limbs);
        for (int lane = 0; lane < 8; lane++)
        {
            words.Clear();
            ulong held = 0;
            int bits = 0, word = 0;
            for (int limb = 0; limb < Limbs; limb++)
            {
                unchecked
                {
                    held |= limbs[(limb * 8) + lane] << bits;
                    bits += LimbBits;
                    for (; bits >= 32 && word < 9; bits -= 32, held >>= 32) words[word++] = (uint)held;
                }
            }

            if (word < 10) words[word] = unchecked((uint)held);
            Canonical(words[..9], results.Slice(lane * CoordinateBytes, CoordinateBytes));
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(limbs));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words));
    }

    private static void Canonical(ReadOnlySpan<uint> words, Span<byte> result)
    {
        ReadOnlySpan<uint> prime = [0xffffffff, 0xffffffff, 0xffffffff, 0, 0, 0, 1, 0xffffffff, 0];
        Span<uint> reduced = stackalloc uint[9];
        unchecked
        {
            ulong borrow = 0;
            for (int i = 0; i < 9; i++)
            {
                ulong difference = (ulong)words[i] - prime[i] - borrow;
                reduced[i] = (uint)difference;
                borrow = difference >> 63;
            }

            uint keep = (uint)(0 - borrow);
            for (int i = 0; i < 8; i++) BinaryPrimitives.WriteUInt32BigEndian(result[(28 - (4 * i))..], (words[i] & keep) | (reduced[i] & ~keep));
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(reduced));
    }

    /// <summary>Which lanes are zero modulo p. For public values only.</summary>
    /// <param name="zero">Eight answers, overwritten.</param>
    public readonly void AreZero(Span<bool> zero)
    {
        Span<byte> canonical = stackalloc byte[8 * CoordinateBytes];
        WriteCanonical(canonical);
        for (int lane = 0; lane < 8; lane++) zero[lane] = canonical.Slice(lane * CoordinateBytes, CoordinateBytes).IndexOfAnyExcept((byte)0) < 0;
    }
}
