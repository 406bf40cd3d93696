using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Mechanisms;
using Tacit.Tests.Cryptography;
using Xunit;

namespace Tacit.Tests.Privacy.Mechanisms;

/// <summary>Released numbers lie on one grid, whatever the answer: what the last bits of floating-point noise give away is not there.</summary>
public sealed class GridReleaseTests
{
    private const int Releases = 2000;

    public static readonly TheoryData<double> Answers = [0, 1, 1 << 20, 1L << 40, -1.0 / 3];

    [Theory]
    [MemberData(nameof(Answers))]
    public void Laplace_releases_are_multiples_of_the_grid(double answer)
    {
        LaplaceMechanism mechanism = LaplaceMechanism.Create(new L1Sensitivity(1), epsilon: 0.7, dimension: Releases);

        double[] released = Release(mechanism, answer);

        Assert.All(released, y => Assert.True(double.IsInteger(y / mechanism.Grid.Spacing)));
        Assert.Equal(Math.ScaleB(1, -20), mechanism.Grid.Spacing);   // of 1/0.7, and of nothing else
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void Gaussian_releases_are_multiples_of_the_grid(double answer)
    {
        GaussianMechanism mechanism = GaussianMechanism.Create(new L2Sensitivity(1), epsilon: 1, delta: 1e-6, dimension: Releases);
        double[] released = new double[Releases];
        mechanism.Release([.. Enumerable.Repeat(answer, Releases)], new SeededRandomSource(1), released);

        Assert.All(released, y => Assert.True(double.IsInteger(y / mechanism.Grid.Spacing)));
    }

    // Mironov 2012: a number that the textbook mechanism released for the answer 0 is often one that it could never release for 1.
    [Fact]
    public void Floating_point_laplace_noise_gives_the_answer_away_and_ours_does_not()
    {
        SeededRandomSource random = new(2);
        int telling = 0;
        for (int i = 0; i < Releases; i++)
        {
            if (!CouldComeFrom(1, TextbookLaplace(0, random))) telling++;
        }

        LaplaceMechanism mechanism = LaplaceMechanism.Create(new L1Sensitivity(1), epsilon: 1, dimension: Releases);
        int tellingOfOurs = Release(mechanism, 0).Count(y => !double.IsInteger((y - mechanism.Grid.Value(mechanism.Grid.Round(1))) / mechanism.Grid.Spacing));

        Assert.True(telling > Releases / 4, $"{telling} of {Releases}");
        Assert.Equal(0, tellingOfOurs);
    }

    [Fact]
    public void Noise_has_the_scale_that_is_stated()
    {
        LaplaceMechanism laplace = LaplaceMechanism.Create(new L1Sensitivity(3), epsilon: 0.5, dimension: Releases);
        GaussianMechanism gaussian = GaussianMechanism.Create(new L2Sensitivity(3), epsilon: 0.5, delta: 1e-5, dimension: Releases);
        double[] gaussianReleases = new double[Releases];
        gaussian.Release(new double[Releases], new SeededRandomSource(3), gaussianReleases);

        double laplaceMean = Release(laplace, 0).Average(Math.Abs), gaussianSquare = gaussianReleases.Average(y => y * y);

        Assert.InRange(laplaceMean / laplace.NoiseScale - 1, -Statistics.OneInABillion / Math.Sqrt(Releases), Statistics.OneInABillion / Math.Sqrt(Releases));
        double limit = Statistics.OneInABillion * Math.Sqrt(2.0 / Releases);
        Assert.InRange(gaussianSquare / (gaussian.NoiseScale * gaussian.NoiseScale) - 1, -limit, limit);
    }

    [Fact]
    public void Rounding_is_paid_for()
    {
        LaplaceMechanism laplace = LaplaceMechanism.Create(new L1Sensitivity(1), epsilon: 1, dimension: 3, new Grid(-2));
        GaussianMechanism gaussian = GaussianMechanism.Create(new L2Sensitivity(1), epsilon: 1, delta: 1e-5, dimension: 100);

        Assert.Equal((4 + 3) / 4.0, laplace.NoiseScale);
        Assert.InRange(gaussian.NoiseScale / GaussianCalibration.Sigma(1, 1e-5, new L2Sensitivity(1)), 1, 1 + 1e-5);
        Assert.InRange(gaussian.DiscretisationDelta, 0, 1e-12);
        double steps = gaussian.NoiseScale / gaussian.Grid.Spacing;
        Assert.InRange(steps, 1 << 24, (1 << 25) + 100);
        Assert.InRange(GaussianCalibration.Delta(gaussian.NoiseScale, 1, new L2Sensitivity(1)) + gaussian.DiscretisationDelta, 0, 1e-5);
    }

    [Theory]
    [InlineData(0.5, 0)]      // ties to even
    [InlineData(1.5, 2)]
    [InlineData(-0.75, -1)]
    [InlineData(1e300, 1L << 52)]
    [InlineData(-1e300, -(1L << 52))]
    public void Answers_are_rounded_to_the_nearest_step(double answer, long steps) => Assert.Equal(steps, new Grid(0).Round(answer));

    [Fact]
    public void What_cannot_be_released_safely_is_refused()
    {
        LaplaceMechanism mechanism = LaplaceMechanism.Create(new L1Sensitivity(1), 1, dimension: 2);
        double[] released = new double[2];

        Assert.Throws<ArgumentOutOfRangeException>(() => mechanism.Release([1, double.NaN], new SeededRandomSource(1), released));
        Assert.Equal([0, 0], released);
        Assert.Throws<ArgumentException>(() => mechanism.Release([1], new SeededRandomSource(1), released));
        Assert.Throws<ArgumentOutOfRangeException>(() => LaplaceMechanism.Create(new L1Sensitivity(1), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LaplaceMechanism.Create(new L1Sensitivity(1), 1, 1, new Grid(-40)));
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianMechanism.Create(new L2Sensitivity(1), 1, 1e-5, 1, new Grid(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianMechanism.Create(new L2Sensitivity(1), 1, 1e-18, 1_000_000));
    }

    private static double[] Release(LaplaceMechanism mechanism, double answer)
    {
        double[] released = new double[mechanism.Dimension];
        mechanism.Release([.. Enumerable.Repeat(answer, mechanism.Dimension)], new SeededRandomSource(1), released);
        return released;
    }

    // The weakened build: inversion on doubles, uniform multiples of 2⁻⁵³, scale 1.
    private static double TextbookLaplace(double answer, SeededRandomSource random)
    {
        double u = random.NextDouble() - 0.5;
        return answer - Math.Sign(u) * Math.Log(1 - 2 * Math.Abs(u));
    }

    // Whether some uniform number near the one that the noise would need gives exactly this release.
    private static bool CouldComeFrom(double answer, double released)
    {
        double noise = released - answer;
        long needed = (long)Math.Round((1 - Math.Exp(-Math.Abs(noise))) / 2 * (1L << 53));
        for (long i = needed - 64; i <= needed + 64; i++)
        {
            double u = Math.ScaleB(i, -53);
            if (answer + Math.Sign(noise) * -Math.Log(1 - 2 * u) == released) return true;
        }

        return false;
    }
}
