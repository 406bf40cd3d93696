using System.Numerics;

namespace Tacit.Privacy.Numerics;

/// <summary>Fractions with 256 binary places on big integers, always rounded down.</summary>
internal static class FixedPoint
{
    /// <summary>Binary places.</summary>
    public const int Places = 256;

    private const int Guard = 64;

    /// <summary>1.</summary>
    public static BigInteger One { get; } = BigInteger.One << Places;

    /// <summary>The product of two numbers in [0, 1], too small by less than 2⁻²⁵⁶.</summary>
    public static BigInteger Multiply(BigInteger left, BigInteger right) => (left * right) >> Places;

    /// <summary>exp(−x) within 2⁻²⁵⁵, for x ≥ 0.</summary>
    /// <remarks>
    /// Above 2⁸ the value is below 2⁻³⁶⁹ and counts as zero. Else y = x/2¹⁶ is at most 2⁻⁸: 40 terms of the series leave less than y⁴¹ and round by
    /// less than 2⁻³¹⁸ on 320 places, and each of the 16 squarings doubles the error and adds 2⁻³²⁰ to it: below 2⁻³⁰¹, then 256 places are kept.
    /// </remarks>
    public static BigInteger ExpOfMinus(Rational x)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(x.Sign);
        if (x > 256) return BigInteger.Zero;

        const int working = Places + Guard, halvings = 16, terms = 40;
        BigInteger y = (x.Numerator << (working - halvings)) / x.Denominator;
        BigInteger one = BigInteger.One << working, sum = one;
        for (int n = terms; n >= 1; n--) sum = one - ((y * sum) >> working) / n;   // Horner: 1 − y/1·(1 − y/2·(…))
        for (int i = 0; i < halvings; i++) sum = (sum * sum) >> working;
        return sum >> Guard;
    }
}
