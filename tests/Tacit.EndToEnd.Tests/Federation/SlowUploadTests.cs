using System.Collections.Immutable;
using System.Net.Http;
using System.Threading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Cryptography.Signatures;
using Tacit.Participation;
using Tacit.Participation.Connections;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>An upload may take as long as it goes on: patience ends between two envelopes, not with the whole.</summary>
public sealed class SlowUploadTests : IAsyncDisposable
{
    private const int Envelopes = 96, EnvelopeBytes = 1 << 20;   // sockets hold some megabytes of it, which count as sent
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(2);

    private WebApplication application = null!;

    [Fact]
    public async Task An_upload_that_goes_on_may_take_longer_than_an_answer()
    {
        System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();

        long received = await UploadAsync(async context =>
        {
            byte[] piece = new byte[EnvelopeBytes];
            long sum = 0;
            for (int read; (read = await context.Request.Body.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false)) > 0; sum += read) await Task.Delay(patience / 40);
            await context.Response.WriteAsJsonAsync(sum);
        });

        Assert.True(received > (long)Envelopes * EnvelopeBytes);
        Assert.True(clock.Elapsed > 2 * patience, "the coordinator was not slow enough for the test to say anything");
    }

    [Fact]
    public async Task A_coordinator_that_stops_reading_is_given_up()
    {
        FailureException problem = await Assert.ThrowsAsync<FailureException>(() => UploadAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted)));

        Assert.Equal(FailureCodes.CoordinatorUnreachable, problem.Code);
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private async Task<long> UploadAsync(RequestDelegate receive)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        application = builder.Build();
        application.Urls.Add("http://127.0.0.1:0");
        application.MapPost("/upload", receive);
        await application.StartAsync();
        using SigningKey key = Identity.Key();
        using CoordinatorLink link = new(new ParticipantOptions { Coordinator = new Uri(application.Urls.Single()), Name = "north", JoinToken = "join.x", AnswerTimeout = patience, ReconnectFor = TimeSpan.Zero }, key);
        byte[] payload = new byte[EnvelopeBytes];
        ImmutableArray<Envelope> envelopes = [.. Enumerable.Range(0, Envelopes).Select(i => new Envelope(new RoundId(new byte[RoundId.Bytes]), Phase.MaskedInput, new PartyId(1), PartyId.Coordinator, payload))];
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        return await link.SendAsync(HttpMethod.Post, "/upload", () => new EnvelopeBody(envelopes), async (response, stopping) => long.Parse(await response.Content.ReadAsStringAsync(stopping), System.Globalization.CultureInfo.InvariantCulture), limit.Token);
    }
}
