using System.Numerics;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Rings;

namespace Tacit.Aggregation.Encodings;

/// <summary>Chooses the modulus so that a sum of bounded inputs cannot wrap, and proves it before any data is touched.</summary>
public static class ModulusSizing
{
    /// <summary>The fewest bits that hold every sum of <paramref name="participants"/> integers in [−magnitude, magnitude].</summary>
    /// <param name="participants">n, at least 1.</param>
    /// <param name="magnitude">The largest absolute value of one input, at least 1.</param>
    /// <returns>b with n · magnitude ≤ 2ᵇ⁻¹ − 1; for magnitude 2¹⁵ − 1 this is the ⌈log₂(n(2¹⁶ − 2) + 1)⌉ of Bonawitz et al. 2017, Section 8.</returns>
    public static int SignedBits(int participants, long magnitude)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(magnitude, 1);
        return (int)((BigInteger)participants * magnitude).GetBitLength() + 1;
    }

    /// <summary>Proves that no sum wraps.</summary>
    /// <param name="ring">ℤ/2ᵇ.</param>
    /// <param name="participants">n.</param>
    /// <param name="magnitude">The largest absolute value of one input.</param>
    /// <exception cref="FailureException"><see cref="FailureCodes.ModulusTooSmall"/>: bits have and need.</exception>
    public static void ThrowIfWraps(ResidueRing ring, int participants, long magnitude)
    {
        int need = SignedBits(participants, magnitude);
        if (need <= ring.Bits) return;
        throw new FailureException(
            FailureCodes.ModulusTooSmall,
            $"bits is {ring.Bits}; the sum of {participants} inputs of magnitude {magnitude} needs {need}: use at least {need} bits, fewer participants or fewer bits a value");
    }
}
