using System.Buffers;
using System.Buffers.Binary;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;
using Tacit.Aggregation.Wire;
using Tacit.Federation.Envelopes;

namespace Tacit.Coordination.Endpoints;

/// <summary>Puts envelopes together from bytes as they come, each behind its length. At most one is held, in a buffer that is used again for the next.</summary>
internal sealed class EnvelopeAssembly(Phase phase, int limitEach) : IDisposable
{
    private readonly byte[] prefix = new byte[EnvelopeLimits.LengthBytes];
    private byte[] held = [];
    private int prefixed;
    private int length;
    private int filled;

    /// <summary>Bytes of an envelope that is not whole yet.</summary>
    public int Held => prefixed + filled;

    /// <summary>Takes an envelope from the front, or all bytes there are of one that is not whole.</summary>
    /// <exception cref="FailureException">MESSAGE_TOO_LARGE, MALFORMED_MESSAGE or UNSUPPORTED_VERSION.</exception>
    public bool TryTake(ref ReadOnlySequence<byte> buffer, out Envelope? envelope)
    {
        envelope = null;
        if (!TryTakeLength(ref buffer)) return false;
        if (filled == 0 && buffer.FirstSpan.Length >= length)
        {
            envelope = Decode(buffer.First[..length]);   // in one piece: no copy
            buffer = buffer.Slice(length);
        }
        else
        {
            if (buffer.IsEmpty) return false;
            if (held.Length < length) Grow();
            int part = (int)Math.Min(length - filled, buffer.Length);
            buffer.Slice(0, part).CopyTo(held.AsSpan(filled));
            buffer = buffer.Slice(part);
            filled += part;
            if (filled < length) return false;
            envelope = Decode(held.AsMemory(0, length));
        }

        (prefixed, filled) = (0, 0);
        return true;
    }

    public void Dispose()
    {
        if (held.Length > 0) ArrayPool<byte>.Shared.Return(held);
        held = [];
    }

    private bool TryTakeLength(ref ReadOnlySequence<byte> buffer)
    {
        if (prefixed == prefix.Length) return true;
        int part = (int)Math.Min(prefix.Length - prefixed, buffer.Length);
        buffer.Slice(0, part).CopyTo(prefix.AsSpan(prefixed));
        buffer = buffer.Slice(part);
        prefixed += part;
        if (prefixed < prefix.Length) return false;
        length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length < EnvelopeCodec.HeaderBytes) throw new FailureException(FailureCodes.MalformedMessage, $"an envelope says that it has {length} bytes; it must have at least {EnvelopeCodec.HeaderBytes}");
        if (length > limitEach) throw new FailureException(FailureCodes.MessageTooLarge, $"an envelope says that it has {length} bytes; at most {limitEach} are allowed in this phase");
        return true;
    }

    // Not before so many bytes have been announced and allowed.
    private void Grow()
    {
        if (held.Length > 0) ArrayPool<byte>.Shared.Return(held);
        held = ArrayPool<byte>.Shared.Rent(length);
    }

    // Machines keep payloads, but not those of masked inputs.
    private Envelope Decode(ReadOnlyMemory<byte> bytes)
    {
        bool read = phase == Phase.MaskedInput
            ? EnvelopeCodec.TryDecodeInPlace(bytes, out Envelope? envelope, out FailureCode failure)
            : EnvelopeCodec.TryDecode(bytes.Span, out envelope, out failure);
        if (!read) throw new FailureException(failure, "the bytes are not an envelope");
        return envelope!.Phase == phase ? envelope : throw new FailureException(FailureCodes.MalformedMessage, $"an envelope of phase {envelope.Phase.Name()} came in a body of phase {phase.Name()}");
    }
}
