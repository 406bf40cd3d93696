using Tacit.Cryptography.Randomness;
using Tacit.Privacy.Accounting.Curves;
using Tacit.Privacy.Auditing;
using Xunit;

namespace Tacit.Tests.Privacy.Auditing;

public sealed class CanaryGuessesTests
{
    [Fact]
    public void Errors_are_counted_on_either_side_of_the_threshold() =>
        Assert.Equal(new CanaryGuesses(1, 3, 2, 4), CanaryGuesses.Count([0, 1, 2], [0, 1, 1.5, 2], 1));

    [Theory]
    [InlineData(0.1, 0.1, 0.05, 2.140066)]   // ln((0.9 − 0.05)/0.1)
    [InlineData(0.5, 0.01, 0.01, 3.891820)]  // the other direction: ln((0.5 − 0.01)/0.01)
    [InlineData(0.01, 0.5, 0.01, 3.891820)]
    [InlineData(0.6, 0.6, 0.01, 0)]
    [InlineData(1, 1, 0.5, 0)]
    public void Bound_follows_from_both_directions(double falsePositive, double falseNegative, double delta, double epsilon) =>
        Assert.Equal(epsilon, new GuessErrors(falsePositive, falseNegative).Epsilon(delta), 1e-6);

    [Fact]
    public void Perfect_guesses_show_as_much_as_their_number_allows()
    {
        double epsilon = new CanaryGuesses(0, 1000, 0, 1000).Bound(0.95).Epsilon(1e-5);

        double missed = 1 - Math.Pow(0.025, 1e-3);
        Assert.Equal(Math.Log((1 - missed - 1e-5) / missed), epsilon, 1e-9);
    }

    // N(0, 1) against N(μ, 1) is exactly the Gaussian mechanism at noise 1/μ, whose ε(δ) is known. Each bound may exceed it with chance 1e-10.
    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2.5)]
    public void Bound_lies_below_the_true_curve_and_near_it(double shift)
    {
        const double Delta = 1e-5, Confidence = 1 - 1e-10;
        SeededRandomSource random = new(1, "guesses");
        double[] absent = [.. Enumerable.Range(0, 40_000).Select(_ => random.NextNormal())], present = [.. Enumerable.Range(0, 40_000).Select(_ => shift + random.NextNormal())];

        double threshold = CanaryThreshold.Choose(absent.AsSpan(0, 10_000), present.AsSpan(0, 10_000), 30_000, Delta, Confidence);
        GuessErrors errors = CanaryGuesses.Count(absent.AsSpan(10_000), present.AsSpan(10_000), threshold).Bound(Confidence);

        Assert.True(errors.Epsilon(Delta) > shift / 2);
        foreach (double delta in new[] { Delta, 1e-3, 0.05, 0.2, 0.5 }) Assert.True(errors.Epsilon(delta) <= GaussianAccounting.Epsilon(1 / shift, delta));
    }

    [Fact]
    public void Scores_that_say_nothing_choose_a_threshold_all_the_same()
    {
        Assert.Equal(0, CanaryThreshold.Choose([0, 0, 0], [0, 0, 0], 100, 0.1, 0.95));
        Assert.InRange(CanaryThreshold.Choose([-10, -11, -9], [10, 11, 9], 100, 0.1, 0.95), -5, 5);
    }
}
