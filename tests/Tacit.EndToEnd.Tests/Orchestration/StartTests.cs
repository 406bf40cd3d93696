using System.Globalization;
using System.IO;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using Tacit.EndToEnd.Tests.Federation;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Orchestration;
using Xunit;

namespace Tacit.EndToEnd.Tests.Orchestration;

public sealed class StartTests
{
    private const string Start = "/api/training/start";

    [Theory]
    [InlineData("none", "none", "malicious")]
    [InlineData("differential", "distributed-discrete-gaussian", "semi-honest")]
    [InlineData("combined", "distributed-discrete-gaussian", "malicious")]
    public async Task A_value_of_privacy_starts_the_run_that_it_means(string privacy, string mechanism, string mode)
    {
        await using Facades facades = await Facades.StartAsync();

        Answer answer = await facades.PostAsync(TacitOrchestration.Orchestrator, Start, $$"""{"privacy": "{{privacy}}"}""");

        Assert.True(answer.Status == HttpStatusCode.Accepted, answer.Text);
        string run = answer.Json.GetProperty("run").GetString()!;
        Assert.Equal($"/api/training/runs/{run}", answer.Location!.ToString());
        JsonElement status = (await facades.GetAsync(TacitOrchestration.Orchestrator, answer.Location.ToString())).Json;
        Assert.Equal((mechanism, mode, "secagg-plus"), (status.GetProperty("mechanism").GetString(), status.GetProperty("mode").GetString(), status.GetProperty("protocol").GetString()));
    }

    [Theory]
    [InlineData("homomorphic")]
    [InlineData("mpc")]
    public async Task What_has_no_protocol_behind_it_is_not_started_as_something_else(string privacy)
    {
        await using Facades facades = await Facades.StartAsync();

        Answer answer = await facades.PostAsync(TacitOrchestration.Orchestrator, Start, $$"""{"privacy": "{{privacy}}"}""");

        Assert.Equal((HttpStatusCode.NotImplemented, "NOT_IMPLEMENTED"), (answer.Status, answer.Code));
        Assert.Contains("none, differential, combined", answer.Detail, StringComparison.Ordinal);
        Assert.Empty((await facades.GetAsync(TacitOrchestration.Orchestrator, "/api/training/runs")).Json.GetProperty("runs").EnumerateArray());
    }

    [Theory]
    [InlineData("""{"privacy": "total"}""", "INVALID_VALUE", "privacy is \"total\"; it must be one of none, differential, combined")]
    [InlineData("""{"privacy": 1}""", "INVALID_VALUE", "privacy is 1")]
    [InlineData("""{"privacy": null}""", "INVALID_VALUE", "privacy is null")]
    [InlineData("""{}""", "MISSING_FIELD", "privacy is missing")]
    [InlineData("""{"privacy": "none", "noise": 1}""", "UNKNOWN_KEY", "noise is not a field of this request; allowed: privacy, participants, rounds")]
    [InlineData("""{"privacy": "none", "privacy": "differential"}""", "MALFORMED_MESSAGE", "twice")]
    [InlineData("""{"privacy": "differential", "epsilon": 1e999}""", "INVALID_VALUE", "epsilon is 1e999; it must be a number above 0 and at most 100")]
    [InlineData("""{"privacy": "differential", "epsilon": NaN}""", "MALFORMED_MESSAGE", "not JSON")]
    [InlineData("""{"privacy": "differential", "epsilon": "8"}""", "INVALID_VALUE", "epsilon is \"8\"")]
    [InlineData("""{"privacy": "differential", "epsilon": -1}""", "INVALID_VALUE", "epsilon is -1")]
    [InlineData("""{"privacy": "differential", "delta": 1}""", "INVALID_VALUE", "delta is 1")]
    [InlineData("""{"privacy": "none", "epsilon": 1}""", "INVALID_VALUE", "epsilon is given and privacy is none")]
    [InlineData("""{"privacy": "none", "participants": 1}""", "INVALID_VALUE", "participants is 1; it must be a whole number from 2 to 1000000")]
    [InlineData("""{"privacy": "none", "rounds": 2.5}""", "INVALID_VALUE", "rounds is 2.5")]
    [InlineData("""{"privacy": "none", "rounds": 99999999999999999999}""", "INVALID_VALUE", "rounds is 9999")]
    [InlineData("""{"privacy": "none", "participants": 4, "minimumCohort": 8}""", "INVALID_VALUE", "cohort.minimum is 8")]
    [InlineData("""["none"]""", "MALFORMED_MESSAGE", "must be a JSON object")]
    [InlineData("""{"privacy": "none"} {}""", "MALFORMED_MESSAGE", "not JSON")]
    [InlineData("""{"privacy": "none",}""", "MALFORMED_MESSAGE", "not JSON")]
    [InlineData("", "MALFORMED_MESSAGE", "not JSON")]
    [InlineData("""{"privacy": [[[[[[[[[[1]]]]]]]]]]}""", "MALFORMED_MESSAGE", "nested more than 8 deep")]
    public async Task A_request_that_is_wrong_is_told_field_value_and_what_is_allowed(string body, string code, string detail)
    {
        await using Facades facades = await Facades.StartAsync();

        Answer answer = await facades.PostAsync(TacitOrchestration.Orchestrator, Start, body);

        Assert.Equal((HttpStatusCode.BadRequest, code), (answer.Status, answer.Code));
        Assert.Contains(detail, answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_of_plans_takes_the_place_of_the_embedded_ones()
    {
        using TemporaryFolder folder = new();
        folder.Write("none.yaml", Given.PlanText);
        folder.Write("federation.json", """{"channels": 9, "steps": 128, "classes": 6, "participants": 6}""");
        await using Facades facades = await Facades.StartAsync(options => options.PlanFolder = folder.Path);

        Answer own = await facades.PostAsync(TacitOrchestration.Orchestrator, Start, """{"privacy": "none", "rounds": 2}""");
        Answer embedded = await facades.PostAsync(TacitOrchestration.Orchestrator, Start, """{"privacy": "differential", "participants": 15, "epsilon": 4}""");

        Assert.Equal(("small", 2, 6), (own.Json.GetProperty("status").GetProperty("plan").GetString(), own.Json.GetProperty("status").GetProperty("roundsPlanned").GetInt32(), own.Json.GetProperty("status").GetProperty("participants").GetInt32()));
        Assert.Equal(Path.Combine(folder.Path, "none.yaml"), own.Json.GetProperty("planFrom").GetString());
        Assert.Equal("embedded", embedded.Json.GetProperty("planFrom").GetString());
        Assert.Equal(4, (await facades.GetAsync(TacitOrchestration.Orchestrator, $"{embedded.Location}/budget")).Json.GetProperty("epsilonCeiling").GetDouble());
    }

    [Fact]
    public async Task A_run_goes_through_the_facade_from_start_to_metrics_budget_and_model()
    {
        using TemporaryFolder folder = new();
        folder.Write("none.yaml", Given.PlanText);
        folder.Write("federation.json", """{"channels": 9, "steps": 128, "classes": 6, "participants": 6}""");
        await using Facades facades = await Facades.StartAsync(options => options.PlanFolder = folder.Path);
        using CancellationTokenSource giveUp = new(TimeSpan.FromSeconds(60));
        TrainingPlan plan = Given.Plan();
        TrainTestSplit data = Given.Data(plan);
        Answer started = await facades.PostAsync(TacitOrchestration.Orchestrator, Start, """{"privacy": "none", "rounds": 2}""");
        string run = started.Json.GetProperty("run").GetString()!;

        await using Cohort cohort = new(facades.Server, plan, data);
        await facades.Server.Jobs.EndAsync(run, giveUp.Token);

        JsonElement status = (await facades.GetAsync(TacitOrchestration.Orchestrator, $"/api/training/runs/{run}")).Json;
        Assert.Equal(("finished", 2), (status.GetProperty("state").GetString(), status.GetProperty("roundsDone").GetInt32()));
        JsonElement[] rounds = [.. (await facades.GetAsync(TacitOrchestration.Orchestrator, $"/api/training/runs/{run}/metrics")).Json.GetProperty("rounds").EnumerateArray()];
        Assert.Equal([6, 6], rounds.Select(round => round.GetProperty("included").GetInt32()));
        Assert.Equal("none", (await facades.GetAsync(TacitOrchestration.Orchestrator, $"/api/training/runs/{run}/budget")).Json.GetProperty("mechanism").GetString());
        JsonElement model = (await facades.GetAsync(TacitOrchestration.Tries, "/model")).Json;
        Assert.Equal(model.GetProperty("length").GetInt32() * sizeof(double), model.GetProperty("parameters").GetBytesFromBase64().Length);
        Assert.Equal(run, (await facades.GetAsync(TacitOrchestration.Tries, "/tries/current")).Json.GetProperty("id").GetString());
        Assert.Contains("task: training", (await facades.GetAsync(TacitOrchestration.Tries, $"/tries/{run}/initial-params")).Json.GetProperty("plan").GetString(), StringComparison.Ordinal);
        string metrics = (await facades.GetAsync(null, "/metrics")).Text;
        Assert.Contains($"tacit_rounds_total{{job=\"{run}\",outcome=\"completed\",failure=\"\"}} 2\n", metrics, StringComparison.Ordinal);
        Assert.Matches("\ntacit_phase_duration_seconds_count\\{phase=\"[a-z-]+\"\\} 2\n", metrics);
        Assert.Contains("tacit_participants{state=\"present\"} 6\n", metrics, StringComparison.Ordinal);
        Match age = Regex.Match(metrics, @"^tacit_identity_key_age_seconds (\S+)$", RegexOptions.Multiline);
        Assert.InRange(double.Parse(age.Groups[1].Value, CultureInfo.InvariantCulture), 0.001, 120);
    }
}
