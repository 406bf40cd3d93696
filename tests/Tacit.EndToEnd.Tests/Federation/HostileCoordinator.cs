using System.Net;
using System.Text.Json;
using System.Threading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.KeyAgreement;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Offers;
using Tacit.Federation.Sessions;
using Tacit.Learning.Training;
using Tacit.Participation;
using Tacit.Participation.Training;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>A coordinator that says what it wants: one offer, and terms made for the participant's key. Whoever sends an envelope has begun to contribute.</summary>
internal sealed class HostileCoordinator(Func<byte[]> offer, Func<VerificationKey, RoundTerms> terms) : IAsyncDisposable
{
    private readonly TaskCompletionSource contributed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication application = null!;
    private VerificationKey? participant;
    private bool offered;

    /// <summary>Replaces the answer to offers, or null.</summary>
    public Func<HttpContext, Task>? OnOffer { get; init; }

    /// <summary>What a participant with this policy does: null if it contributes, or the code of its refusal.</summary>
    public async Task<string?> MeetAsync(ParticipantPolicy policy)
    {
        await StartAsync();
        using CancellationTokenSource stopping = new(TimeSpan.FromSeconds(60));
        TaskCompletionSource<string> refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ParticipantOptions options = new()
        {
            Coordinator = new Uri(application.Urls.Single()),
            Name = "north",
            JoinToken = "invite." + Base64Text.Of(new byte[32]),
            Policy = policy,
            ReconnectFor = TimeSpan.FromSeconds(1),
            AnswerPause = TimeSpan.FromSeconds(1),
        };
        Task<string?> loop = TakePartAsync(options, refused, stopping.Token);
        Task first = await Task.WhenAny(contributed.Task, refused.Task, loop);
        await stopping.CancelAsync();
        string? ended = await loop;
        return first == contributed.Task ? null : first == refused.Task ? await refused.Task : ended;
    }

    public async ValueTask DisposeAsync() => await application.DisposeAsync();

    private static async Task<string?> TakePartAsync(ParticipantOptions options, TaskCompletionSource<string> refused, CancellationToken stopping)
    {
        try
        {
            await using ParticipantClient client = await ParticipantClient.ConnectAsync(options, stopping);
            await TrainingParticipant.RunAsync(
                client,
                offer => Task.FromResult<IReadOnlyList<ModelUpdate>>([new ModelUpdate(new float[offer.Plan.Dimension], 1, 0)]),
                ended =>
                {
                    refused.TrySetResult(ended.Outcome is RoundOutcome.Aborted aborted ? aborted.Reason.Name : "completed");
                    return Task.CompletedTask;
                },
                stopping);
            return "ended";
        }
        catch (Aggregation.Failures.FailureException problem)
        {
            return problem.Code.Name;
        }
        catch (OperationCanceledException)
        {
            return "stopped";
        }
    }

    private async Task StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        application = builder.Build();
        application.Urls.Add("http://127.0.0.1:0");
        application.MapPost(Routes.Challenges, context => JsonAsync(context, new ChallengeAnswer(Base64Text.Of(new byte[32]))));
        application.MapPost(Routes.Participants, async context =>
        {
            JoinRequest proof = (await JsonSerializer.DeserializeAsync<JoinRequest>(context.Request.Body, JsonSerializerOptions.Web))!;
            Base64Text.TryRead(proof.Key, P256Point.EncodedBytes, out byte[] key);
            P256Point.TryRead(key, out P256Point? point);
            participant = new VerificationKey(point!);
            await JsonAsync(context, new JoinAnswer(1, "1." + Base64Text.Of(new byte[32]), 3600));
        });
        application.MapPost(Routes.Presence, context => JsonAsync(context, new { participant = 1 }));
        application.MapGet(Routes.Offer, OfferAsync);
        application.MapPost("/api/v1/rounds/{round}/answer", context => JsonAsync(context, new { accepted = true }));
        application.MapGet("/api/v1/rounds/{round}/terms", context => BytesAsync(context, RoundTermsCodec.Encode(terms(participant!), new PartyId(1))));
        application.MapPost("/api/v1/rounds/{round}/envelopes/{phase}", context =>
        {
            contributed.TrySetResult();
            return JsonAsync(context, new { accepted = 1 });
        });
        application.MapGet("/api/v1/rounds/{round}/envelopes", WaitAsync);
        await application.StartAsync();
    }

    private Task OfferAsync(HttpContext context)
    {
        if (OnOffer is not null) return OnOffer(context);
        if (offered) return WaitAsync(context);
        offered = true;
        return BytesAsync(context, offer());
    }

    private static async Task WaitAsync(HttpContext context)
    {
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        context.Response.StatusCode = (int)HttpStatusCode.NoContent;
    }

    private static async Task JsonAsync<TValue>(HttpContext context, TValue value)
    {
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.Body, value, JsonSerializerOptions.Web);
    }

    private static async Task BytesAsync(HttpContext context, byte[] bytes)
    {
        context.Response.ContentType = "application/octet-stream";
        await context.Response.Body.WriteAsync(bytes);
    }
}
