using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Coordination;
using Tacit.Coordination.Endpoints;
using Tacit.Participation.Connections;
using Xunit;

namespace Tacit.EndToEnd.Tests.Federation;

/// <summary>How long a body is waited for: as long as the options say after each piece, and no longer.</summary>
public sealed class TimedBodyTests : IDisposable
{
    private static readonly TimeSpan idle = TimeSpan.FromSeconds(30);

    private readonly ManualClock clock = new();
    private readonly Pipe pipe = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));   // a piece is taken when it is written
    private readonly DefaultHttpContext context = new();
    private readonly CoordinatorOptions options = new() { IdleTimeout = idle, LeastBytesPerSecond = 0 };
    private readonly TimedBody body;

    public TimedBodyTests()
    {
        context.Features.Set<IRequestBodyPipeFeature>(new Body(pipe.Reader));
        body = new TimedBody(context, options, clock, limitBytes: 1000);
    }

    public void Dispose() => body.Dispose();

    [Fact(Timeout = 10_000)]
    public Task Pieces_that_keep_coming_are_waited_for_however_long_they_take_together() => Task.Run(async () =>
    {
        Task<byte[]> read = body.BytesAsync();
        for (byte i = 0; i < 10; i++)
        {
            clock.Advance(idle - TimeSpan.FromTicks(1));
            await pipe.Writer.WriteAsync(new[] { i });
        }

        await pipe.Writer.CompleteAsync();

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], await read);
    });

    [Theory(Timeout = 10_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(29)]
    public Task A_silence_ends_the_body_after_its_time_and_not_before(int secondsUntilThePiece) => Task.Run(async () =>
    {
        Task<byte[]> read = body.BytesAsync();
        clock.Advance(TimeSpan.FromSeconds(secondsUntilThePiece));
        await pipe.Writer.WriteAsync(new byte[] { 1 });

        clock.Advance(idle - TimeSpan.FromTicks(1));
        Assert.False(read.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(FailureCodes.SenderTooSlow, (await Assert.ThrowsAsync<FailureException>(() => read)).Code);
    });

    [Fact(Timeout = 10_000)]
    public Task Whoever_takes_an_envelope_in_may_take_its_time() => Task.Run(async () =>
    {
        using EnvelopeBody sent = new([new Envelope(new RoundId(new byte[RoundId.Bytes]), Phase.ShareKeys, new PartyId(1), PartyId.Coordinator, new byte[3])]);
        byte[] envelope = await sent.ReadAsByteArrayAsync();
        await using IAsyncEnumerator<Envelope> envelopes = body.EnvelopesAsync(Phase.ShareKeys, limitEach: 200).GetAsyncEnumerator();
        for (int i = 0; i < 3; i++)
        {
            ValueTask<bool> more = envelopes.MoveNextAsync();
            clock.Advance(idle / 2);
            await pipe.Writer.WriteAsync(envelope);
            Assert.True(await more);
            clock.Advance(3 * idle);
        }
    });

    [Fact(Timeout = 10_000)]
    public Task A_body_that_is_over_leaves_no_timer_behind() => Task.Run(async () =>
    {
        Task<byte[]> read = body.BytesAsync();
        Assert.Equal(1, clock.Pending);
        await pipe.Writer.WriteAsync(new byte[] { 1 });
        await pipe.Writer.CompleteAsync();
        await read;

        body.Dispose();

        Assert.Equal(0, clock.Pending);
    });

    [Fact(Timeout = 10_000)]
    public Task Whoever_reads_an_object_of_JSON_leaves_none_behind_either() => Task.Run(async () =>
    {
        using ServiceProvider services = new ServiceCollection().AddSingleton(options).AddSingleton<TimeProvider>(clock).BuildServiceProvider();
        context.RequestServices = services;
        context.Request.ContentType = "application/json";

        Task<JsonDocument> read = RequestJson.ReadObjectAsync(context);
        Assert.Equal(1, clock.Pending);
        await pipe.Writer.WriteAsync("{}"u8.ToArray());
        await pipe.Writer.CompleteAsync();
        (await read).Dispose();

        Assert.Equal(0, clock.Pending);
    });

    private sealed class Body(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }
}
