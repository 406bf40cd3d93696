using System.Globalization;
using System.Numerics;
using Tacit.Privacy.Numerics;
using Xunit;

namespace Tacit.Tests.Privacy.Numerics;

public sealed class ExactNumberTests
{
    [Theory]
    [InlineData(0.5, "1", "2")]
    [InlineData(-3, "-3", "1")]
    [InlineData(0, "0", "1")]
    [InlineData(0.1, "3602879701896397", "36028797018963968")]
    [InlineData(1099511627776.5, "2199023255553", "2")]
    public void A_double_is_a_fraction(double value, string numerator, string denominator)
    {
        Rational fraction = Rational.FromDouble(value);

        Assert.Equal(BigInteger.Parse(numerator, CultureInfo.InvariantCulture), fraction.Numerator);
        Assert.Equal(BigInteger.Parse(denominator, CultureInfo.InvariantCulture), fraction.Denominator);
    }

    [Theory]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    [InlineData(2.2250738585072014E-308)]
    [InlineData(-1.0 / 3)]
    public void A_double_comes_back(double value) => Assert.Equal(value, Rational.FromDouble(value).ToDouble());

    [Fact]
    public void Fractions_are_reduced_and_compare()
    {
        Assert.Equal(new Rational(-2, 3), new Rational(4, -6));
        Assert.Equal(new Rational(0, 1), default);
        Assert.Equal(-1, new Rational(-1, 3).Floor);
        Assert.Equal(3, new Rational(10, 3).Floor);
        Assert.True(new Rational(1, 3) < new Rational(2, 5));
        Assert.Equal(new Rational(5, 6), new Rational(1, 3) / new Rational(2, 5));
        Assert.Throws<DivideByZeroException>(() => new Rational(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rational.FromDouble(double.NaN));
    }

    [Fact]
    public void The_exponential_has_its_digits()
    {
        BigInteger scaled = FixedPoint.ExpOfMinus(1) * BigInteger.Pow(10, 60) / FixedPoint.One;

        Assert.Equal("367879441171442321595523770161460867445811131031767834507836", scaled.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(1, 7, 2, 9)]
    [InlineData(200, 3, 100, 7)]
    [InlineData(1, 1 << 20, 1, 3)]
    public void Exponentials_multiply(int n1, int d1, int n2, int d2)
    {
        Rational x = new(n1, d1), y = new(n2, d2), sum = new(n1 * (BigInteger)d2 + n2 * (BigInteger)d1, d1 * (BigInteger)d2);

        BigInteger difference = FixedPoint.ExpOfMinus(sum) - FixedPoint.Multiply(FixedPoint.ExpOfMinus(x), FixedPoint.ExpOfMinus(y));

        Assert.InRange(difference, -8, 8);   // of 2⁻²⁵⁶
    }

    [Fact]
    public void A_vanishing_exponential_is_zero()
    {
        Assert.Equal(BigInteger.Zero, FixedPoint.ExpOfMinus(257));
        Assert.Equal(FixedPoint.One, FixedPoint.ExpOfMinus(0));
    }
}
