using System.Globalization;
using System.Text.Json.Nodes;
using Tacit.Privacy.Accounting.Lattice;

namespace Tacit.Cli.Accounts;

/// <summary>Categories about laws on the integers: probabilities and tails at the points that tables usually show.</summary>
internal static class LawCases
{
    private const int AllUpTo = 100;

    public static IReadOnlyDictionary<string, Func<CaseParameters, JsonObject>> All { get; } = new Dictionary<string, Func<CaseParameters, JsonObject>>(StringComparer.Ordinal)
    {
        ["discrete_gaussian_pmf"] = DiscreteGaussian,
        ["discrete_laplace_pmf"] = DiscreteLaplace,
        ["skellam_pmf"] = Skellam,
        ["ddg_sum_of_discrete_gaussians"] = SumOfDiscreteGaussians,
    };

    private static JsonObject DiscreteGaussian(CaseParameters p)
    {
        double scale = p.Has("sigma") ? p.Noise("sigma") : Math.Sqrt(p.Positive("sigma2"));
        int[] points = Points(scale);
        return new JsonObject
        {
            ["normalizer"] = Answers.TextOfLog(DiscreteGaussianAccounting.LogNormalizer(scale)),
            ["variance"] = Answers.Text(DiscreteGaussianAccounting.Variance(scale)),
            ["pmf"] = Table(points, x => DiscreteGaussianAccounting.LogProbability(scale, x)),
            ["tail_ge"] = Table(points.Where(x => x > 0), x => DiscreteGaussianAccounting.LogUpperTail(scale, x)),
        };
    }

    private static JsonObject DiscreteLaplace(CaseParameters p)
    {
        double decay = p.Positive("a");
        int[] points = Points(Math.Sqrt(2) / decay);
        JsonObject cumulative = [];
        foreach (int x in points.Select(x => -x).Reverse().Concat(points.Where(x => x > 0))) cumulative[Name(x)] = Answers.Text(DiscreteLaplaceAccounting.Cumulative(decay, x));
        return new JsonObject { ["pmf"] = Table(points, x => DiscreteLaplaceAccounting.LogProbability(decay, x)), ["cdf"] = cumulative, ["variance"] = Answers.Text(DiscreteLaplaceAccounting.Variance(decay)) };
    }

    private static JsonObject Skellam(CaseParameters p)
    {
        double variance = p.Noise("variance");
        int[] points = Points(Math.Sqrt(variance));
        IReadOnlyList<double> logs = SkellamAccounting.LogProbabilities(variance, points);
        Dictionary<int, double> at = points.Select((x, i) => (x, logs[i])).ToDictionary();
        double[] tails = SkellamAccounting.LogUpperTails(variance, points);
        Dictionary<int, double> tail = points.Select((x, i) => (x, tails[i])).ToDictionary();
        return new JsonObject { ["pmf"] = Table(points, x => at[x]), ["tail_ge"] = Table(points.Where(x => x > 0), x => tail[x]), ["variance"] = Answers.Exact(variance) };
    }

    private static JsonObject SumOfDiscreteGaussians(CaseParameters p)
    {
        double scale = p.Noise("local_sigma");
        int count = p.Count("num_clients");
        SummedDiscreteGaussian sum = new(scale, count);
        return new JsonObject
        {
            ["pmf_sum_at_0"] = Answers.TextOfLog(sum.LogProbability(0)),
            ["pmf_sum_at_1"] = Answers.TextOfLog(sum.LogProbability(1)),
            ["max_log_ratio_to_dgauss_within_6sd"] = Answers.TextOfLog(sum.LogLargestRatio()),
            ["tau_bound"] = Answers.TextOfLog(Privacy.Accounting.Distributed.DistributedDiscreteGaussianAccounting.LogTau(scale, count)),
        };
    }

    // Small integers, and around every half standard deviation up to twelve.
    private static int[] Points(double deviation) =>
    [
        .. Enumerable.Range(0, AllUpTo + 1).Concat(Enumerable.Range(1, 24).Select(half => (int)Math.Min(1e7, deviation * half / 2)).SelectMany(x => Enumerable.Range(x, 2))).Distinct().Order(),
    ];

    private static JsonObject Table(IEnumerable<int> points, Func<int, double> logProbability)
    {
        JsonObject table = [];
        foreach (int x in points) table[Name(x)] = Answers.TextOfLog(logProbability(x));
        return table;
    }

    private static string Name(int x) => x.ToString(CultureInfo.InvariantCulture);
}
