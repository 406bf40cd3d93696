using System.IO;
using System.Text.Json;
using Xunit;

namespace Tacit.EndToEnd.Tests;

/// <summary>What a new user might take for done: refused by name, instead of answered beside the question.</summary>
public sealed class MisunderstandingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Data_for_a_plan_that_generates_its_own_are_refused() =>
        TacitProcess.Run("simulate", Plan(), "--data", folder.Path).AssertFails("INVALID_VALUE", 3, "synthetic-activity", "leave --data out");

    [Fact]
    public void A_run_without_any_sum_is_no_success_and_leaves_no_model()
    {
        TacitProcess.Run("simulate", Plan(), "--dropout", "1", "--out", folder.Path).AssertFails("COHORT_BELOW_THRESHOLD", 5, "no model");

        Assert.False(File.Exists(Path.Combine(folder.Path, "model.safetensors")));
    }

    [Fact]
    public void A_protection_that_a_protocol_does_not_have_is_refused() =>
        TacitProcess.Run("aggregate", "--protocol", "plain-sum", "--mode", "malicious", "--in", folder.Write("n.csv", "1\n2\n"), "--bits", "8").AssertFails("INVALID_VALUE", 2, "plain-sum hides nothing");

    [Theory]
    [InlineData("NaN\n2\n3\n4\n")]
    [InlineData(",\n2,3\n3,4\n4,5\n")]
    public void A_first_row_that_went_wrong_is_no_header(string rows) =>
        TacitProcess.Run("aggregate", "--protocol", "secagg", "--in", folder.Write("n.csv", rows), "--bits", "8").AssertFails("NOT_A_NUMBER", 3, "line 1");

    [Fact]
    public void A_first_row_of_words_is_one()
    {
        JsonElement sum = TacitProcess.Run("aggregate", "--protocol", "secagg", "--in", folder.Write("n.csv", "age,visits\n2,3\n3,4\n4,5\n"), "--bits", "8", "--json").Json;

        Assert.Equal([9, 12], sum.GetProperty("sum").EnumerateArray().Select(number => number.GetInt32()));
    }

    [Theory]
    [InlineData("INVALID_VALUE", 2, "dpsgd", "--sampling", "0.01", "--noise-multiplier", "1e-7", "--steps", "100", "--delta", "1e-5")]
    [InlineData("ACCOUNTANT_MISMATCH", 3, "discrete-gaussian", "--epsilon", "1", "--delta", "1e-6", "--sensitivity", "1000000000")]
    [InlineData("ACCOUNTANT_MISMATCH", 3, "discrete-gaussian", "--scale", "1e9", "--sensitivity", "2", "--count", "20", "--delta", "1e-4")]
    [InlineData("ACCOUNTANT_MISMATCH", 3, "skellam", "--variance", "1e12", "--sensitivity", "3", "--count", "10", "--delta", "1e-5")]
    public void Numbers_that_would_take_gigabytes_are_refused_at_once(string code, int exit, params string[] arguments) => TacitProcess.Run(["account", .. arguments]).AssertFails(code, exit);

    [Fact]
    public void A_site_without_its_data_does_not_join()
    {
        string policy = folder.Write("policy.yaml", "minimum-cohort: 3\n");

        TacitProcess.Run("join", "tacit1:x", "--data", Path.Combine(folder.Path, "missing.csv"), "--policy", policy, "--data-dir", Path.Combine(folder.Path, "site")).AssertFails("FILE_NOT_FOUND", 3, "missing.csv");
        TacitProcess.Run("join", "tacit1:x", "--data", folder.Write("empty.csv", ""), "--policy", policy, "--data-dir", Path.Combine(folder.Path, "site")).AssertFails("EMPTY_DATA", 3, "empty.csv");
    }

    private string Plan() => folder.Write("plan.yaml", "task: training\ndata: {format: synthetic-activity, persons: 12, windows: 4}\nmodel: {kind: linear}\nrounds: 2\ncohort: {minimum: 5}\n");
}
