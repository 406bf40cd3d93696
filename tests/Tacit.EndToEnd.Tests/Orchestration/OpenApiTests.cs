using System.IO;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Tacit.Coordination.Access;
using Tacit.Orchestration;
using Xunit;

namespace Tacit.EndToEnd.Tests.Orchestration;

public sealed partial class OpenApiTests
{
    [Fact]
    public async Task Every_route_that_programs_ask_is_described_and_nothing_else_is()
    {
        await using Facades facades = await Facades.StartAsync();
        JsonElement document = (await facades.GetAsync(null, "/openapi/v1.json")).Json;

        string[] described = [.. from path in document.GetProperty("paths").EnumerateObject() from method in path.Value.EnumerateObject() select $"{method.Name.ToUpperInvariant()} {path.Name}"];
        string[] routes = [.. facades.Server.RouteTable.Where(route => route.Role is not null).Select(route => $"{route.Method} {Constraint().Replace(route.Pattern, "{$1}")}").Where(route => !Pages().IsMatch(route)).Distinct()];

        Assert.Equal(routes.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_operation_says_what_it_does_who_may_ask_and_how_it_fails()
    {
        await using Facades facades = await Facades.StartAsync();
        JsonElement document = (await facades.GetAsync(null, "/openapi/v1.json")).Json;
        List<string> offenders = [];
        foreach (JsonProperty path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (JsonProperty method in path.Value.EnumerateObject())
            {
                string name = $"{method.Name} {path.Name}", summary = method.Value.GetProperty("summary").GetString()!;
                if (summary.Contains(path.Name, StringComparison.Ordinal) && !summary.StartsWith("Superseded", StringComparison.Ordinal)) offenders.Add($"{name}: nobody has described it");
                bool anonymous = method.Value.GetProperty("x-role").GetString() == "anonymous";
                if (anonymous == method.Value.TryGetProperty("security", out _)) offenders.Add($"{name}: security");
                foreach (JsonProperty response in method.Value.GetProperty("responses").EnumerateObject().Where(response => int.Parse(response.Name, System.Globalization.CultureInfo.InvariantCulture) >= 400))
                {
                    if (!response.Value.GetProperty("content").TryGetProperty("application/problem+json", out JsonElement problem)) offenders.Add($"{name} {response.Name}: no problem details");
                    else if (!problem.GetRawText().Contains("#/components/schemas/Problem", StringComparison.Ordinal)) offenders.Add($"{name} {response.Name}: no shape");
                }

                string[] statuses = [.. method.Value.GetProperty("responses").EnumerateObject().Select(response => response.Name)];
                if (!anonymous && (!statuses.Contains("401") || !statuses.Contains("403"))) offenders.Add($"{name}: identity is not among its failures");
            }
        }

        Assert.True(offenders.Count == 0, string.Join('\n', offenders));
    }

    [Fact]
    public async Task What_may_be_left_out_of_a_body_is_not_required_and_never_null()
    {
        await using Facades facades = await Facades.StartAsync();
        JsonElement schemas = (await facades.GetAsync(null, "/openapi/v1.json")).Json.GetProperty("components").GetProperty("schemas");

        Assert.Equal(["privacy"], schemas.GetProperty("StartRequest").GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.Empty(schemas.GetProperty("ComparisonBody").GetProperty("required").EnumerateArray());
        Assert.DoesNotContain("null", schemas.GetProperty("StartRequest").GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("null", schemas.GetProperty("ComparisonBody").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_is_read_by_a_reader_that_others_use()
    {
        await using Facades facades = await Facades.StartAsync();
        using MemoryStream text = new(Encoding.UTF8.GetBytes((await facades.GetAsync(null, "/openapi/v1.json")).Text));

        ReadResult read = await OpenApiDocument.LoadAsync(text, "json");

        Assert.Empty(read.Diagnostic!.Errors.Select(error => error.ToString()));
        Assert.Empty(read.Diagnostic.Warnings.Select(warning => warning.ToString()));
        Assert.True(read.Document!.Paths.Count > 40);
    }

    [Fact]
    public async Task Answers_keep_to_the_shape_of_a_problem()
    {
        await using Facades facades = await Facades.StartAsync();
        JsonElement schema = (await facades.GetAsync(null, "/openapi/v1.json")).Json.GetProperty("components").GetProperty("schemas").GetProperty("Problem");
        string[] required = [.. schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()!)];
        string[] codes = [.. schema.GetProperty("properties").GetProperty("code").GetProperty("enum").EnumerateArray().Select(code => code.GetString()!)];
        Answer[] refused =
        [
            await facades.GetAsync(null, "/nowhere"),
            await facades.GetAsync(null, "/api/v1/status", token: null),
            await facades.GetAsync(TacitOrchestration.Orchestrator, "/api/training/runs/none"),
            await facades.PostAsync(TacitOrchestration.Orchestrator, "/api/training/start", "{}"),
            await facades.PostAsync(TacitOrchestration.Orchestrator, "/api/training/start", """{"privacy":"mpc"}"""),
        ];

        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.BadRequest, HttpStatusCode.NotImplemented], refused.Select(answer => answer.Status));
        Assert.All(refused, answer => Assert.Equal(required.Order(), answer.Json.EnumerateObject().Select(property => property.Name).Order()));
        Assert.All(refused, answer => Assert.Contains(answer.Code, codes));
    }

    [Fact]
    public async Task Nothing_of_the_facades_is_anonymous_but_health()
    {
        await using Facades facades = await Facades.StartAsync();

        Assert.All(facades.Server.RouteTable, route => Assert.NotNull(route.Role));
        Assert.Equal(["/healthz/live", "/healthz/ready"], facades.Server.RouteTable.Where(route => route.Role == Role.Anonymous).Select(route => route.Pattern).Order());
        Assert.Equal(HttpStatusCode.Unauthorized, (await facades.GetAsync(null, "/metrics", token: null)).Status);
    }

    [Fact]
    public async Task Metrics_without_a_token_are_a_choice()
    {
        await using Facades facades = await Facades.StartAsync(options => options.MetricsAnonymous = true);

        Answer page = await facades.GetAsync(null, "/metrics", token: null);

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("# TYPE tacit_participants gauge\n", page.Text, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\{(\w+):[^}]+\}")]
    private static partial Regex Constraint();

    // What people look at is described by itself.
    [GeneratedRegex("^GET (/dashboard|/assets|/login)")]
    private static partial Regex Pages();
}
