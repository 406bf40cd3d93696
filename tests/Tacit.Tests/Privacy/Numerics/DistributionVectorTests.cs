using System.Globalization;
using System.Text.Json;
using Tacit.Privacy.Numerics;
using Tacit.Tests.Vectors;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Privacy.Numerics;

public sealed class DistributionVectorTests(ITestOutputHelper output)
{
    [Fact]
    public void The_discrete_gaussian_agrees_with_the_vectors()
    {
        if (SharedVectors.Find("dp_discrete_gaussian_pmf", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            DiscreteGaussianDistribution law = new(vector.GetProperty("params").Number("sigma"));
            JsonElement expected = vector.GetProperty("expected");
            bool agrees = Near(law.Normaliser, expected.Number("normalizer"), 1e-12)
                && Near(law.Variance, expected.Number("variance"), 1e-12)
                && Agree(expected, "pmf", law.Pmf, 1e-12)
                && Agree(expected, "tail_ge", law.Tail, 1e-12)
                && expected.GetProperty("pmf").EnumerateObject().All(p => Math.Abs(law.LogPmf(Key(p)) - Log(p.Value.GetString()!)) < 2e-12);
            tally.Check(vector, agrees);
        }

        tally.AssertComplete(publicChecked: 3);
    }

    [Fact]
    public void The_discrete_laplace_distribution_agrees_with_the_vectors()
    {
        if (SharedVectors.Find("dp_discrete_laplace_pmf", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            DiscreteLaplaceDistribution law = new(1 / vector.GetProperty("params").Number("a"));
            JsonElement expected = vector.GetProperty("expected");
            bool agrees = Near(law.Variance, expected.Number("variance"), 1e-12) && Agree(expected, "pmf", law.Pmf, 1e-12) && Agree(expected, "cdf", law.Cdf, 1e-12);
            tally.Check(vector, agrees);
        }

        tally.AssertComplete(publicChecked: 3);
    }

    [Fact]
    public void The_skellam_distribution_agrees_with_the_vectors()
    {
        if (SharedVectors.Find("dp_skellam_pmf", output) is not { } file) return;
        Tally tally = new(file, output);

        foreach (JsonElement vector in file.Cases)
        {
            SkellamDistribution law = new(vector.GetProperty("params").Number("variance"));
            JsonElement expected = vector.GetProperty("expected");
            tally.Check(vector, Agree(expected, "pmf", x => law.Pmf((int)x), 1e-12) && Agree(expected, "tail_ge", x => law.Tail((int)x), 1e-10));
        }

        tally.AssertComplete(publicChecked: 3);
    }

    private bool Agree(JsonElement expected, string table, Func<long, double> function, double tolerance)
    {
        bool all = true;
        foreach (JsonProperty entry in expected.GetProperty(table).EnumerateObject())
        {
            double value = function(Key(entry)), right = entry.Value.Number();
            if (Near(value, right, tolerance)) continue;
            output.WriteLine(FormattableString.Invariant($"{table}({entry.Name}) is {value:R}, not {right:R}"));
            all = false;
        }

        return all;
    }

    private static bool Near(double value, double expected, double tolerance) => Math.Abs(value - expected) <= tolerance * Math.Abs(expected);

    private static long Key(JsonProperty entry) => long.Parse(entry.Name, CultureInfo.InvariantCulture);

    // The vectors go below the least double.
    private static double Log(string number)
    {
        string[] parts = number.Split('e');
        double exponent = parts.Length > 1 ? double.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        return Math.Log(double.Parse(parts[0], CultureInfo.InvariantCulture)) + exponent * Math.Log(10);
    }
}
