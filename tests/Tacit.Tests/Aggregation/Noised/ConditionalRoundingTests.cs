using Tacit.Aggregation.Encodings;
using Tacit.Cryptography.Randomness;
using Xunit;

namespace Tacit.Tests.Aggregation.Noised;

public sealed class ConditionalRoundingTests
{
    [Fact]
    public void Rounding_is_unbiased_and_goes_to_a_neighbour()
    {
        const int Length = 1 << 18;
        float[] values = [.. Enumerable.Repeat(-2.3f, Length)];
        int[] rounded = new int[Length];

        int tries = new ConditionalRounding(double.PositiveInfinity).Round(values, new SeededRandomSource(1), rounded);

        Assert.Equal(1, tries);
        Assert.All(rounded, r => Assert.True(r is -3 or -2));
        double mean = rounded.Average(), deviation = Math.Sqrt(0.3 * 0.7 / Length);
        Assert.InRange(mean, -2.3 - (6.5 * deviation), -2.3 + (6.5 * deviation));   // two-sided p = 8e-11
    }

    [Fact]
    public void Rounding_never_passes_the_bound_and_counts_its_tries()
    {
        // Half of each coordinate: the squared norm is binomial with mean 500, so a bound at the mean refuses about every second try.
        float[] values = [.. Enumerable.Repeat(0.5f, 1000)];
        int[] rounded = new int[1000];
        ConditionalRounding rounding = new(500);
        int retries = 0;
        for (ulong seed = 0; seed < 200; seed++)
        {
            int tries = rounding.Round(values, new SeededRandomSource(seed), rounded);

            Assert.True(tries >= 1);
            Assert.True(rounded.Sum(r => (long)r * r) <= 500);
            Assert.True(rounding.Accepts(rounded));
            retries += tries - 1;
        }

        Assert.InRange(retries, 100, 330);   // expected 200 · (1/0.51 − 1) = 190, deviation 19
    }

    [Fact]
    public void Rounding_gives_up_instead_of_letting_a_long_vector_through()
    {
        int[] rounded = [5, 5, 5];

        int tries = new ConditionalRounding(2).Round([1f, 1f, 1f], new SeededRandomSource(1), rounded);

        Assert.Equal(0, tries);
        Assert.Equal([0, 0, 0], rounded);
    }

    [Fact]
    public void The_norm_is_exact_where_single_precision_would_round_it()
    {
        const int Large = (1 << 24) + 1;   // as a float this is 2²⁴
        float[] values = [Large - 1];
        double squared = (double)(Large - 1) * (Large - 1);

        Assert.Equal(0, new ConditionalRounding(squared * (1 - 1e-9)).Round(values, new SeededRandomSource(1), new int[1]));
        Assert.Equal(1, new ConditionalRounding(squared * (1 + 1e-9)).Round(values, new SeededRandomSource(1), new int[1]));
    }

    [Fact]
    public void The_vector_path_and_single_values_follow_the_same_rule()
    {
        Assert.Equal(-2, ConditionalRounding.Round(-2.5, 0.4));
        Assert.Equal(-3, ConditionalRounding.Round(-2.5, 0.6));
        Assert.Equal(7, ConditionalRounding.Round(7, 0));
    }
}
