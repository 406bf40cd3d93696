using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tacit.Cryptography.Rings;

/// <summary>A vector over ℤ/2ᵇ: the one thing that every protocol sums.</summary>
/// <remarks>
/// Residues live in lanes of 8, 16, 32 or 64 bits and are added modulo the lane, which 2ᵇ divides: additions never reduce,
/// reads and <see cref="BitPacking"/> do. The vector may hold secrets; <see cref="Clear"/> zeroes it. Instances are not thread-safe,
/// except that disjoint ranges may be used at the same time.
/// </remarks>
public sealed class ModularVector
{
    private readonly byte[] lanes;

    /// <summary>Creates the zero vector.</summary>
    /// <param name="ring">ℤ/2ᵇ.</param>
    /// <param name="length">d, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or beyond 2³¹ bytes of lanes.</exception>
    public ModularVector(ResidueRing ring, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Array.MaxLength / ring.LaneBytes);
        Ring = ring;
        Length = length;
        lanes = new byte[length * ring.LaneBytes];
    }

    /// <summary>ℤ/2ᵇ.</summary>
    public ResidueRing Ring { get; }

    /// <summary>d: the number of residues.</summary>
    public int Length { get; }

    /// <summary>The residue at an index, in [0, 2ᵇ).</summary>
    /// <param name="index">In [0, d).</param>
    /// <exception cref="IndexOutOfRangeException">The index is outside the vector.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value set is not below 2ᵇ.</exception>
    public ulong this[int index]
    {
        get => Ring.Mask & Ring.LaneBytes switch
        {
            1 => lanes[index],
            2 => Lanes<ushort>()[index],
            4 => Lanes<uint>()[index],
            _ => Lanes<ulong>()[index],
        };
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Ring.Mask);
            switch (Ring.LaneBytes)
            {
                case 1: lanes[index] = (byte)value; break;
                case 2: Lanes<ushort>()[index] = (ushort)value; break;
                case 4: Lanes<uint>()[index] = (uint)value; break;
                default: Lanes<ulong>()[index] = value; break;
            }
        }
    }

    /// <summary>The lanes as bytes: unreduced, little-endian on every platform .NET runs on.</summary>
    internal Span<byte> Bytes => lanes;

    /// <summary>Copies residues into a new vector.</summary>
    /// <param name="ring">ℤ/2ᵇ.</param>
    /// <param name="residues">Length d, each below 2ᵇ.</param>
    /// <exception cref="ArgumentOutOfRangeException">A residue is not below 2ᵇ.</exception>
    public static ModularVector From(ResidueRing ring, ReadOnlySpan<ulong> residues)
    {
        ModularVector vector = new(ring, residues.Length);
        for (int i = 0; i < residues.Length; i++) vector[i] = residues[i];
        return vector;
    }

    /// <summary>Adds another vector, in place.</summary>
    /// <param name="other">Same ring and length.</param>
    /// <exception cref="ArgumentException">Ring or length differ.</exception>
    public void Add(ModularVector other)
    {
        ThrowUnlessAlike(other);
        switch (Ring.LaneBytes)
        {
            case 1: Combine<byte, AddLanes>(other); break;
            case 2: Combine<ushort, AddLanes>(other); break;
            case 4: Combine<uint, AddLanes>(other); break;
            default: Combine<ulong, AddLanes>(other); break;
        }
    }

    /// <summary>Subtracts another vector, in place.</summary>
    /// <param name="other">Same ring and length.</param>
    /// <exception cref="ArgumentException">Ring or length differ.</exception>
    public void Subtract(ModularVector other)
    {
        ThrowUnlessAlike(other);
        switch (Ring.LaneBytes)
        {
            case 1: Combine<byte, SubtractLanes>(other); break;
            case 2: Combine<ushort, SubtractLanes>(other); break;
            case 4: Combine<uint, SubtractLanes>(other); break;
            default: Combine<ulong, SubtractLanes>(other); break;
        }
    }

    /// <summary>The residues as an array, each in [0, 2ᵇ).</summary>
    public ulong[] ToArray()
    {
        var residues = new ulong[Length];
        for (int i = 0; i < residues.Length; i++) residues[i] = this[i];
        return residues;
    }

    /// <summary>Whether both vectors hold the same residues of the same ring. Takes time that depends on the values: not for secrets.</summary>
    /// <param name="other">Any vector.</param>
    public bool SequenceEqual(ModularVector other)
    {
        if (other.Ring != Ring || other.Length != Length) return false;
        for (int i = 0; i < Length; i++)
        {
            if (this[i] != other[i]) return false;
        }

        return true;
    }

    /// <summary>Zeroes every residue.</summary>
    public void Clear() => CryptographicOperations.ZeroMemory(lanes);

    /// <inheritdoc/>
    public override string ToString() => $"{Length} residues of {Ring}";

    internal Span<TLane> Lanes<TLane>() where TLane : unmanaged => MemoryMarshal.Cast<byte, TLane>(lanes.AsSpan());

    private void ThrowUnlessAlike(ModularVector other)
    {
        if (other.Ring != Ring) throw new ArgumentException($"Rings differ: {Ring} and {other.Ring}.", nameof(other));
        if (other.Length != Length) throw new ArgumentException($"Lengths differ: {Length} and {other.Length}.", nameof(other));
    }

    private void Combine<TLane, TOperation>(ModularVector other)
        where TLane : unmanaged, IBinaryInteger<TLane>
        where TOperation : struct, ILaneOperation
    {
        Span<TLane> a = Lanes<TLane>();
        ReadOnlySpan<TLane> b = other.Lanes<TLane>();
        ref TLane x = ref MemoryMarshal.GetReference(a);
        ref TLane y = ref MemoryMarshal.GetReference(b);
        int i = 0;
        for (; i <= a.Length - Vector<TLane>.Count; i += Vector<TLane>.Count)
        {
            Vector<TLane> sum = TOperation.Combine(
                Vector.LoadUnsafe(ref x, (nuint)i), Vector.LoadUnsafe(ref y, (nuint)i));
            sum.StoreUnsafe(ref x, (nuint)i);
        }

        for (; i < a.Length; i++) a[i] = TOperation.Combine(a[i], b[i]);
    }

    private interface ILaneOperation
    {
        static abstract Vector<TLane> Combine<TLane>(Vector<TLane> a, Vector<TLane> b) where TLane : unmanaged;

        static abstract TLane Combine<TLane>(TLane a, TLane b) where TLane : unmanaged, IBinaryInteger<TLane>;
    }

    private readonly struct AddLanes : ILaneOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<TLane> Combine<TLane>(Vector<TLane> a, Vector<TLane> b) where TLane : unmanaged => Vector.Add(a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Combine<TLane>(TLane a, TLane b) where TLane : unmanaged, IBinaryInteger<TLane> => unchecked(a + b);
    }

    private readonly struct SubtractLanes : ILaneOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<TLane> Combine<TLane>(Vector<TLane> a, Vector<TLane> b) where TLane : unmanaged => Vector.Subtract(a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Combine<TLane>(TLane a, TLane b) where TLane : unmanaged, IBinaryInteger<TLane> => unchecked(a - b);
    }
}
