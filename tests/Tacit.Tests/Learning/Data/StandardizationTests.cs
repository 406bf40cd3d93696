using Tacit.Aggregation.Failures;
using Tacit.Learning.Data;
using Tacit.Learning.Models;
using Xunit;

namespace Tacit.Tests.Learning.Data;

public sealed class StandardizationTests
{
    private static readonly Dataset Data = new(new InputShape(2, 2), [1, 3, 7, 7, 5, 7, 7, 7], [0, 0], ["a"]);

    [Fact]
    public void Apply_gives_mean_0_and_deviation_1_per_feature()
    {
        FeatureMoments moments = Standardization.LocalMoments(Data);

        Dataset scaled = Standardization.FromMoments(moments.Mean, moments.MeanSquare).Apply(Data);

        Assert.Equal([-1, -1, 0, 0, 1, 1, 0, 0], scaled.Features);
    }

    [Fact]
    public void Per_channel_moments_run_over_the_steps()
    {
        FeatureMoments moments = Standardization.LocalMoments(Data, perChannel: true);

        Assert.Equal([4, 7], moments.Mean);
        Assert.Equal([21, 49], moments.MeanSquare);
        float[] scaled = Standardization.FromMoments(moments.Mean, moments.MeanSquare).Apply(Data).Features;
        Assert.Equal(-3 / MathF.Sqrt(5), scaled[0], 1e-6f);
        Assert.Equal(0, scaled[7]);
    }

    [Fact]
    public void A_variance_below_zero_by_noise_leaves_the_scale_alone() =>
        Assert.Equal(1, Standardization.FromMoments([2.0], [3.9]).Scale[0]);

    [Fact]
    public void Moments_that_do_not_fit_are_refused()
    {
        Given.Failure(FailureCodes.ShapeMismatch, () => Standardization.FromMoments([1.0], [1.0, 2.0]));
        Given.Failure(FailureCodes.ShapeMismatch, () => Standardization.FromMoments([1.0, 1, 1], [2.0, 2, 2]).Apply(Data), "2×2");
        Given.Failure(FailureCodes.ValueNotFinite, () => Standardization.FromMoments([double.NaN], [1.0]), "feature 0");
    }
}
