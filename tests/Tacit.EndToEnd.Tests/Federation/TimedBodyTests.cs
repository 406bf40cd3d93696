using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
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
    private readonly TimedBody body;

    public TimedBodyTests()
    {
        DefaultHttpContext context = new();
        context.Features.Set<IRequestBodyPipeFeature>(new Body(pipe.Reader));
        body = new TimedBody(context, new CoordinatorOptions { IdleTimeout = idle, LeastBytesPerSecond = 0 }, clock, limitBytes: 1000);
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
    public Task The_next_request_of_the_connection_is_not_cut_off_for_the_one_before() => Task.Run(async () =>
    {
        Task<byte[]> read = body.BytesAsync();
        await pipe.Writer.WriteAsync(new byte[] { 1 });
        await pipe.Writer.CompleteAsync();
        await read;
        body.Dispose();
        pipe.Reader.Complete();
        pipe.Reset();
        ValueTask<ReadResult> next = pipe.Reader.ReadAsync();

        clock.Advance(10 * idle);
        await pipe.Writer.WriteAsync(new byte[] { 2 });

        Assert.False((await next).IsCanceled);
    });

    private sealed class Body(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }
}
