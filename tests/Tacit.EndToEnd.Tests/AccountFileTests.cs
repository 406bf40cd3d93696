using System.IO;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Tacit.EndToEnd.Tests;

/// <summary>docs/accounting.md says what the files of <c>tacit account</c> hold: what it says is enough, and nothing that is read is left out.</summary>
public sealed partial class AccountFileTests : IDisposable
{
    private static readonly string page = File.ReadAllText(Path.Combine(TacitProcess.Repository, "docs", "accounting.md")).ReplaceLineEndings("\n");

    // One that is fit for every category that names the field.
    private static readonly Dictionary<string, JsonNode> values = new()
    {
        ["epsilon"] = 0.5, ["delta"] = 1e-6, ["total_delta"] = 1e-4, ["target_epsilon"] = 2, ["order"] = 8, ["rho"] = 0.1,
        ["sigma"] = 4, ["scale"] = 100, ["a"] = 0.5, ["variance"] = 16, ["noise_multiplier"] = 1.1, ["local_sigma"] = 2, ["local_stddev"] = 0.5, ["central_stddev"] = 0.5,
        ["l1_sensitivity"] = 1, ["l2_sensitivity"] = 1, ["sensitivity"] = 1, ["l2_clip"] = 1, ["gamma"] = 0.01, ["beta"] = 0.6, ["dim"] = 16, ["bits"] = 16, ["k_stddevs"] = 4, ["radius_eta"] = 1,
        ["n"] = 1000, ["k"] = 4, ["batch"] = 100, ["count"] = 3, ["steps"] = 10, ["epochs"] = 2, ["iterations"] = 5, ["num_clients"] = 10, ["sampling_probability"] = 0.1, ["sampling"] = 0.5,
        ["phases"] = new JsonArray(new JsonObject { ["sampling_probability"] = 0.1, ["noise_multiplier"] = 1.1, ["steps"] = 10 }),
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_category_is_answered_with_the_parameters_that_the_page_names()
    {
        JsonArray cases = [];
        foreach ((string category, string parameters) in Rows("## Cases").SelectMany(row => Names(row.First).Select(name => (name, row.Second))))
        {
            JsonObject given = [];
            foreach (string name in Names(parameters).Where(values.ContainsKey)) given[name] = values[name].DeepClone();
            cases.Add(new JsonObject { ["id"] = category, ["category"] = category, ["params"] = given });
        }

        TacitProcess.Result result = TacitProcess.Run("account", "batch", folder.Write("cases.json", new JsonObject { ["cases"] = cases }.ToJsonString()), "--json");

        Assert.Empty(result.Json.GetProperty("answers").EnumerateObject().Where(answer => answer.Value.TryGetProperty("error", out _)).Select(answer => $"{answer.Name}: {answer.Value}"));
        Assert.Equal(cases.Count, result.Json.GetProperty("answers").EnumerateObject().Count());
    }

    [Fact]
    public void No_category_is_left_out()
    {
        string[] sources = Directory.GetFiles(Path.Combine(TacitProcess.Repository, "src", "Tacit.Cli", "Accounts"), "*Cases.cs");
        string[] answered = [.. sources.SelectMany(file => Category().Matches(File.ReadAllText(file)[..File.ReadAllText(file).IndexOf("};", StringComparison.Ordinal)]).Select(match => match.Groups[1].Value))];

        Assert.True(answered.Length > 30);
        Assert.Empty(answered.Except(Rows("## Cases").SelectMany(row => Names(row.First))));
    }

    [Theory]
    [InlineData("UNKNOWN_KEY", "did you mean count?", """[{"event": "gaussian", "noise_multiplier": 1, "cuont": 1000}]""")]
    [InlineData("UNKNOWN_KEY", "did you mean relation?", """{"relaton": "replace-one", "events": [{"event": "gaussian", "noise_multiplier": 1}]}""")]
    [InlineData("MALFORMED_FILE", "has a key twice", """[{"event": "gaussian", "noise_multiplier": 1, "noise_multiplier": 100}]""")]
    public void A_field_that_would_not_count_is_refused(string code, string named, string events) =>
        TacitProcess.Run("account", "compose", "--events", folder.Write("e.json", events), "--delta", "1e-5").AssertFails(code, 3, named);

    [Fact]
    public void A_computation_that_takes_long_ends_when_it_is_asked_to()
    {
        if (OperatingSystem.IsWindows()) return;
        string[] slow = ["account", "discrete-gaussian", "--epsilon", "1", "--delta", "1e-9", "--count", "5000", "--sensitivity", "40"];

        System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();
        TacitProcess.RunInterrupted(slow).AssertFails("INTERRUPTED", 130);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void No_event_is_left_out()
    {
        string error = TacitProcess.Run("account", "compose", "--events", folder.Write("e.json", """[{"event": "?"}]"""), "--delta", "1e-5").Error;
        string[] read = [.. EventNames().Match(error).Groups[1].Value.Split(", ")];

        Assert.True(read.Length > 10, error);
        Assert.Empty(read.Except(Rows("## Events").SelectMany(row => Names(row.First))));
    }

    private static IEnumerable<(string First, string Second)> Rows(string heading)
    {
        string section = page[page.IndexOf(heading, StringComparison.Ordinal)..];
        int end = section.IndexOf("\n## ", heading.Length, StringComparison.Ordinal);
        string[][] cells = [.. (end < 0 ? section : section[..end]).Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split(" | "))];
        return cells.Where(row => row.Length == 2 && !row[0].Contains("`event`", StringComparison.Ordinal) && !row[0].Contains("`category`", StringComparison.Ordinal)).Select(row => (row[0], row[1]));
    }

    private static IEnumerable<string> Names(string cell) => Quoted().Matches(cell).Select(match => match.Groups[1].Value);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("""^ {8}\["([a-z0-9_]+)"\] =""", RegexOptions.Multiline)]
    private static partial Regex Category();

    [GeneratedRegex(@"must be one of ([a-z\-, ]+)")]
    private static partial Regex EventNames();
}
