using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tacit.Coordination;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Coordination.Rounds;
using Tacit.Learning.Jobs;
using Tacit.Orchestration;
using Tacit.Simulation.Plans;

namespace Tacit.EndToEnd.Tests.Orchestration;

/// <summary>A coordinator with both façades on free ports of loopback, and what tests ask of them.</summary>
internal sealed class Facades : IAsyncDisposable
{
    private Facades(CoordinatorServer server) => Server = server;

    public CoordinatorServer Server { get; }

    public static async Task<Facades> StartAsync(Action<OrchestrationOptions>? configure = null, Action<CoordinatorOptions>? coordinator = null, IRoundJournal? journal = null)
    {
        OrchestrationOptions options = new() { OrchestratorPort = 0, TriesPort = 0, ReadPlan = ReadPlan };
        configure?.Invoke(options);
        return new Facades(await CoordinatorServer.StartAsync(settings =>
        {
            settings.OpenEnrolment = true;
            settings.IdleTimeout = TimeSpan.FromSeconds(1);
            settings.JoinTimeout = TimeSpan.FromSeconds(30);
            settings.LongPoll = TimeSpan.FromSeconds(2);
            settings.PresenceTimeout = TimeSpan.FromSeconds(6);
            settings.Extensions.Add(new TacitOrchestration(options));
            coordinator?.Invoke(settings);
        }, journal));
    }

    public static FederatedJob ReadPlan(PlanRequest request) => new()
    {
        Plan = TrainingPlanReader.Read(request.Name, PlanFile.Apply(PlanFile.Parse(request.Name, request.Text), request.Settings)),
        Input = request.Input,
        Classes = request.Classes,
        Participants = request.Participants,
        PlanText = request.Text,
    };

    public HttpClient Http(string? listener, string? token = "")
    {
        HttpClient http = new() { BaseAddress = listener is null ? Server.Address : Server.AddressOf(listener), Timeout = TimeSpan.FromSeconds(20) };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Length > 0 ? token : Server.Secrets.Operator);
        return http;
    }

    public async Task<Answer> PostAsync(string listener, string path, string body, string type = "application/json")
    {
        using HttpClient http = Http(listener);
        using StringContent content = new(body, Encoding.UTF8);
        content.Headers.ContentType = type.Length == 0 ? null : MediaTypeHeaderValue.Parse(type);
        using HttpResponseMessage response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        return await Answer.OfAsync(response);
    }

    public async Task<Answer> GetAsync(string? listener, string path, string? token = "")
    {
        using HttpClient http = Http(listener, token);
        using HttpResponseMessage response = await http.GetAsync(new Uri(path, UriKind.Relative));
        return await Answer.OfAsync(response);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>What came back.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text, string Media, Uri? Location, string Link, string Allow)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string Code => Media == "application/problem+json" ? Json.GetProperty("code").GetString()! : "";

    public string Detail => Json.GetProperty("detail").GetString()!;

    public static async Task<Answer> OfAsync(HttpResponseMessage response) => new(
        response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.MediaType ?? "", response.Headers.Location,
        response.Headers.TryGetValues("Link", out IEnumerable<string>? links) ? links.First() : "", string.Join(", ", response.Content.Headers.Allow));
}
