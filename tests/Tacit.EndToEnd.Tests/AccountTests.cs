using System.Globalization;
using System.IO;
using System.Text.Json;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.EndToEnd.Tests;

/// <summary><c>tacit account</c>, against every published table of privacy and on the command lines that its help shows.</summary>
public sealed class AccountTests(ITestOutputHelper output) : IDisposable
{
    // Brackets and settings of other accountants, not answers.
    private static readonly HashSet<string> notAnswers = ["epsilon_lower", "epsilon_estimate", "epsilon_upper", "delta_lower", "delta_upper", "pld_discretization"];

    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Every_published_table_is_answered_within_its_tolerance()
    {
        int compared = 0;
        List<string> wrong = [];
        foreach (string path in Tables())
        {
            TacitProcess.Result result = TacitProcess.Run("account", "batch", path, "--json");
            Assert.Equal(0, result.Exit);
            JsonElement answers = result.Json.GetProperty("answers");
            foreach (JsonElement item in JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("cases").EnumerateArray())
            {
                string id = item.GetProperty("id").GetString()!;
                compared++;
                wrong.AddRange(Differences(item, answers.GetProperty(id)).Select(difference => $"{id}: {difference}"));
            }
        }

        output.WriteLine(compared == 0 ? "shared vectors absent: nothing was compared" : $"{compared} cases compared");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Each_account_answers_in_json()
    {
        Assert.Equal(3.7306316348159374, Number("sigma", "gaussian", "--epsilon", "1", "--delta", "1e-5", "--sensitivity", "1"), 12);
        Assert.Equal(2.873629168, Number("epsilon", "ddg", "--clip", "1", "--granularity", "0.01", "--dimension", "1024", "--beta", "0.6065306597", "--noise", "0.5", "--participants", "10", "--rounds", "1", "--delta", "1e-5"), 8);
        Assert.InRange(Number("epsilon_pld", "dpsgd", "--sampling", "0.01", "--noise-multiplier", "1.1", "--steps", "10000", "--delta", "1e-5"), 5.1, 5.25);
        Assert.Equal(2, Number("scale", "laplace", "--epsilon", "0.5"), 12);
        Assert.InRange(Number("epsilon", "discrete-gaussian", "--scale", "4", "--sensitivity", "2", "--count", "20", "--delta", "1e-4"), 10.2303655, 10.2303657);
        Assert.InRange(Number("epsilon", "skellam", "--variance", "100", "--sensitivity", "3", "--delta", "1e-5"), 0.5, 1.5);
        Assert.InRange(Number("epsilon", "compose", "--epsilon", "0.1", "--delta", "1e-8", "--count", "100", "--total-delta", "1e-5"), 3, 5.9);
    }

    [Fact]
    public void Different_events_are_composed_by_every_accountant_that_covers_them()
    {
        string events = folder.Write("events.json", """[{"event": "poisson-sampled", "rate": 0.01, "mechanism": {"event": "gaussian", "noise_multiplier": 1.0}, "count": 500}, {"event": "laplace", "noise_multiplier": 20}]""");

        JsonElement answer = TacitProcess.Run("account", "compose", "--events", events, "--delta", "1e-5", "--json").Json;

        Assert.InRange(answer.GetProperty("epsilon_pld").GetDouble(), 0.1, answer.GetProperty("epsilon_rdp").GetDouble());
        Assert.Contains("zcdp", answer.GetProperty("not_covered").EnumerateObject().Select(refusal => refusal.Name));
    }

    [Theory]
    [InlineData("INVALID_EPSILON", 3, "gaussian --epsilon -1 --delta 1e-5")]
    [InlineData("DELTA_TOO_LARGE", 3, "gaussian --epsilon 1 --delta 1.5")]
    [InlineData("MECHANISM_NOT_VALID", 3, "gaussian --classic --epsilon 2 --delta 1e-5")]
    [InlineData("INVALID_NOISE", 3, "dpsgd --sampling 0.1 --noise-multiplier 0 --steps 10 --delta 1e-5")]
    [InlineData("INVALID_SAMPLING_RATE", 3, "dpsgd --sampling 1.5 --noise-multiplier 1 --steps 10 --delta 1e-5")]
    [InlineData("ACCOUNTANT_MISMATCH", 3, "dpsgd --sampler shuffled --sampling 0.1 --noise-multiplier 1 --steps 10 --delta 1e-5")]
    [InlineData("MECHANISM_NOT_VALID", 3, "ddg --clip 1 --granularity 0.1 --dimension 16 --noise 0.01 --participants 10 --delta 1e-5")]
    [InlineData("INVALID_NUMBER", 2, "gaussian --epsilon 1,5 --delta 1e-5")]
    [InlineData("MISSING_VALUE", 2, "gaussian --epsilon 1")]
    [InlineData("FILE_NOT_FOUND", 3, "batch nowhere.json")]
    public void What_cannot_be_accounted_has_a_code(string code, int exit, string arguments) => TacitProcess.Run(["account", .. arguments.Split(' ')]).AssertFails(code, exit);

    [Fact]
    public void A_case_that_cannot_be_answered_leaves_the_others_answered()
    {
        string file = folder.Write("cases.json", """
            {"cases": [
              {"id": "a", "category": "zcdp_rho", "params": {"epsilon": 1, "delta": 1e-5}},
              {"id": "b", "category": "zcdp_rho", "params": {"epsilon": 1}},
              {"id": "c", "category": "zcdp_roh", "params": {}},
              {"id": "d", "category": "gaussian_epsilon", "params": {"sigma": -1, "delta": 1e-5, "l2_sensitivity": 1}}
            ]}
            """);

        TacitProcess.Result result = TacitProcess.Run("account", "batch", file, "--json");

        Assert.Equal(3, result.Exit);
        JsonElement answers = result.Json.GetProperty("answers");
        Assert.True(answers.GetProperty("a").GetProperty("rho").GetDouble() > 0);
        Assert.Contains("delta", Error(answers, "b", "MISSING_FIELD"), StringComparison.Ordinal);
        Assert.Contains("zcdp_rho", Error(answers, "c", "INVALID_VALUE"), StringComparison.Ordinal);
        Assert.Contains("sigma", Error(answers, "d", "INVALID_NOISE"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gaussian")]
    [InlineData("laplace")]
    [InlineData("discrete-gaussian")]
    [InlineData("skellam")]
    [InlineData("dpsgd")]
    [InlineData("ddg")]
    [InlineData("compose")]
    [InlineData("batch")]
    public void Each_account_has_help_with_examples(string account)
    {
        TacitProcess.Result result = TacitProcess.Run("account", account, "--help");

        Assert.Equal(0, result.Exit);
        Assert.Contains($"tacit account {account}", result.Output, StringComparison.Ordinal);
        Assert.Contains("Examples:", result.Output, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private static double Number(string field, params string[] arguments) => TacitProcess.Run(["account", .. arguments, "--json"]).Json.GetProperty(field).GetDouble();

    private static string Error(JsonElement answers, string id, string code)
    {
        JsonElement error = answers.GetProperty(id).GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        return error.GetProperty("message").GetString()!;
    }

    private static IEnumerable<string> Tables()
    {
        for (DirectoryInfo? ancestor = new(AppContext.BaseDirectory); ancestor is not null; ancestor = ancestor.Parent)
        {
            string vectors = Path.Combine(ancestor.FullName, "shared", "vectors");
            if (Directory.Exists(vectors)) return Directory.GetFiles(vectors, "dp_*.json").Where(path => !path.Contains("bernoulli", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        }

        return [];
    }

    private static IEnumerable<string> Differences(JsonElement item, JsonElement answer)
    {
        JsonElement expected = item.GetProperty("expected");
        double tolerance = Math.Max(item.GetProperty("tol_rel").GetDouble(), 2e-16);
        bool bracketed = expected.TryGetProperty("epsilon_upper", out JsonElement upper), exact = expected.TryGetProperty("epsilon_exact", out JsonElement least) || expected.TryGetProperty("epsilon_exact_lattice", out least);
        if (exact && Value(answer.GetProperty("epsilon_pld")) < Value(least) * (1 - 1e-9)) yield return "below the exact composition";
        foreach (JsonProperty field in expected.EnumerateObject().Where(field => !notAnswers.Contains(field.Name)))
        {
            if (!answer.TryGetProperty(field.Name, out JsonElement found)) yield return $"{field.Name} is missing";
            else if (field.Name == "epsilon_pld" && bracketed)
            {
                if (Value(found) < Value(expected.GetProperty("epsilon_lower")) || Value(found) > Value(upper) * 1.005) yield return $"{field.Name} {found} is outside its bracket";
            }
            else if (!Agree(field.Value, found, tolerance)) yield return $"{field.Name}: expected {field.Value}, found {found}";
        }
    }

    private static bool Agree(JsonElement expected, JsonElement found, double tolerance)
    {
        if (expected.ValueKind == JsonValueKind.Object) return expected.EnumerateObject().All(field => found.TryGetProperty(field.Name, out JsonElement inner) && Agree(field.Value, inner, tolerance));
        if (expected.ValueKind is JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False) return expected.ValueKind == found.ValueKind;
        (double expectedMantissa, int expectedExponent) = Split(expected);
        (double mantissa, int exponent) = Split(found);
        if (double.IsNaN(expectedMantissa)) return expected.GetString() == found.GetString();
        return Math.Abs((mantissa * Math.Pow(10, exponent - expectedExponent)) - expectedMantissa) <= tolerance * Math.Abs(expectedMantissa);
    }

    // Mantissa and exponent apart: some numbers are far below what a double holds.
    private static (double Mantissa, int Exponent) Split(JsonElement number)
    {
        string text = number.ValueKind == JsonValueKind.String ? number.GetString()! : number.GetRawText();
        string[] parts = text.Split('e', 'E');
        if (!double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double mantissa)) return (double.NaN, 0);
        return (mantissa, parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0);
    }

    private static double Value(JsonElement number) => number.ValueKind == JsonValueKind.String ? double.Parse(number.GetString()!, CultureInfo.InvariantCulture) : number.GetDouble();
}
