namespace Tacit.Cryptography.Rings;

/// <summary>The integers modulo 2ᵇ in which a round's vectors are added.</summary>
/// <remarks>The modulus is a run-time value: one vector type serves every plan.</remarks>
public readonly record struct ResidueRing
{
    /// <summary>The largest b.</summary>
    public const int MaxBits = 64;

    /// <summary>Creates ℤ/2ᵇ.</summary>
    /// <param name="bits">b, from 1 to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bits"/> is outside 1…64.</exception>
    public ResidueRing(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxBits);
        Bits = bits;
    }

    /// <summary>b: the bits of one residue on the wire.</summary>
    public int Bits { get; }

    /// <summary>2ᵇ − 1: the largest residue.</summary>
    public ulong Mask => ulong.MaxValue >> (64 - Bits);

    /// <summary>Bytes of one residue in memory and of keystream that one residue takes: 1, 2, 4 or 8.</summary>
    public int LaneBytes => Bits switch { <= 8 => 1, <= 16 => 2, <= 32 => 4, _ => 8 };

    /// <summary>The residue read as a signed number in [−2ᵇ⁻¹, 2ᵇ⁻¹).</summary>
    /// <param name="residue">In [0, 2ᵇ).</param>
    public long Centre(ulong residue) => unchecked((long)(residue << (64 - Bits))) >> (64 - Bits);

    /// <summary>The residue of a signed number.</summary>
    /// <param name="value">Any; reduced modulo 2ᵇ.</param>
    public ulong Reduce(long value) => unchecked((ulong)value) & Mask;

    /// <inheritdoc/>
    public override string ToString() => $"Z/2^{Bits}";
}
