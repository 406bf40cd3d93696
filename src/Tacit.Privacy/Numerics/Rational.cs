using System.Globalization;
using System.Numerics;

namespace Tacit.Privacy.Numerics;

/// <summary>An exact fraction in lowest terms: the parameter of every exact sampler.</summary>
public readonly record struct Rational
{
    private readonly BigInteger denominatorLessOne;   // so that the default value is 0/1

    /// <summary>Reduces a fraction.</summary>
    /// <param name="numerator">Any integer.</param>
    /// <param name="denominator">Not zero; its sign moves to the numerator.</param>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero) throw new DivideByZeroException("A fraction has a denominator other than zero.");
        BigInteger common = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        Numerator = numerator / common;
        denominatorLessOne = denominator / common - 1;
    }

    /// <summary>Signed, without a common factor with <see cref="Denominator"/>.</summary>
    public BigInteger Numerator { get; }

    /// <summary>Positive.</summary>
    public BigInteger Denominator => denominatorLessOne + 1;

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => Numerator.Sign;

    /// <summary>The largest integer that is not above.</summary>
    public BigInteger Floor => (Numerator - Mod(Numerator, Denominator)) / Denominator;

    /// <summary>The exact value of a double: mantissa times a power of two.</summary>
    /// <param name="value">Finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is infinite or not a number.</exception>
    public static Rational FromDouble(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "Only finite numbers are fractions.");
        if (value == 0) return default;

        long bits = BitConverter.DoubleToInt64Bits(value);
        int biased = (int)((bits >> 52) & 0x7ff);
        BigInteger mantissa = (bits & ((1L << 52) - 1)) | (biased == 0 ? 0 : 1L << 52);
        int exponent = Math.Max(biased, 1) - 1075;
        if (bits < 0) mantissa = -mantissa;
        return exponent >= 0 ? new Rational(mantissa << exponent, 1) : new Rational(mantissa, BigInteger.One << -exponent);
    }

    /// <summary>The product.</summary>
    /// <param name="left">A factor.</param>
    /// <param name="right">A factor.</param>
    public static Rational operator *(Rational left, Rational right) => new(left.Numerator * right.Numerator, left.Denominator * right.Denominator);

    /// <summary>The quotient.</summary>
    /// <param name="left">The dividend.</param>
    /// <param name="right">The divisor, not zero.</param>
    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public static Rational operator /(Rational left, Rational right) => new(left.Numerator * right.Denominator, left.Denominator * right.Numerator);

    /// <summary>Whether the left fraction is below the right one.</summary>
    /// <param name="left">A fraction.</param>
    /// <param name="right">A fraction.</param>
    public static bool operator <(Rational left, Rational right) => left.Numerator * right.Denominator < right.Numerator * left.Denominator;

    /// <summary>Whether the left fraction is above the right one.</summary>
    /// <param name="left">A fraction.</param>
    /// <param name="right">A fraction.</param>
    public static bool operator >(Rational left, Rational right) => right < left;

    /// <summary>An integer as a fraction.</summary>
    /// <param name="value">Any integer.</param>
    public static implicit operator Rational(long value) => new(value, 1);

    /// <summary>A double close by: within a few units of the last place, or infinite.</summary>
    public double ToDouble()
    {
        int shift = (int)(Denominator.GetBitLength() - BigInteger.Abs(Numerator).GetBitLength()) + 64;
        BigInteger quotient = shift >= 0 ? (Numerator << shift) / Denominator : Numerator / (Denominator << -shift);
        return Math.ScaleB((double)quotient, -shift);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    private static BigInteger Mod(BigInteger value, BigInteger modulus)
    {
        BigInteger rest = BigInteger.Remainder(value, modulus);
        return rest.Sign < 0 ? rest + modulus : rest;
    }
}
