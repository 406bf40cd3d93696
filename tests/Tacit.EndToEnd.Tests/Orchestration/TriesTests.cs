using System.Net;
using System.Text.Json;
using Tacit.EndToEnd.Tests.Federation;
using Tacit.Learning.Jobs;
using Tacit.Orchestration;
using Tacit.Orchestration.Comparisons;
using Xunit;

namespace Tacit.EndToEnd.Tests.Orchestration;

public sealed class TriesTests
{
    // The eleven routes of the first flow, and the two of its other modes.
    public static TheoryData<string, string, HttpStatusCode> OldRoutes => new()
    {
        { "GET", "/", HttpStatusCode.OK },
        { "GET", "/model", HttpStatusCode.NotFound },                            // until a run has released one
        { "GET", "/tries/current", HttpStatusCode.NotFound },                    // until there is a run
        { "GET", "/tries/1/initial-params", HttpStatusCode.NotFound },
        { "POST", "/tries/1/rounds/0/public-keys?userId=7", HttpStatusCode.Gone },
        { "GET", "/tries/1/rounds/1/public-keys", HttpStatusCode.Gone },
        { "POST", "/tries/1/rounds/1/ciphertexts?userId=7", HttpStatusCode.Gone },
        { "GET", "/tries/1/rounds/2/ciphertexts?userId=7", HttpStatusCode.Gone },
        { "POST", "/tries/1/rounds/2/masked-vector?userId=7", HttpStatusCode.Gone },
        { "GET", "/tries/1/rounds/4/user-list", HttpStatusCode.Gone },
        { "POST", "/tries/1/rounds/4/shares?userId=7", HttpStatusCode.Gone },
        { "POST", "/non-federated", HttpStatusCode.Gone },
        { "POST", "/non-secure/trainable-vars", HttpStatusCode.Gone },
    };

    [Theory]
    [MemberData(nameof(OldRoutes))]
    public async Task Every_old_route_is_answered_or_names_its_successor(string method, string path, HttpStatusCode status)
    {
        await using Facades facades = await Facades.StartAsync();

        Answer answer = method == "GET" ? await facades.GetAsync(TacitOrchestration.Tries, path) : await facades.PostAsync(TacitOrchestration.Tries, path, "{}");

        Assert.Equal(status, answer.Status);
        if (status != HttpStatusCode.Gone) return;
        Assert.Equal("ROUTE_SUPERSEDED", answer.Code);
        Assert.Matches("is superseded by (GET|POST) /", answer.Detail);
        Assert.Contains("rel=\"successor-version\"", answer.Link, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ports_answer_their_own_routes_and_health_alone_whatever_the_host_header_says()
    {
        await using Facades facades = await Facades.StartAsync();

        Assert.Equal("UNKNOWN_ROUTE", (await facades.GetAsync(TacitOrchestration.Tries, "/api/training/runs")).Code);
        Assert.Equal("UNKNOWN_ROUTE", (await facades.GetAsync(TacitOrchestration.Tries, "/api/v1/status")).Code);
        Assert.Equal("UNKNOWN_ROUTE", (await facades.GetAsync(TacitOrchestration.Orchestrator, "/model")).Code);
        Assert.Equal("UNKNOWN_ROUTE", (await facades.GetAsync(null, "/api/training/runs")).Code);
        foreach (string? listener in new[] { null, TacitOrchestration.Tries, TacitOrchestration.Orchestrator }) Assert.Equal(HttpStatusCode.OK, (await facades.GetAsync(listener, "/healthz/ready", token: null)).Status);
        using System.Net.Http.HttpClient http = facades.Http(null);
        http.DefaultRequestHeaders.Host = facades.Server.AddressOf(TacitOrchestration.Orchestrator).Authority;
        using System.Net.Http.HttpResponseMessage response = await http.GetAsync(new Uri("/api/training/runs", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_comparison_runs_in_the_background_and_its_files_can_be_fetched()
    {
        TaskCompletionSource ended = new();
        await using Facades facades = await Facades.StartAsync(options => options.Compare = (request, rows, _) =>
        {
            foreach (ComparedMode mode in request.Modes)
            {
                for (int i = 1; i <= request.Rounds; i++) rows.Report(new ComparisonRow(mode, request.Participants[0], i, 0.5 + (0.1 * i), 1.0 / i, 5, 0.25, 0.5));
            }

            ended.SetResult();
            return Task.CompletedTask;
        });

        Answer started = await facades.PostAsync(TacitOrchestration.Tries, "/comparisons", """{"modes": ["central", "secure"], "participants": [5], "rounds": 2}""");
        await ended.Task;

        Assert.Equal(HttpStatusCode.Accepted, started.Status);
        Answer accuracy = await facades.GetAsync(TacitOrchestration.Tries, $"{started.Location}/accuracy.csv");
        Assert.Equal("text/csv", accuracy.Media);
        Assert.Equal("mode,participants,iteration,accuracy,loss,included\r\ncentral,5,1,0.6,1,5\r\ncentral,5,2,0.7,0.5,5\r\nsecure,5,1,0.6,1,5\r\nsecure,5,2,0.7,0.5,5\r\n", accuracy.Text);
        Assert.Contains("secure,5,2,1,0.5,0.5\r\n", (await facades.GetAsync(TacitOrchestration.Tries, $"{started.Location}/times.csv")).Text, StringComparison.Ordinal);
        Assert.Contains("5,secure,0.5,0.25,0.7\r\n", (await facades.GetAsync(TacitOrchestration.Tries, $"{started.Location}/participants.csv")).Text, StringComparison.Ordinal);
        Assert.Equal("INVALID_VALUE", (await facades.GetAsync(TacitOrchestration.Tries, $"{started.Location}/passwd")).Code);
    }

    [Theory]
    [InlineData("""{"modes": ["telepathic"]}""", "INVALID_VALUE")]
    [InlineData("""{"modes": []}""", "INVALID_VALUE")]
    [InlineData("""{"modes": "central"}""", "INVALID_VALUE")]
    [InlineData("""{"participants": [1]}""", "INVALID_VALUE")]
    [InlineData("""{"participants": [41]}""", "INVALID_VALUE")]
    [InlineData("""{"modes": ["\ud800"]}""", "MALFORMED_MESSAGE")]
    [InlineData("""{"rounds": 1e999}""", "INVALID_VALUE")]
    [InlineData("""{"people": 5}""", "UNKNOWN_KEY")]
    public async Task A_comparison_that_is_wrong_is_refused(string body, string code)
    {
        await using Facades facades = await Facades.StartAsync(options => (options.Compare, options.MostCompared) = ((_, _, _) => Task.CompletedTask, 40));

        Assert.Equal(code, (await facades.PostAsync(TacitOrchestration.Tries, "/comparisons", body)).Code);
    }

    [Fact]
    public async Task Comparisons_that_would_wait_too_long_are_not_taken_in()
    {
        TaskCompletionSource held = new();
        await using Facades facades = await Facades.StartAsync(options => options.Compare = (_, _, stopping) => held.Task.WaitAsync(stopping));
        List<Answer> answers = [];

        for (int i = 0; i < 7; i++) answers.Add(await facades.PostAsync(TacitOrchestration.Tries, "/comparisons", "{}"));

        Assert.Equal((HttpStatusCode.TooManyRequests, "QUEUE_FULL"), (answers[^1].Status, answers[^1].Code));
        Assert.InRange(answers.Count(answer => answer.Status == HttpStatusCode.Accepted), 4, 6);
        held.SetResult();
    }

    [Fact]
    public async Task Whoever_gets_a_model_stands_in_the_audit_log()
    {
        TrainingPlan plan = Given.Plan("rounds=1");
        await using Facades facades = await Facades.StartAsync();
        await using Cohort cohort = new(facades.Server, plan, Given.Data(plan));
        await facades.Server.Jobs.RunAsync(Given.Job(plan, Given.Data(plan)));

        Answer model = await facades.GetAsync(TacitOrchestration.Tries, "/model");

        Assert.Equal(HttpStatusCode.OK, model.Status);
        Assert.Contains("model.downloaded", (await Identity.SendAsync(facades.Server, "GET", Tacit.Federation.Sessions.Routes.Views + "/audit", await facades.Server.Access.OwnerTokenAsync())).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_cannot_compare_says_so()
    {
        await using Facades facades = await Facades.StartAsync();

        Answer answer = await facades.PostAsync(TacitOrchestration.Tries, "/comparisons", "{}");

        Assert.Equal((HttpStatusCode.NotImplemented, "NOT_IMPLEMENTED"), (answer.Status, answer.Code));
        JsonElement index = (await facades.GetAsync(TacitOrchestration.Tries, "/")).Json;
        Assert.Equal(9, index.GetProperty("superseded").GetArrayLength());
    }
}
