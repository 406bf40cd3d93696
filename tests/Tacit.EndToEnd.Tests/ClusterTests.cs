using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Tacit.EndToEnd.Tests;

/// <summary><c>tacit cluster</c> and clustering plans, as a user runs them.</summary>
public sealed class ClusterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Finds_three_blobs_and_says_what_it_promised()
    {
        string file = folder.Write("blobs.csv", Blobs()), output = Path.Combine(folder.Path, "out");
        JsonElement json = Succeeds("cluster", "--data", file, "--k", "3", "--epsilon", "2", "--labels", "label", "--out", output, "--json");
        Assert.InRange(json.GetProperty("nicv").GetDouble(), 0.001, 0.05);
        Assert.InRange(json.GetProperty("adjusted_rand_index").GetDouble(), 0.95, 1);
        Assert.Equal(2, json.GetProperty("epsilon").GetDouble());
        Assert.InRange(json.GetProperty("epsilon_spent").GetDouble(), 1.5, 2 + 1e-9);
        Assert.InRange(json.GetProperty("delta").GetDouble(), 1e-6, 1.0 / 600);
        Assert.Equal(json.GetProperty("rounds").GetArrayLength(), json.GetProperty("iterations").GetInt32());
        Assert.Equal(0, json.GetProperty("unassigned").GetInt32());
        Assert.Equal(["x", "y"], json.GetProperty("features").EnumerateArray().Select(name => name.GetString()!));
        Assert.Equal(3, json.GetProperty("centroids").GetArrayLength());
        Assert.Equal("file", json.GetProperty("bounds").GetProperty("source").GetString());
        Assert.False(json.GetProperty("bounds").GetProperty("covered_by_epsilon").GetBoolean());

        string[] csv = File.ReadAllLines(Path.Combine(output, "centroids.csv"));
        Assert.Equal("x,y", csv[0]);
        Assert.Equal(json.GetProperty("centroids").EnumerateArray().Select(centre => string.Join(',', centre.EnumerateArray().Select(x => x.GetDouble().ToString("R", CultureInfo.InvariantCulture)))), csv[1..]);
        string report = File.ReadAllText(Path.Combine(output, "report.html"));
        Assert.Equal(600 + (2 * 3), report.Split("<circle").Length - 1);
        Assert.Contains("taken as public", report, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(output, "result.json")));
    }

    [Fact]
    public void Warns_that_the_range_of_the_file_is_not_covered_and_not_when_it_is_given()
    {
        string file = folder.Write("blobs.csv", Blobs());
        Assert.Contains("epsilon does not cover it", TacitProcess.Run("cluster", "--data", file, "--k", "3", "--epsilon", "2").Error, StringComparison.Ordinal);
        Assert.DoesNotContain("⚠", TacitProcess.Run("cluster", "--data", file, "--k", "3", "--epsilon", "2", "--bounds", "-2:2").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_protocols_that_add_shares_of_noise_give_the_same_centres()
    {
        string file = folder.Write("blobs.csv.gz", Zipped(Blobs()));
        string[] centres = [.. new[] { "plain-sum", "secagg", "secagg-plus" }.Select(protocol =>
            Succeeds("cluster", "--data", file, "--k", "3", "--epsilon", "1", "--protocol", protocol, "--seed", "5", "--json").GetProperty("centroids").GetRawText())];
        Assert.Equal(centres[0], centres[1]);
        Assert.Equal(centres[0], centres[2]);
    }

    [Theory]
    [InlineData("fastlloyd", "shared-mask")]
    [InlineData("fastlloyd", "secagg-plus")]
    [InlineData("g-lloyd", "secagg-plus")]
    [InlineData("su-lloyd", "secagg")]
    [InlineData("histogram-lloyd", "secagg-plus")]
    [InlineData("summary-lloyd", "shared-mask")]
    public void Every_method_runs(string method, string protocol)
    {
        string file = folder.Write("blobs.csv", Blobs());
        JsonElement json = Succeeds("cluster", "--data", file, "--k", "3", "--epsilon", "4", "--method", method, "--protocol", protocol, "--json");
        Assert.Equal(method, json.GetProperty("method").GetString());
        Assert.InRange(json.GetProperty("epsilon_spent").GetDouble(), 1, 4 + 1e-9);
        Assert.InRange(json.GetProperty("nicv").GetDouble(), 0.001, 1.2);
    }

    [Fact]
    public void Without_epsilon_sums_are_exact_and_the_output_says_so()
    {
        string file = folder.Write("blobs.csv", Blobs());
        TacitProcess.Result run = TacitProcess.Run("cluster", "--data", file, "--k", "3", "--epsilon", "none");
        Assert.Equal(0, run.Exit);
        Assert.Contains("no differential privacy", run.Output, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, Succeeds("cluster", "--data", file, "--k", "3", "--epsilon", "none", "--json").GetProperty("epsilon").ValueKind);
    }

    [Fact]
    public void A_plan_gives_what_the_command_line_gives()
    {
        string file = folder.Write("blobs.csv", Blobs());
        string plan = folder.Write("plan.yaml", "task: clustering\ndata:\n  path: blobs.csv\n  bounds: -2:2\nclustering:\n  k: 3\nprivacy:\n  epsilon: 1\nseed: 9\n");
        string planned = Succeeds("simulate", plan, "--json").GetProperty("centroids").GetRawText();
        Assert.Equal(Succeeds("cluster", "--data", file, "--k", "3", "--epsilon", "1", "--bounds", "-2:2", "--seed", "9", "--json").GetProperty("centroids").GetRawText(), planned);
    }

    [Fact]
    public void A_plan_says_what_it_will_cost_before_a_record_is_used()
    {
        folder.Write("blobs.csv", Blobs());
        string plan = folder.Write("plan.yaml", "task: clustering\ndata:\n  path: blobs.csv\n  bounds: private\nclustering:\n  k: 3\nprivacy:\n  epsilon: 2\n");
        JsonElement forecast = Succeeds("plan", plan, "--json"), result = Succeeds("simulate", plan, "--json");
        Assert.Equal(result.GetProperty("epsilon_spent").GetDouble(), forecast.GetProperty("epsilon_forecast").GetDouble(), 1e-8);
        Assert.Equal(
            result.GetProperty("rounds").EnumerateArray().Select(round => (round.GetProperty("stage").GetString(), round.GetProperty("numbers").GetInt32(), round.GetProperty("bits").GetInt32())),
            forecast.GetProperty("rounds").EnumerateArray().Select(round => (round.GetProperty("stage").GetString(), round.GetProperty("numbers").GetInt32(), round.GetProperty("bits").GetInt32())));
    }

    [Theory]
    [InlineData("task: clustering\ndata:\n  bounds: file\nclustering:\n  k: 3\n  methd: auto\nprivacy:\n  epsilon: 1\n", "UNKNOWN_KEY", "methd", "method")]
    [InlineData("task: clustering\ndata:\n  path: blobs.csv\nclustering:\n  k: 3\nprivacy:\n  epsilon: 1\n", "MISSING_FIELD", "data.bounds", "")]
    [InlineData("task: clustering\ndata:\n  bounds: 3:1\nclustering:\n  k: 3\nprivacy:\n  epsilon: 1\n", "INVALID_VALUE", "3:1", "LOW:HIGH")]
    [InlineData("task: clustering\ndata:\n  bounds: file\nclustering:\n  k: 3\nprivacy:\n  epsilon: -1\n", "INVALID_EPSILON", "privacy.epsilon", "greater than 0")]
    [InlineData("task: clustering\ndata:\n  bounds: file\nclustering:\n  k: 3\n  method: fast\nprivacy:\n  epsilon: 1\n", "INVALID_VALUE", "clustering.method", "fastlloyd")]
    public void A_plan_that_is_wrong_is_refused_by_name(string plan, string code, string field, string way) =>
        TacitProcess.Run("simulate", folder.Write("plan.yaml", plan), "--data", folder.Write("blobs.csv", Blobs())).AssertFails(code, 3, field, way);

    [Theory]
    [InlineData("mode: malicious", "shared-mask protects against a coordinator that follows the protocol")]
    [InlineData("corrupt: 0.2", "one participant and the coordinator see exact sums")]
    [InlineData("value-bits: 8", "not a key of a plan")]
    public void Protection_that_a_plan_cannot_have_is_refused(string protection, string why) => TacitProcess.Run(
        "simulate", folder.Write("plan.yaml", $"task: clustering\ndata:\n  bounds: file\nclustering:\n  k: 3\nprivacy:\n  epsilon: 1\nprotection:\n  protocol: shared-mask\n  {protection}\n"), "--data", folder.Write("blobs.csv", Blobs()))
        .AssertFails(protection.StartsWith("value", StringComparison.Ordinal) ? "UNKNOWN_KEY" : "INVALID_VALUE", 3, why);

    [Theory]
    [InlineData("--k is missing", "MISSING_VALUE", 2, "--epsilon", "1")]
    [InlineData("--epsilon is missing", "MISSING_VALUE", 2, "--k", "3")]
    [InlineData("--k is 0", "INVALID_NUMBER", 2, "--k", "0", "--epsilon", "1")]
    [InlineData("greater than 0, or none", "INVALID_NUMBER", 2, "--k", "3", "--epsilon", "0")]
    [InlineData("did you mean secagg", "INVALID_VALUE", 2, "--k", "3", "--epsilon", "1", "--protocol", "secag")]
    [InlineData("did you mean histogram", "INVALID_VALUE", 3, "--k", "3", "--epsilon", "1", "--method", "histgram")]
    [InlineData("LOW:HIGH", "INVALID_VALUE", 3, "--k", "3", "--epsilon", "1", "--bounds", "5")]
    [InlineData("3 ranges; the records have 2 features", "SHAPE_MISMATCH", 3, "--k", "3", "--epsilon", "1", "--bounds", "0:1,0:1,0:1")]
    [InlineData("column 'nobody' is not there", "MISSING_FIELD", 3, "--k", "3", "--epsilon", "1", "--ignore", "nobody")]
    [InlineData("number of records is 600", "INVALID_VALUE", 3, "--k", "601", "--epsilon", "1")]
    [InlineData("participants is 601", "INVALID_VALUE", 3, "--k", "3", "--epsilon", "1", "--participants", "601")]
    [InlineData("no epsilon", "MISSING_VALUE", 2, "--k", "3", "--epsilon", "none", "--method", "fastlloyd")]
    [InlineData("no epsilon to pay", "MISSING_VALUE", 2, "--k", "3", "--epsilon", "none", "--bounds", "private")]
    [InlineData("which has no noise", "INVALID_VALUE", 3, "--k", "3", "--epsilon", "1", "--method", "lloyd")]
    [InlineData("it must be in [0.001, 100]", "INVALID_EPSILON", 3, "--k", "3", "--epsilon", "700")]
    [InlineData("LOW:HIGH", "INVALID_VALUE", 3, "--k", "3", "--epsilon", "1", "--bounds", "-1e308:1e308")]
    [InlineData("cannot be found among 600 records", "BOUNDS_NOT_FOUND", 4, "--k", "3", "--epsilon", "0.01", "--bounds", "private")]
    [InlineData("nothing of it was opened", "COHORT_BELOW_THRESHOLD", 5, "--k", "3", "--epsilon", "1", "--dropout", "0.9")]
    public void What_cannot_be_done_is_refused_by_name(string expected, string code, int exit, params string[] arguments)
    {
        string output = Path.Combine(folder.Path, "out");
        TacitProcess.Run(["cluster", "--data", folder.Write("blobs.csv", Blobs()), "--out", output, .. arguments]).AssertFails(code, exit, expected);
        Assert.True(!Directory.Exists(output) || Directory.GetFiles(output).Length == 0);
    }

    [Fact]
    public void Fields_that_are_no_numbers_are_named() =>
        TacitProcess.Run("cluster", "--data", folder.Write("bad.csv", "x,y\n1,2\n1,zwei\n"), "--k", "1", "--epsilon", "1").AssertFails("NOT_A_NUMBER", 3, "line 3", "'y'");

    private static JsonElement Succeeds(params string[] arguments)
    {
        TacitProcess.Result run = TacitProcess.Run(arguments);
        Assert.True(run.Exit == 0, run.Error);
        return run.Json;
    }

    // Six hundred records around three places; the label is no feature.
    private static string Blobs()
    {
        Random random = new(4);
        StringBuilder csv = new("x,y,label\n");
        (double X, double Y)[] places = [(-1, -1), (1, -0.5), (0, 1.2)];
        for (int i = 0; i < 600; i++)
        {
            (double x, double y) = places[i % 3];
            csv.Append(CultureInfo.InvariantCulture, $"{x + (0.3 * (random.NextDouble() + random.NextDouble() - 1)):f4},{y + (0.3 * (random.NextDouble() + random.NextDouble() - 1)):f4},{"abc"[i % 3]}\n");
        }

        return csv.ToString();
    }

    private static byte[] Zipped(string text)
    {
        using MemoryStream bytes = new();
        using (GZipStream zip = new(bytes, CompressionLevel.Fastest)) zip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }
}
