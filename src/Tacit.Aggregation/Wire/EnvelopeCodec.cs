using System.Buffers.Binary;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Rounds;

namespace Tacit.Aggregation.Wire;

/// <summary>Envelopes as bytes: version (1), phase (1), round id (48), from (4), to (4), payload length (4), payload.</summary>
public static class EnvelopeCodec
{
    /// <summary>Bytes in front of the payload.</summary>
    public const int HeaderBytes = 1 + 1 + RoundId.Bytes + 4 + 4 + 4;

    /// <summary>The largest envelope that is read: long vectors come in chunks.</summary>
    public const int LimitBytes = 64 << 20;

    /// <summary>Bytes of an envelope on the wire.</summary>
    /// <param name="envelope">Any envelope.</param>
    public static int EncodedBytes(Envelope envelope) => HeaderBytes + envelope.Payload.Length;

    /// <summary>Writes an envelope.</summary>
    /// <param name="envelope">Any envelope.</param>
    public static byte[] Encode(Envelope envelope)
    {
        byte[] bytes = new byte[EncodedBytes(envelope)];
        EncodeHeader(envelope, bytes);
        envelope.Payload.CopyTo(bytes.AsMemory(HeaderBytes));
        return bytes;
    }

    /// <summary>Writes what comes before the payload, for senders that do not hold the whole.</summary>
    /// <param name="envelope">Any envelope.</param>
    /// <param name="header">At least <see cref="HeaderBytes"/> long.</param>
    public static void EncodeHeader(Envelope envelope, Span<byte> header)
    {
        header[0] = RoundTerms.WireVersion;
        header[1] = (byte)envelope.Phase;
        envelope.Round.CopyTo(header[2..]);
        Span<byte> numbers = header[(2 + RoundId.Bytes)..];
        BinaryPrimitives.WriteInt32LittleEndian(numbers, envelope.From.Value);
        BinaryPrimitives.WriteInt32LittleEndian(numbers[4..], envelope.To.Value);
        BinaryPrimitives.WriteInt32LittleEndian(numbers[8..], envelope.Payload.Length);
    }

    /// <summary>Reads an envelope of hostile origin.</summary>
    /// <param name="bytes">The whole envelope, nothing after it.</param>
    /// <param name="envelope">The envelope, or null; its payload is a copy.</param>
    /// <param name="failure">
    /// Why not: <see cref="FailureCodes.MissingField"/> for no bytes at all, <see cref="FailureCodes.MessageTooLarge"/>,
    /// <see cref="FailureCodes.UnsupportedVersion"/> or <see cref="FailureCodes.MalformedMessage"/>.
    /// </param>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Envelope? envelope, out FailureCode failure)
    {
        bool read = TryReadHeader(bytes, out Header header, out failure);
        envelope = read ? header.With(bytes[HeaderBytes..].ToArray()) : null;
        return read;
    }

    /// <summary>Reads an envelope of hostile origin without copying its payload.</summary>
    /// <param name="bytes">The whole envelope, nothing after it; must not change while the envelope is used.</param>
    /// <param name="envelope">The envelope, or null; its payload is a slice of <paramref name="bytes"/>.</param>
    /// <param name="failure">As above.</param>
    public static bool TryDecodeInPlace(ReadOnlyMemory<byte> bytes, out Envelope? envelope, out FailureCode failure)
    {
        bool read = TryReadHeader(bytes.Span, out Header header, out failure);
        envelope = read ? header.With(bytes[HeaderBytes..]) : null;
        return read;
    }

    // All but the payload, whose length is checked.
    private static bool TryReadHeader(ReadOnlySpan<byte> bytes, out Header header, out FailureCode failure)
    {
        header = default;
        failure = bytes.IsEmpty ? FailureCodes.MissingField : bytes.Length > LimitBytes ? FailureCodes.MessageTooLarge : FailureCodes.MalformedMessage;
        if (failure != FailureCodes.MalformedMessage) return false;

        WireReader reader = new(bytes);
        if (!reader.TryByte(out byte version)) return false;
        if (version != RoundTerms.WireVersion)
        {
            failure = FailureCodes.UnsupportedVersion;
            return false;
        }

        if (!reader.TryByte(out byte phase) || phase > (byte)Phase.Unmasking) return false;
        if (!reader.TryBytes(RoundId.Bytes, out ReadOnlySpan<byte> round)) return false;
        if (!reader.TryNumber(out int from) || from < 0 || !reader.TryNumber(out int to) || to < 0) return false;
        if (!reader.TryNumber(out int length) || !reader.TryBytes(length, out _) || !reader.AtEnd) return false;

        header = new Header(new RoundId(round), (Phase)phase, new PartyId(from), new PartyId(to));
        return true;
    }

    private readonly record struct Header(RoundId Round, Phase Phase, PartyId From, PartyId To)
    {
        public Envelope With(ReadOnlyMemory<byte> payload) => new(Round, Phase, From, To, payload);
    }
}
