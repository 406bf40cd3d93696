using Tacit.Privacy.Mechanisms;
using Xunit;

namespace Tacit.Tests.Privacy.Mechanisms;

public sealed class GaussianCalibrationTests
{
    private static readonly L2Sensitivity one = new(1);

    [Theory]
    [InlineData(1e-6, 1e-30)]
    [InlineData(1e-3, 1e-5)]
    [InlineData(0.01, 1e-20)]
    [InlineData(1, 1e-30)]
    [InlineData(10, 1e-30)]
    [InlineData(100, 1e-10)]
    [InlineData(3, 0.3)]
    [InlineData(0, 0.01)]
    public void Calibration_works_both_ways(double epsilon, double delta)
    {
        double sigma = GaussianCalibration.Sigma(epsilon, delta, one);

        Assert.InRange(GaussianCalibration.LogDelta(sigma, epsilon, one) - Math.Log(delta), -1e-9, 1e-12);
        if (epsilon > 0) Assert.InRange(GaussianCalibration.Epsilon(sigma, delta, one) / epsilon - 1, -1e-7, 1e-9);
    }

    // Sixty digits of an independent computation, rounded.
    [Theory]
    [InlineData(1000, 0.01, -62.455877437764092354)]
    [InlineData(1e6, 1e-7, -14.862663822037166809)]
    [InlineData(0.05, 200, -0.73375589709291627414)]
    [InlineData(2, 0.3, -2.3397385740962646699)]
    [InlineData(100, 1, -5014.234761483739632)]
    [InlineData(0.1, 49.9, -0.76691030805630997014)]
    [InlineData(300, 3, -405018.72751562708266)]
    public void Logarithms_of_delta_are_accurate(double sigma, double epsilon, double logarithm) =>
        Assert.InRange(GaussianCalibration.LogDelta(sigma, epsilon, one) / logarithm - 1, -1e-13, 1e-13);

    [Theory]
    [InlineData(2)]
    [InlineData(0.05)]
    public void The_formulas_meet(double sigma)
    {
        // a = 1/2 separates integral and difference; near = −5 separates difference and distribution function.
        double epsilon = sigma == 2 ? 0.3 : 0.5 / sigma / sigma - 5 / sigma;
        double below = GaussianCalibration.LogDelta(sigma * (1 - 1e-12), epsilon, one), above = GaussianCalibration.LogDelta(sigma * (1 + 1e-12), epsilon, one);

        Assert.InRange(below - above, -1e-11, 1e-10);
    }

    [Fact]
    public void Sensitivity_scales_sigma()
    {
        Assert.Equal(7 * GaussianCalibration.Sigma(1, 1e-6, one), GaussianCalibration.Sigma(1, 1e-6, new L2Sensitivity(7)), 1e-12);
        Assert.Equal(0, GaussianCalibration.Epsilon(10, 0.5, one));
    }

    [Theory]
    [InlineData(-1, 0.1)]
    [InlineData(double.NaN, 0.1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(1, double.NaN)]
    public void Parameters_out_of_range_are_refused(double epsilon, double delta)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianCalibration.Sigma(epsilon, delta, one));
        Assert.Throws<ArgumentOutOfRangeException>(() => new L2Sensitivity(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new L1Sensitivity(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianCalibration.Sigma(1, 0.1, default));
    }
}
