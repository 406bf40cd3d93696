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

    [Theory]
    [InlineData("secagg", "--neighbours is 3", "--neighbours", "3")]
    [InlineData("secagg-plus", "at most 3", "--neighbours", "4")]
    [InlineData("plain-sum", "--threshold is 2", "--threshold", "2")]
    [InlineData("secagg", "given 2 times, as 8 and 9", "--bits", "9")]
    public void An_option_that_would_not_count_is_refused(string protocol, string named, params string[] given) =>
        TacitProcess.Run(["aggregate", "--protocol", protocol, "--in", folder.Write("n.csv", "1\n2\n3\n4\n"), "--bits", "8", .. given]).AssertFails("INVALID_VALUE", 2, named);

    [Fact]
    public void Sums_beyond_the_modulus_are_named()
    {
        string numbers = folder.Write("n.csv", "200,200,1\n100,55,1\n90,250,1\n");

        JsonElement all = TacitProcess.Run("aggregate", "--protocol", "secagg", "--in", numbers, "--bits", "8", "--json").Json, without = TacitProcess.Run("aggregate", "--protocol", "secagg", "--in", numbers, "--bits", "8", "--drop", "3@share-keys", "--json").Json;

        Assert.Equal([390 % 256, 505 % 256, 3], Sum(all));
        Assert.Equal(2, all.GetProperty("wrapped").GetInt32());
        Assert.Equal([300 % 256, 255, 2], Sum(without));
        Assert.Equal(1, without.GetProperty("wrapped").GetInt32());   // of those that are in the sum
        Assert.Contains("wrapped   2 of 3", TacitProcess.Run("aggregate", "--protocol", "secagg", "--in", numbers, "--bits", "8").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--clip is 3", "skellam", "--variance", "100", "--clip", "3", "--delta", "1e-5")]
    [InlineData("--count is 2", "skellam", "--clip", "1", "--granularity", "0.01", "--dimension", "8", "--noise", "0.5", "--participants", "10", "--delta", "1e-5", "--count", "2")]
    [InlineData("--batch is 3", "dpsgd", "--sampling", "0.01", "--noise-multiplier", "1", "--steps", "10", "--delta", "1e-5", "--batch", "3")]
    [InlineData("--population is 9", "dpsgd", "--sampler", "whole", "--noise-multiplier", "1", "--steps", "10", "--delta", "1e-5", "--population", "9")]
    [InlineData("--sigma is 3", "gaussian", "--classic", "--sigma", "3", "--delta", "1e-5")]
    [InlineData("--relation is zero-out", "compose", "--epsilon", "1", "--count", "2", "--total-delta", "1e-5", "--relation", "zero-out")]
    public void An_account_refuses_what_its_answer_would_not_depend_on(string named, params string[] arguments) => TacitProcess.Run(["account", .. arguments]).AssertFails("INVALID_VALUE", 2, named);

    [Theory]
    [InlineData("UNKNOWN_COMMAND", "the verbs are gaussian", "account", "nope")]
    [InlineData("MISSING_VALUE", "needs one of gaussian", "account")]
    [InlineData("MISSING_VALUE", "PLAN is missing; write tacit simulate PLAN", "simulate")]
    [InlineData("UNKNOWN_OPTION", "\"more\" is one word too many for tacit explain, which takes CODE", "explain", "FILE_ACCESS", "more")]
    [InlineData("UNKNOWN_CODE", "\"-nothing\" is not a failure code", "explain", "--", "-nothing")]
    [InlineData("UNKNOWN_OPTION", "\"--polcy\" is not an option of tacit join: did you mean --policy?", "join", "tacit1:x", "--polcy", "p.yaml")]
    [InlineData("INVALID_NUMBER", "--count is 99999999999; it must be 1 to 2147483647", "account", "laplace", "--epsilon", "1", "--count", "99999999999")]
    public void A_slip_on_the_command_line_is_named_as_what_it_is(string code, string named, params string[] arguments) => TacitProcess.Run(arguments).AssertFails(code, 2, named);

    [Fact]
    public void A_misspelt_key_is_named_although_what_it_stands_for_is_missing()
    {
        string plan = folder.Write("plan.yaml", "task: training\ndata: {format: synthetic-activity, persons: 12, windows: 4}\nmodel: {kind: linear}\nruonds: 2\ncohort: {minimum: 5}\n");

        TacitProcess.Run("simulate", plan).AssertFails("UNKNOWN_KEY", 3, "line 4", "did you mean rounds");
        TacitProcess.Run("simulate", Plan(), "--set", "rounds=1", "--set", "rounds=2").AssertFails("INVALID_VALUE", 2, "twice");
    }

    [Fact]
    public void Plain_text_that_is_called_gz_is_not_taken_for_a_damaged_file() =>
        TacitProcess.Run("aggregate", "--protocol", "secagg", "--in", folder.Write("n.csv.gz", "1\n2\n3\n"), "--bits", "8").AssertFails("MALFORMED_FILE", 3, "rename it without .gz");

    [Theory]
    [InlineData("INVALID_VALUE", "cohort.minimum is 50; ", "cohort.minimum=50")]
    [InlineData("MISSING_FIELD", "privacy.mechanism is not", "privacy={epsilon: 1}")]
    [InlineData("MISSING_FIELD", "privacy.mechanism is not", "privacy={noise-multiplier: 3}")]
    [InlineData("MISSING_FIELD", "privacy.mechanism is not", "privacy={mechanism: , epsilon: 3}")]
    [InlineData("MECHANISM_NOT_VALID", "clips to privacy.clip", "privacy={mechanism: ddg, epsilon: 10, max-grad-norm: 1}")]
    [InlineData("MECHANISM_NOT_VALID", "clips to privacy.max-grad-norm", "privacy={mechanism: dp-sgd, epsilon: 10, sampling-rate: 0.1, clip: 1}")]
    [InlineData("MECHANISM_NOT_VALID", "shows the coordinator every update", "privacy={mechanism: ddg, epsilon: 10}", "protection.protocol=plain-sum", "data.standardize=false")]
    [InlineData("MECHANISM_NOT_VALID", "privacy.bits is given", "privacy={mechanism: dp-sgd, epsilon: 10, sampling-rate: 0.1, bits: 20}")]
    [InlineData("MECHANISM_NOT_VALID", "privacy.steps is given", "privacy={mechanism: ddg, epsilon: 10, steps: 4}", "data.standardize=false")]
    [InlineData("ACCOUNTANT_MISMATCH", "drawn at a rate by Poisson sampling alone", "privacy={mechanism: ddg, epsilon: 10, sampling-rate: 0.5}", "data.standardize=false")]
    [InlineData("INVALID_VALUE", "protection.clip is given", "privacy={mechanism: ddg, epsilon: 10}", "protection.clip=3", "data.standardize=false")]
    [InlineData("INVALID_VALUE", "protection.range is given", "privacy={mechanism: tree, epsilon: 10}", "protection={range: 2}", "data.standardize=false")]
    [InlineData("INVALID_VALUE", "data.partition.alpha is given while data.partition.kind is iid", "data.partition={kind: iid, alpha: 0.1}")]
    [InlineData("INVALID_VALUE", "data.partition.shards is given", "data.partition={kind: dirichlet, shards: 2}")]
    [InlineData("INVALID_VALUE", "model.filters is given while model.kind is linear", "model={kind: linear, filters: 8}")]
    [InlineData("INVALID_VALUE", "model.blocks is given", "model={kind: mlp, blocks: [{filters: 8}]}")]
    [InlineData("INVALID_VALUE", "protection.neighbours is 4", "protection={protocol: secagg, neighbours: 4}")]
    [InlineData("INVALID_VALUE", "protection.threshold is 4", "protection={protocol: plain-sum, threshold: 4}")]
    public void A_plan_that_would_promise_what_it_does_not_keep_is_refused_by_plan_and_by_simulate(string code, string named, params string[] settings)
    {
        foreach (string verb in new[] { "plan", "simulate" }) TacitProcess.Run([verb, Plan(), .. settings.SelectMany(setting => new[] { "--set", setting })]).AssertFails(code, 3, named);
    }

    [Theory]
    [InlineData("PLAN is empty", "simulate", "")]
    [InlineData("--out is empty", "simulate", "plan.yaml", "--out", "")]
    [InlineData("--data-dir is empty", "serve", "--data-dir", "")]
    [InlineData("RECEIPT is empty", "verify", "")]
    public void A_variable_of_a_script_that_is_not_set_is_named(string named, params string[] arguments) => TacitProcess.Run(arguments).AssertFails("MISSING_VALUE", 2, named);

    [Fact]
    public void Participants_of_npy_files_are_people_and_not_dealt_anew()
    {
        Write("features.npy", "<f4", "(12, 2)", [.. Enumerable.Range(0, 24).SelectMany(i => BitConverter.GetBytes((float)i))]);
        Write("labels.npy", "<i4", "(12,)", [.. Enumerable.Range(0, 12).SelectMany(i => BitConverter.GetBytes(i % 2))]);
        Write("participants.npy", "<i4", "(12,)", [.. Enumerable.Range(0, 12).SelectMany(i => BitConverter.GetBytes(i / 2))]);
        string plan = folder.Write("npy.yaml", "task: training\ndata: {format: npy, test: {participants: [5]}}\nmodel: {kind: linear}\nrounds: 1\n");

        Assert.Equal(5, TacitProcess.Run("plan", plan, "--data", folder.Path, "--json").Json.GetProperty("participants").GetInt32());
        Write("labels.npy", "<i4", "(12,)", [.. Enumerable.Range(0, 12).SelectMany(i => BitConverter.GetBytes(i == 0 ? int.MinValue : int.MaxValue))]);
        TacitProcess.Run("plan", plan, "--data", folder.Path).AssertFails("INVALID_LABEL", 3, "labels.npy");
    }

    [Fact]
    public void Test_participants_are_named_as_the_data_name_them()
    {
        folder.Write("people.csv", "who,a,label\n" + string.Concat(new[] { "ann", "bob", "cid", "dot" }.SelectMany(who => Enumerable.Range(0, 4).Select(i => $"{who},{i},{i % 2}\n"))));
        string plan = folder.Write("people.yaml", "task: training\ndata: {format: csv, path: people.csv, participant: who, label: label, test: {participants: [bob, dot]}}\nmodel: {kind: linear}\nrounds: 1\n");

        Assert.Equal(["ann", "cid"], TacitProcess.Run("simulate", plan, "--json").Json.GetProperty("rounds").EnumerateArray().Last().GetProperty("included").EnumerateArray().Select(name => name.GetString()).Order());
        TacitProcess.Run("simulate", plan, "--set", "data.test.participants=[2]").AssertFails("INVALID_VALUE", 3, "names 2; the data has ann, bob, cid, dot");
    }

    [Fact]
    public void What_cannot_be_written_ends_with_one_line()
    {
        if (OperatingSystem.IsWindows() || !File.Exists("/dev/full")) return;
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash", ["-c", "exec dotnet \"$0\" explain FILE_ACCESS --json > /dev/full", Path.Combine(AppContext.BaseDirectory, "tacit.dll")]) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(6, process.ExitCode);
        Assert.Contains("FILE_ACCESS", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_run_leaves_no_ledger()
    {
        string ledger = Path.Combine(folder.Path, "ledger");

        TacitProcess.Run("simulate", Plan(), "--ledger", ledger).AssertFails("INVALID_VALUE", 2, "no finite epsilon");
        TacitProcess.Run("simulate", Plan(), "--ceiling", "3").AssertFails("INVALID_VALUE", 2, "--ledger");
        Assert.False(File.Exists(ledger));
    }

    [Fact]
    public void A_site_without_its_data_does_not_join()
    {
        string policy = folder.Write("policy.yaml", "minimum-cohort: 3\n");

        TacitProcess.Run("join", "tacit1:x", "--data", Path.Combine(folder.Path, "missing.csv"), "--policy", policy, "--data-dir", Path.Combine(folder.Path, "site")).AssertFails("FILE_NOT_FOUND", 3, "missing.csv");
        TacitProcess.Run("join", "tacit1:x", "--data", folder.Write("empty.csv", ""), "--policy", policy, "--data-dir", Path.Combine(folder.Path, "site")).AssertFails("EMPTY_DATA", 3, "empty.csv");
    }

    private void Write(string name, string type, string shape, byte[] content)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
        folder.Write(name, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), .. content]);
    }

    private static int[] Sum(JsonElement answer) => [.. answer.GetProperty("sum").EnumerateArray().Select(number => number.GetInt32())];

    private string Plan() => folder.Write("plan.yaml", "task: training\ndata: {format: synthetic-activity, persons: 12, windows: 4}\nmodel: {kind: linear}\nrounds: 2\ncohort: {minimum: 5}\n");
}
