using System.Buffers;
using System.Buffers.Binary;
using System.IO;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Federation.Envelopes;

namespace Tacit.Coordination.Endpoints;

/// <summary>Reads a body as it arrives: no more than is allowed, and no slower. The body as a whole is never in memory.</summary>
internal sealed class TimedBody(HttpContext context, CoordinatorOptions options, TimeProvider clock, long limitBytes)
{
    private readonly PipeReader reader = context.Request.BodyReader;
    private readonly long start = clock.GetTimestamp();
    private long consumed;
    private SequencePosition? held;

    /// <summary>The envelopes of a phase, one after another.</summary>
    /// <exception cref="FailureException">MESSAGE_TOO_LARGE, SENDER_TOO_SLOW, MALFORMED_MESSAGE or UNSUPPORTED_VERSION.</exception>
    public async IAsyncEnumerable<Envelope> EnvelopesAsync(Phase phase, int limitEach)
    {
        ThrowIfAnnouncedTooLong();
        try
        {
            while (await ReadAsync() is { } read)
            {
                ReadOnlySequence<byte> buffer = read.Buffer;
                while (TryTake(ref buffer, limitEach, out Envelope? envelope))
                {
                    if (envelope!.Phase != phase) throw new FailureException(FailureCodes.MalformedMessage, $"an envelope of phase {envelope.Phase.Name()} came in a body of phase {phase.Name()}");
                    yield return envelope;
                }

                Advance(read.Buffer, buffer);
                if (!read.IsCompleted) continue;
                if (!buffer.IsEmpty) throw new FailureException(FailureCodes.MalformedMessage, $"the body ends in the middle of an envelope: {buffer.Length} bytes are left over");
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
                ReadResult read = (await ReadAsync())!.Value;
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

    private static bool TryTake(ref ReadOnlySequence<byte> buffer, int limit, out Envelope? envelope)
    {
        envelope = null;
        if (buffer.Length < EnvelopeLimits.LengthBytes) return false;
        Span<byte> prefix = stackalloc byte[EnvelopeLimits.LengthBytes];
        buffer.Slice(0, EnvelopeLimits.LengthBytes).CopyTo(prefix);
        int length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length < EnvelopeCodec.HeaderBytes) throw new FailureException(FailureCodes.MalformedMessage, $"an envelope says that it has {length} bytes; it must have at least {EnvelopeCodec.HeaderBytes}");
        if (length > limit) throw new FailureException(FailureCodes.MessageTooLarge, $"an envelope says that it has {length} bytes; at most {limit} are allowed in this phase");
        if (buffer.Length < EnvelopeLimits.LengthBytes + length) return false;
        ReadOnlySequence<byte> bytes = buffer.Slice(EnvelopeLimits.LengthBytes, length);
        if (!TryDecode(bytes, out envelope, out FailureCode failure)) throw new FailureException(failure, "the bytes are not an envelope");
        buffer = buffer.Slice(bytes.End);
        return true;
    }

    // In one piece where it lies in one block, otherwise through a rented copy.
    private static bool TryDecode(ReadOnlySequence<byte> bytes, out Envelope? envelope, out FailureCode failure)
    {
        if (bytes.IsSingleSegment) return EnvelopeCodec.TryDecode(bytes.FirstSpan, out envelope, out failure);
        int length = (int)bytes.Length;
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            bytes.CopyTo(rented);
            return EnvelopeCodec.TryDecode(rented.AsSpan(0, length), out envelope, out failure);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void Advance(ReadOnlySequence<byte> whole, ReadOnlySequence<byte> rest)
    {
        consumed += whole.Length - rest.Length;
        if (consumed + rest.Length > limitBytes) throw TooLarge();
        held = null;
        reader.AdvanceTo(rest.Start, rest.End);
    }

    private async ValueTask<ReadResult?> ReadAsync()
    {
        using CancellationTokenSource idle = new(options.IdleTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, context.RequestAborted);
        try
        {
            ReadResult read = await reader.ReadAsync(either.Token);
            held = read.Buffer.End;
            TimeSpan elapsed = clock.GetElapsedTime(start);
            if (!read.IsCompleted && elapsed > options.IdleTimeout && consumed + read.Buffer.Length < options.LeastBytesPerSecond * elapsed.TotalSeconds) throw TooSlow();
            return read;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw TooSlow();
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

    private void ThrowIfAnnouncedTooLong()
    {
        if (context.Request.ContentLength > limitBytes) throw TooLarge();
    }

    private FailureException TooLarge() => new(FailureCodes.MessageTooLarge, $"the body has more than the {limitBytes} bytes that are allowed here");

    private FailureException TooSlow() => new(FailureCodes.SenderTooSlow, FormattableString.Invariant(
        $"the body brought nothing for {options.IdleTimeout.TotalSeconds:g3} s, or less than {options.LeastBytesPerSecond:g4} bytes a second"));
}
