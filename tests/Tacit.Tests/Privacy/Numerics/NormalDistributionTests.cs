using Tacit.Privacy.Numerics;
using Xunit;

namespace Tacit.Tests.Privacy.Numerics;

public sealed class NormalDistributionTests
{
    // Forty digits of an independent computation, rounded.
    [Theory]
    [InlineData(-37.5, 4.605353009581954843827969e-308, -707.6689893175071910661132)]
    [InlineData(-20, 2.753624118606233695075623e-89, -203.9171553710972639368045)]
    [InlineData(-10, 7.619853024160526065973343e-24, -53.23128515051247057834703)]
    [InlineData(-8, 6.220960574271784123515995e-16, -35.01343715991454989550413)]
    [InlineData(-7.75, 4.594627435778595460155455e-15, -33.01388872274308717815937)]
    [InlineData(-5, 2.866515718791939116737523e-7, -15.0649983939887257360837)]
    [InlineData(-3, 0.001349898031630094526651815, -6.607726221510349543276077)]
    [InlineData(-2.5, 0.006209665325776135166978105, -5.081648277278690498380462)]
    [InlineData(-1, 0.1586552539314570514147675, -1.841021645009263505770783)]
    [InlineData(-0.3, 0.3820885778110473669277264, -0.9621028181688506566628607)]
    [InlineData(-1e-9, 0.4999999996010577195985673, -0.6931471813578298705384074)]
    [InlineData(0, 0.5, -0.69314718055994530941723212)]
    [InlineData(0.7, 0.7580363477769269713837893, -0.2770239422771312630045065)]
    [InlineData(2, 0.9772498680518207927997174, -0.02301290932896348846533617)]
    [InlineData(6, 0.9999999990134123549623019, -9.865876455243757316914797e-10)]
    public void Both_tails_are_accurate(double x, double cdf, double logarithm)
    {
        Assert.InRange(NormalDistribution.Cdf(x) / cdf - 1, -2e-15, 2e-15);
        Assert.InRange(NormalDistribution.LogCdf(x) / logarithm - 1, -2e-15, 2e-15);
    }

    [Fact]
    public void Logarithms_go_on_where_doubles_end()
    {
        Assert.Equal(-804.6084420137537881666068, NormalDistribution.LogCdf(-40), 1e-12);
        Assert.Equal(-5005.524208694205088626302, NormalDistribution.LogCdf(-100), 1e-11);
        Assert.Equal(0, NormalDistribution.Cdf(-100));
        Assert.Equal(1, NormalDistribution.Cdf(100));
    }

    [Fact]
    public void Pieces_of_the_ratio_meet()
    {
        for (double x = 0.5; x <= 8; x += 0.5)
        {
            Assert.Equal(1, NormalDistribution.MillsRatio(Math.BitDecrement(x)) / NormalDistribution.MillsRatio(Math.BitIncrement(x)), 2e-15);
            Assert.Equal(1, NormalDistribution.MillsSlope(Math.BitDecrement(x)) / NormalDistribution.MillsSlope(Math.BitIncrement(x)), 4e-15);
        }
    }
}
