using System.IO;
using System.Text;
using Xunit;

namespace Tacit.EndToEnd.Tests;

/// <summary>The cases of hostile_inputs.json that touch configuration files; the id of each is in the data.</summary>
public sealed class HostileConfigTests : IDisposable
{
    private const string Plan = """
        task: training
        rounds: 1
        data: {format: synthetic-activity, persons: 4, windows: 6}
        model: {kind: linear}

        """;

    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("hostile-117", "privacy: {mechanism: none, epsilon: -1}", "INVALID_EPSILON", "greater than 0")]
    [InlineData("hostile-119", "privacy: {mechanism: none, delta: 0.1, population: 1000}", "DELTA_TOO_LARGE", "0.001")]
    [InlineData("hostile-121", "privacy: {mechanism: gaussian-classic, epsilon: 2}", "MECHANISM_NOT_VALID", "epsilon")]
    [InlineData("hostile-122", "privacy: {mechanism: none, noise-multiplier: 0}", "INVALID_NOISE", "greater than 0")]
    [InlineData("hostile-123", "privacy: {mechanism: none, sampling-rate: 1.5}", "INVALID_SAMPLING_RATE", "(0, 1]")]
    [InlineData("hostile-124", "privacy: {mechanism: none, sampling: shuffle, accountant: poisson}", "ACCOUNTANT_MISMATCH", "shuffle")]
    [InlineData("hostile-125", "privacy: {mechanism: none, noise-seed: 42}", "INSECURE_SEED", "noise-seed")]
    [InlineData("hostile-131", "privacy: {mechanism: distributed-discrete-gaussian, bits: 3, participants: 100}", "MODULUS_TOO_SMALL", "need 6 bits")]
    [InlineData("hostile-132", "x", "PATH_NOT_ALLOWED", "../../etc/shadow")]
    [InlineData("no budget and no noise", "privacy: {mechanism: skellam}", "MISSING_FIELD", "privacy.epsilon")]
    [InlineData("noise by the L1 norm", "privacy: {mechanism: laplace, epsilon: 1}", "MECHANISM_NOT_VALID", "gaussian")]
    [InlineData("shuffled batches for dp-sgd", "privacy: {mechanism: dp-sgd, epsilon: 1, sampling-rate: 0.1, sampling: shuffle}", "ACCOUNTANT_MISMATCH", "poisson")]
    [InlineData("dp-sgd without a rate", "privacy: {mechanism: dp-sgd, epsilon: 1}", "MISSING_FIELD", "sampling-rate")]
    [InlineData("an unknown key", "protektion: {mode: malicious}", "UNKNOWN_KEY", "did you mean protection?")]
    [InlineData("a decimal comma", "faults: {dropout: \"0,1\"}", "INVALID_NUMBER", "write 0.1")]
    [InlineData("an infinity", "protection: {range: 1e999}", "NUMBER_NOT_FINITE", "finite")]
    [InlineData("a key twice", "seed: 1\nseed: 2", "CONFIG_SYNTAX", "twice")]
    [InlineData("broken YAML", "cohort: {size: 2", "CONFIG_SYNTAX", "line")]
    [InlineData("a tag", "seed: !!int 3", "CONFIG_TOO_COMPLEX", "tags")]
    [InlineData("a threshold the mode refuses", "protection: {protocol: secagg, threshold: 2}\ndata2: 1", "UNKNOWN_KEY", "data2")]
    public void A_plan_that_cannot_be_kept_is_refused_by_name(string id, string line, string code, string named)
    {
        string text = id == "hostile-132" ? Plan.Replace("format: synthetic-activity", "format: csv, label: y, path: ../../etc/shadow", StringComparison.Ordinal) : Plan + line;

        TacitProcess.Result result = TacitProcess.Run("simulate", folder.Write("plan.yaml", text));

        result.AssertFails(code, 3, named);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_missing_plan_is_named_hostile_109() => TacitProcess.Run("simulate", "no.yaml").AssertFails("CONFIG_NOT_FOUND", 3, "no.yaml");

    [Fact]
    public void An_empty_plan_names_the_first_missing_field_hostile_110() =>
        TacitProcess.Run("simulate", folder.Write("empty.yaml", "")).AssertFails("MISSING_FIELD", 3, "task");

    [Fact]
    public void An_alias_bomb_is_refused_before_it_grows_hostile_111()
    {
        StringBuilder bomb = new("a: &a [x, x, x, x, x, x, x, x, x]\n");
        for (char c = 'b'; c <= 'i'; c++) bomb.AppendLine($"{c}: &{c} [{string.Join(", ", Enumerable.Repeat($"*{(char)(c - 1)}", 9))}]");

        TacitProcess.Run("simulate", folder.Write("bomb.yaml", bomb.ToString())).AssertFails("CONFIG_TOO_COMPLEX", 3, "limit");
    }

    [Fact]
    public void A_plan_of_a_gigabyte_is_refused_unread_hostile_136()
    {
        string path = Path.Combine(folder.Path, "large.yaml");
        using (FileStream file = File.Create(path)) file.SetLength(1L << 30);   // sparse

        TacitProcess.Run("simulate", path).AssertFails("CONFIG_TOO_LARGE", 3, "1048576");
    }

    [Fact]
    public void A_folder_given_as_plan_is_named_hostile_137() => TacitProcess.Run("simulate", folder.Path).AssertFails("NOT_A_FILE", 3, folder.Path);

    [Fact]
    public void A_failure_with_json_is_one_object_on_standard_output()
    {
        TacitProcess.Result result = TacitProcess.Run("simulate", "no.yaml", "--json");

        Assert.Equal("CONFIG_NOT_FOUND", result.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(3, result.Json.GetProperty("error").GetProperty("exit").GetInt32());
    }

    public void Dispose() => folder.Dispose();
}
