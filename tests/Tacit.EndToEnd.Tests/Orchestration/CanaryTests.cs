using System.IO;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Signatures;
using Tacit.EndToEnd.Tests.Federation;
using Tacit.Learning.Data;
using Tacit.Learning.Jobs;
using Tacit.Orchestration;
using Xunit;

namespace Tacit.EndToEnd.Tests.Orchestration;

/// <summary>Secrets that are looked for in everything that a coordinator says: logs of every level with whole exceptions, answers, metrics, errors.</summary>
public sealed class CanaryTests
{
    private const string Password = "canary-password-7f3a91", Invitation = "canary-invitation-51bd0c", PlanSecret = "canary-in-a-plan-0d11e2";

    [Fact]
    public async Task No_secret_is_in_any_log_answer_or_metric_of_a_whole_run_with_failing_requests()
    {
        using TemporaryFolder folder = new();
        using CapturedLog log = new();
        folder.Write("none.yaml", Given.PlanText);
        folder.Write("federation.json", """{"channels": 9, "steps": 128, "classes": 6, "participants": 6}""");
        TrainingPlan plan = Given.Plan();
        TrainTestSplit data = Given.Data(plan);
        StringBuilder said = new();
        List<string> secrets = [Password, Invitation, PlanSecret], opened = [];
        byte[][] identities = [.. Enumerable.Range(0, 6).Select(_ => RandomNumberGenerator.GetBytes(SigningKey.ScalarBytes))];
        // What the coordinator may open of those who are in the sum: any 31 bytes of it in hexadecimal hold one of these.
        RecordedRounds journal = new()
        {
            Arrived = (message, _) =>
            {
                if (message.Phase == Phase.Unmasking) opened.AddRange(message.Payload.ToArray().Chunk(16).Where(part => part.Length == 16 && part.Distinct().Count() > 8).Select(Convert.ToHexString));
            },
        };
        using CancellationTokenSource giveUp = new(TimeSpan.FromSeconds(60));
        await using (Facades facades = await Facades.StartAsync(options => options.PlanFolder = folder.Path, options =>
        {
            options.Logging = log.AddTo;
            options.DataDirectory = Path.Combine(folder.Path, "data");
            Directory.CreateDirectory(options.DataDirectory);
        }, journal))
        {
            string participant = await AccessTests.TokenAsync(facades.Server);
            AddSecrets(secrets, [facades.Server.Secrets.Join, facades.Server.Secrets.Operator, participant]);
            byte[] key = File.ReadAllBytes(Path.Combine(folder.Path, "data", "receipts.key"));
            secrets.AddRange([Convert.ToHexString(key), Convert.ToBase64String(key)]);
            await using Cohort cohort = new(facades.Server, plan, data, identity: i => Planted(identities[i], secrets));
            Answer started = await facades.PostAsync(TacitOrchestration.Orchestrator, "/api/training/start", """{"privacy": "none", "rounds": 2}""");
            await facades.Server.Jobs.EndAsync(started.Json.GetProperty("run").GetString()!, giveUp.Token);
            foreach (string path in new[] { "/metrics", "/api/v1/status", "/api/v1/jobs", "/api/v1/participants", "/api/v1/logs", "/api/v1/health", "/openapi/v1.json" }) said.AppendLine((await facades.GetAsync(null, path)).Text);
            await FailAsync(facades, participant, said);
        }

        Assert.True(opened.Count > 6, "shares were opened");
        secrets.AddRange(opened);
        Assert.True(log.Events.Count > 10, $"the log was listened to: {log.All}");
        Assert.Equal([], secrets.Where(secret => log.All.Contains(secret, StringComparison.OrdinalIgnoreCase)).Select(secret => $"in the log: {secret}"));
        secrets.Remove(Invitation);   // an id that is not known is said back to whoever asked for it
        Assert.Equal([], secrets.Where(secret => said.ToString().Contains(secret, StringComparison.OrdinalIgnoreCase)).Select(secret => $"in an answer: {secret}"));
        Assert.Empty(log.Unhandled);
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_reported_without_its_password()
    {
        using TemporaryFolder folder = new();
        using CapturedLog log = new();

        FailureException refused = await Assert.ThrowsAsync<FailureException>(() => Facades.StartAsync(coordinator: options =>
        {
            options.Logging = log.AddTo;
            options.DataDirectory = folder.Path;
            options.Database = $"Host=127.0.0.1;Port=1;Username=tacit;Password={Password};Database=tacit;Timeout=1";
        }));

        Assert.Equal("STORAGE_UNAVAILABLE", refused.Code.Name);
        Assert.DoesNotContain(Password, refused.ToString() + log.All, StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_would_have_shown_a_secret_that_is_logged()
    {
        using CapturedLog log = new();

        log.CreateLogger("Tacit").Log(Microsoft.Extensions.Logging.LogLevel.Trace, default, Password, null, (state, _) => state);

        Assert.Contains(Password, log.All, StringComparison.Ordinal);
    }

    private static SigningKey Planted(byte[] scalar, List<string> secrets)
    {
        secrets.AddRange([Convert.ToHexString(scalar), Convert.ToBase64String(scalar)]);
        Assert.True(SigningKey.TryFromScalar(scalar, out SigningKey? key));
        return key!;
    }

    // Tokens as they travel and as they are in memory, in both writings.
    private static void AddSecrets(List<string> secrets, string[] tokens)
    {
        foreach (string token in tokens)
        {
            string secret = token[(token.IndexOf('.', StringComparison.Ordinal) + 1)..];
            secrets.Add(secret);
            if (Tacit.Federation.Sessions.Base64Text.TryRead(secret, 32, out byte[] bytes)) secrets.Add(Convert.ToHexString(bytes));
        }
    }

    private static async Task FailAsync(Facades facades, string participant, StringBuilder said)
    {
        string operatorToken = facades.Server.Secrets.Operator, join = facades.Server.Secrets.Join;
        (string? Listener, HttpMethod Method, string Path, string? Token, string Body)[] requests =
        [
            (null, HttpMethod.Get, $"/api/v1/status?token={operatorToken}", null, ""),
            (null, HttpMethod.Get, $"/{Invitation}", null, ""),
            (null, HttpMethod.Post, "/api/v1/participants", join, $$"""{"name":"{{Invitation}}"}"""),
            (null, HttpMethod.Get, "/api/v1/status", join, ""),
            (null, HttpMethod.Get, "/api/v1/status", participant, ""),
            (null, HttpMethod.Get, "/api/v1/status", operatorToken + "x", ""),
            (null, HttpMethod.Get, $"/api/v1/jobs/{Invitation}", operatorToken, ""),
            (null, HttpMethod.Post, "/api/v1/jobs", operatorToken, $$"""{"name":"{{PlanSecret}}","plan":"{{PlanSecret}}","participants":6}"""),
            (TacitOrchestration.Orchestrator, HttpMethod.Post, "/api/training/start", operatorToken, $$"""{"privacy":"none","password":"{{Password}}"}"""),
            (TacitOrchestration.Orchestrator, HttpMethod.Post, "/api/training/start", operatorToken, "{\"privacy\":\"none\"" + Password),
            (TacitOrchestration.Tries, HttpMethod.Post, $"/tries/1/rounds/4/shares?userId={Invitation}", operatorToken, PlanSecret),
            (TacitOrchestration.Tries, HttpMethod.Delete, $"/model?{Invitation}", operatorToken, ""),
        ];
        foreach ((string? listener, HttpMethod method, string path, string? token, string body) in requests)
        {
            using HttpClient http = facades.Http(listener, token);
            using HttpRequestMessage request = new(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            using HttpResponseMessage response = await http.SendAsync(request);
            Assert.True((int)response.StatusCode >= 400, $"{method} {path}");
            said.AppendLine(await response.Content.ReadAsStringAsync());
            foreach (KeyValuePair<string, IEnumerable<string>> header in response.Headers) said.AppendLine(string.Join(",", header.Value));
        }
    }
}
