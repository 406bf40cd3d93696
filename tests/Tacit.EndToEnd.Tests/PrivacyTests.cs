using System.IO;
using System.Text.Json;
using Xunit;

namespace Tacit.EndToEnd.Tests;

/// <summary>Differential privacy as a user meets it: planned, enforced, reported, remembered.</summary>
public sealed class PrivacyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("distributed-discrete-gaussian")]
    [InlineData("skellam")]
    [InlineData("gaussian")]
    [InlineData("local-discrete-gaussian")]
    public void A_job_spends_at_most_its_ceiling_and_reports_both_observers_every_round(string mechanism)
    {
        JsonElement json = Simulate($"privacy.mechanism={mechanism}").Json, privacy = json.GetProperty("privacy");

        Assert.InRange(privacy.GetProperty("epsilon").GetDouble(), 3, 6 * (1 + 1e-6));
        Assert.Equal(3, json.GetProperty("rounds").GetArrayLength());
        double before = 0;
        foreach (JsonElement round in json.GetProperty("rounds").EnumerateArray())
        {
            JsonElement spent = round.GetProperty("privacy").GetProperty("spent");
            Assert.True(spent.GetProperty("epsilon_readers").GetDouble() > before);
            before = spent.GetProperty("epsilon_readers").GetDouble();
            Assert.Equal(mechanism == "gaussian" ? JsonValueKind.Null : JsonValueKind.Number, spent.GetProperty("epsilon_coordinator").ValueKind);
            Assert.True(round.GetProperty("privacy").GetProperty("simulated_errors").GetProperty("l_2").GetDouble() > 0);
        }
    }

    [Fact]
    public void Noise_that_cannot_keep_the_ceiling_is_refused_before_anything_is_trained() =>
        Simulate("privacy.noise-multiplier=0.5").AssertFails("PRIVACY_PLAN_REFUSED", 4, "privacy.epsilon is 6", "honest shares", "rounds are affordable");

    [Fact]
    public void A_job_may_stop_at_its_ceiling_and_keeps_what_it_has()
    {
        JsonElement json = Simulate("privacy.noise-multiplier=1.5", "privacy.on-ceiling=stop", "rounds=40").Json;

        Assert.InRange(json.GetProperty("rounds").GetArrayLength(), 1, 39);
        Assert.InRange(json.GetProperty("privacy").GetProperty("epsilon").GetDouble(), 2, 6);
        Assert.Contains("ceiling is 6", json.GetProperty("privacy").GetProperty("stopped").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Number, json.GetProperty("metrics").GetProperty("accuracy").ValueKind);
    }

    [Fact]
    public void A_round_that_lost_more_noise_than_planned_is_not_opened()
    {
        JsonElement json = Simulate("faults.dropout=0.6", "rounds=2").Json;

        Assert.All(json.GetProperty("rounds").EnumerateArray(), round =>
        {
            Assert.Equal("COHORT_BELOW_THRESHOLD", round.GetProperty("aborted").GetProperty("code").GetString());
            Assert.Equal(JsonValueKind.Null, round.GetProperty("privacy").ValueKind);
        });
        Assert.Equal(JsonValueKind.Null, json.GetProperty("privacy").GetProperty("epsilon").ValueKind);
    }

    [Fact]
    public void Fewer_bits_than_the_noise_needs_are_refused_with_the_number_that_is_enough() =>
        Simulate("privacy.bits=4").AssertFails("MODULUS_TOO_SMALL", 3, "privacy.bits is 4", "use at least");

    [Fact]
    public void Private_steps_are_calibrated_and_reported_by_two_accountants()
    {
        JsonElement privacy = Simulate("privacy={mechanism: dp-sgd, epsilon: 3, delta: 1e-4, sampling-rate: 0.2, max-grad-norm: 1}").Json.GetProperty("privacy"), spent = privacy.GetProperty("spent");

        Assert.InRange(privacy.GetProperty("epsilon").GetDouble(), 2.9, 3.0001);
        Assert.Equal("pld", spent.GetProperty("accountant").GetString());
        Assert.True(spent.GetProperty("epsilon_renyi").GetDouble() >= spent.GetProperty("epsilon_readers").GetDouble());
        Assert.True(privacy.GetProperty("planned").GetProperty("noise_multiplier").GetDouble() > 0.5);
    }

    [Fact]
    public void Private_steps_stop_at_the_ceiling()
    {
        JsonElement json = Simulate("privacy={mechanism: dp-sgd, noise-multiplier: 1.1, epsilon: 3, delta: 1e-4, sampling-rate: 0.2}", "rounds=60").Json;

        Assert.InRange(json.GetProperty("rounds").GetArrayLength(), 1, 59);
        Assert.InRange(json.GetProperty("privacy").GetProperty("epsilon").GetDouble(), 2.5, 3);
    }

    [Fact]
    public void A_ledger_that_has_no_room_left_stops_the_job_and_stays_whole()
    {
        if (OperatingSystem.IsWindows()) return;   // has no limit for files
        string ledger = Path.Combine(folder.Path, "full.ledger"), plan = Plan("rounds=12");

        TacitProcess.RunWithoutRoom("simulate", plan, "--set", "rounds=12", "--ledger", ledger, "--ceiling", "30").AssertFails("FILE_ACCESS", 6, "make room");
        string[] charged = File.ReadAllText(ledger).Split('\n');
        Assert.Equal("", charged[^1]);   // the charge that did not fit is not there in part
        Assert.InRange(charged.Length, 2, 12);

        Assert.Equal(0, TacitProcess.Run("simulate", plan, "--set", "rounds=1", "--ledger", ledger, "--ceiling", "30").Exit);
        Assert.StartsWith(string.Join('\n', charged[..^1]), File.ReadAllText(ledger), StringComparison.Ordinal);
    }

    [Fact]
    public void The_ledger_remembers_what_data_has_cost_over_jobs()
    {
        string ledger = Path.Combine(folder.Path, "data.ledger");
        Assert.Equal(0, Simulate("rounds=3", "--ledger", ledger, "--ceiling", "7").Exit);

        TacitProcess.Result second = Simulate("name=another", "--ledger", ledger, "--ceiling", "7");
        TacitProcess.Result larger = Simulate("--ledger", ledger, "--ceiling", "30");

        Assert.True(second.Exit == 4 || second.Json.GetProperty("privacy").GetProperty("stopped").ValueKind == JsonValueKind.String);
        Assert.Equal(0, larger.Exit);
        Assert.InRange(larger.Json.GetProperty("privacy").GetProperty("ledger").GetProperty("epsilon_readers").GetDouble(), 6.1, 30);
        string content = File.ReadAllText(ledger);
        File.WriteAllText(ledger, content.Replace(",4)", ",9)", StringComparison.Ordinal).Replace("tacit-ledger-1 2 ", "tacit-ledger-1 7 ", StringComparison.Ordinal));
        Simulate("--ledger", ledger, "--ceiling", "30").AssertFails("LEDGER_CORRUPT", 3, "line ");
    }

    [Fact]
    public void Metrics_are_there_while_the_job_runs_with_the_documented_keys()
    {
        string output = Path.Combine(folder.Path, "out");
        Assert.Equal(0, Simulate("privacy.mini-clients=3", "--out", output).Exit);

        JsonElement server = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "metrics", "server_metrics.json"))).RootElement;
        string[] clients = Directory.GetFiles(Path.Combine(output, "metrics"), "client_*_metrics.json");
        JsonElement client = JsonDocument.Parse(File.ReadAllText(clients[0])).RootElement, settings = server.GetProperty("privacy_hyperparameters");

        foreach (string key in new[] { "clipping_threshold", "granularity", "model_integer_range", "noise_scale", "bias", "dp_mechanism", "arithmetic_modulus", "model_dimension", "num_fl_rounds", "num_clients" }) Assert.True(settings.TryGetProperty(key, out _), key);
        foreach (string key in new[] { "party", "task_name", "model_size", "current_round" }) Assert.True(server.TryGetProperty(key, out _), key);
        foreach (string key in new[] { "loss", "accuracy", "epsilon_readers", "epsilon_second_accountant", "time" }) Assert.Equal(3, server.GetProperty(key).GetArrayLength());
        foreach (string key in new[] { "l_inf", "l_1", "l_2" }) Assert.True(server.GetProperty("error_on_round").GetProperty("3").GetProperty(key).GetDouble() > 0);
        foreach (string key in new[] { "task_name", "client_id", "privacy_settings", "model_size", "current_round", "loss", "time" }) Assert.True(client.TryGetProperty(key, out _), key);
        Assert.Equal(3, settings.GetProperty("num_mini_clients").GetInt32());
        Assert.True(clients.Length >= 6);
    }

    [Theory]
    [InlineData("mode=plain", "mode: secure")]
    [InlineData("mode=central", "dp-sgd")]
    [InlineData("data.standardize=true", "row-norm")]
    public void What_would_not_be_private_is_refused(string setting, string way) => Simulate(setting).AssertFails("MECHANISM_NOT_VALID", 3, way);

    [Theory]
    [InlineData("1e-3", false)]
    [InlineData("0.2", true)]
    public void A_delta_that_is_not_below_one_over_n_is_warned_of(string delta, bool warned)
    {
        TacitProcess.Result result = TacitProcess.Run("simulate", Plan(), "--set", $"privacy.delta={delta}", "--set", "rounds=1", "--json");

        Assert.Equal(warned ? 1 : 0, result.Json.GetProperty("privacy").GetProperty("warnings").GetArrayLength());
        Assert.Equal(warned, result.Error.Contains("not below 1/n", StringComparison.Ordinal));
    }

    [Fact]
    public void Plan_says_what_it_will_cost_before_it_runs()
    {
        JsonElement json = TacitProcess.Run("plan", Plan(), "--json").Json, planned = json.GetProperty("privacy").GetProperty("planned");

        Assert.InRange(planned.GetProperty("spending").GetProperty("epsilon_readers").GetDouble(), 5.99, 6.000001);
        Assert.True(planned.GetProperty("granularity").GetDouble() > 0);
        Assert.True(json.GetProperty("wrap_probability").GetDouble() <= 1e-4);
        Assert.True(json.GetProperty("bytes").GetProperty("up_per_participant_and_round").GetInt64() > 0);
        Assert.True(json.GetProperty("seconds_here").GetDouble() >= 0);
        Assert.Contains("one sum a round", json.GetProperty("coordinator_learns").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_of_drawn_cohorts_names_nobody()
    {
        JsonElement rounds = Simulate("data.persons=40", "data.windows=3", "privacy.sampling=poisson", "privacy.sampling-rate=0.7", "privacy.epsilon=20").Json.GetProperty("rounds");

        Assert.All(rounds.EnumerateArray(), round =>
        {
            Assert.Equal(JsonValueKind.Null, round.GetProperty("included").ValueKind);
            Assert.Equal(JsonValueKind.Null, round.GetProperty("dropped").ValueKind);
            Assert.True(round.GetProperty("included_count").GetInt32() > 0);
        });
    }

    [Fact]
    public void Local_noise_gains_nothing_from_drawn_cohorts_and_claims_nothing() => Simulate(
        "privacy.mechanism=local-discrete-gaussian", "privacy.sampling=poisson", "privacy.sampling-rate=0.5").AssertFails("ACCOUNTANT_MISMATCH", 3, "fixed");

    [Fact]
    public void Training_that_diverges_adds_zeros_instead_of_telling_whose_it_was()
    {
        TacitProcess.Result diverging = Simulate("training.learning-rate=1e38", "training.epochs=3"), plain = Simulate("training.learning-rate=1e38", "training.epochs=3", "privacy.mechanism=none");

        Assert.Equal(0, diverging.Exit);
        Assert.All(diverging.Json.GetProperty("rounds").EnumerateArray(), round => Assert.True(round.GetProperty("included_count").GetInt32() > 0));
        plain.AssertFails("UPDATE_NOT_FINITE", 3);
    }

    [Fact]
    public void Poisson_cohorts_cost_less_against_readers_than_against_the_coordinator()
    {
        JsonElement spending = TacitProcess.Run("plan", Plan(), "--set", "data.persons=200", "--set", "data.windows=2", "--set", "privacy.sampling=poisson", "--set", "privacy.sampling-rate=0.3", "--json")
            .Json.GetProperty("privacy").GetProperty("planned").GetProperty("spending");

        Assert.True(spending.GetProperty("epsilon_coordinator").GetDouble() > 1.5 * spending.GetProperty("epsilon_readers").GetDouble());
    }

    public void Dispose() => folder.Dispose();

    private TacitProcess.Result Simulate(params string[] more)
    {
        int options = Array.FindIndex(more, word => word.StartsWith("--", StringComparison.Ordinal));
        string[] settings = options < 0 ? more : more[..options], rest = options < 0 ? [] : more[options..];
        return TacitProcess.Run(["simulate", Plan(settings), .. settings.Where(s => !s.StartsWith("privacy={", StringComparison.Ordinal)).SelectMany(s => new[] { "--set", s }), .. rest, "--json"]);
    }

    private string Plan(params string[] settings)
    {
        string privacy = settings.FirstOrDefault(s => s.StartsWith("privacy={", StringComparison.Ordinal))?["privacy=".Length..]
            ?? "{mechanism: distributed-discrete-gaussian, epsilon: 6, delta: 1e-3, clip: 0.2, bits: 16}";
        return folder.Write("plan.yaml", $$"""
            task: training
            name: private
            data: {format: synthetic-activity, persons: 10, windows: 12, row-norm: 5}
            model: {kind: linear}
            training: {epochs: 1, batch: 8, learning-rate: 0.05}
            rounds: 3
            cohort: {size: auto, minimum: 2}
            protection: {protocol: secagg-plus, mode: malicious, corrupt: 0.1, drop: 0.2}
            faults: {dropout: 0.05}
            privacy: {{privacy}}
            """);
    }
}
