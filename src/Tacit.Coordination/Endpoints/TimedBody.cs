using System.Buffers;
using System.IO;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;

namespace Tacit.Coordination.Endpoints;

/// <summary>Reads a body as it arrives: no more than is allowed, and no slower. The body as a whole is never in memory.</summary>
internal sealed class TimedBody(HttpContext context, CoordinatorOptions options, TimeProvider clock, long limitBytes) : IDisposable
{
    private const long HasBytes = -1;   // no time

    private readonly PipeReader reader = context.Request.BodyReader;
    private readonly long start = clock.GetTimestamp();
    private readonly Lock gate = new();
    private ITimer? patience;
    private long waitsSince = HasBytes;
    private long consumed;
    private SequencePosition? held;

    /// <summary>When the newest bytes were there.</summary>
    public long LastRead { get; private set; }

    /// <summary>The envelopes of a phase, one after another.</summary>
    /// <returns>The payload of a masked input is good until the next envelope is asked for; others are the taker's.</returns>
    /// <exception cref="FailureException">MESSAGE_TOO_LARGE, SENDER_TOO_SLOW, MALFORMED_MESSAGE or UNSUPPORTED_VERSION.</exception>
    public async IAsyncEnumerable<Envelope> EnvelopesAsync(Phase phase, int limitEach)
    {
        ThrowIfAnnouncedTooLong();
        using EnvelopeAssembly assembly = new(phase, limitEach);
        try
        {
            while (true)
            {
                ReadResult read = await ReadAsync();
                ReadOnlySequence<byte> buffer = read.Buffer;
                while (assembly.TryTake(ref buffer, out Envelope? envelope)) yield return envelope!;

                // All that came is taken, and its blocks go back at once: an envelope that is not whole waits in the assembly.
                consumed += read.Buffer.Length;
                if (consumed > limitBytes) throw TooLarge();
                Release();
                if (!read.IsCompleted) continue;
                if (assembly.Held > 0) throw new FailureException(FailureCodes.MalformedMessage, $"the body ends in the middle of an envelope: {assembly.Held} bytes are left over");
                yield break;
            }
        }
        finally
        {
            Release();
        }
    }

    /// <summary>A short body, whole.</summary>
    public async Task<byte[]> BytesAsync()
    {
        ThrowIfAnnouncedTooLong();
        try
        {
            while (true)
            {
                ReadResult read = await ReadAsync();
                if (read.Buffer.Length > limitBytes) throw TooLarge();
                if (read.IsCompleted) return read.Buffer.ToArray();
                held = null;
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        finally
        {
            Release();
        }
    }

    // The server reads what is left of a body by itself, and cannot while somebody has it.
    private void Release()
    {
        if (held is not { } end) return;
        held = null;
        reader.AdvanceTo(end);
    }

    public void Dispose()
    {
        lock (gate) patience?.Dispose();   // not while it is about to take a read back: the reader is the connection's, and the next one would be the next request's
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]   // one for each wait otherwise
    private async ValueTask<ReadResult> ReadAsync()
    {
        try
        {
            if (!reader.TryRead(out ReadResult read)) read = await WaitAsync();
            held = read.Buffer.End;
            if (read.IsCanceled) throw TooSlow();   // bytes and the end of patience came together: the timer does not run again
            LastRead = clock.GetTimestamp();
            TimeSpan elapsed = clock.GetElapsedTime(start, LastRead);
            if (!read.IsCompleted && elapsed > options.IdleTimeout && consumed + read.Buffer.Length < options.LeastBytesPerSecond * elapsed.TotalSeconds) throw TooSlow();
            return read;
        }
        catch (BadHttpRequestException large) when (large.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge();
        }
        catch (IOException broken)
        {
            throw new FailureException(FailureCodes.MalformedMessage, "the body broke off", broken);
        }
    }

    // A read that a token ends would keep the body for good: a pending one is taken back instead.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync()
    {
        Volatile.Write(ref waitsSince, clock.GetTimestamp());
        if (patience is null)
        {
            lock (gate) patience = clock.CreateTimer(static body => ((TimedBody)body!).LookAtTheClock(), this, options.IdleTimeout, Timeout.InfiniteTimeSpan);
        }

        try
        {
            return await reader.ReadAsync(context.RequestAborted);
        }
        finally
        {
            Volatile.Write(ref waitsSince, HasBytes);
        }
    }

    // One timer for the whole body, which is not wound up anew with each wait: it looks how long the newest one has lasted.
    private void LookAtTheClock()
    {
        lock (gate)
        {
            long since = Volatile.Read(ref waitsSince);
            TimeSpan left = since == HasBytes ? options.IdleTimeout : options.IdleTimeout - clock.GetElapsedTime(since);
            if (left > TimeSpan.Zero) patience!.Change(left, Timeout.InfiniteTimeSpan);
            else reader.CancelPendingRead();
        }
    }

    private void ThrowIfAnnouncedTooLong()
    {
        if (context.Request.ContentLength > limitBytes) throw TooLarge();
    }

    private FailureException TooLarge() => new(FailureCodes.MessageTooLarge, $"the body has more than the {limitBytes} bytes that are allowed here");

    private FailureException TooSlow() => new(FailureCodes.SenderTooSlow, FormattableString.Invariant(
        $"the body brought nothing for {options.IdleTimeout.TotalSeconds:g3} s, or less than {options.LeastBytesPerSecond:g4} bytes a second"));
}
